// lzw: the compression of memberlist: 8 literal bits, codes of 9 to 12 bits, lowest bits first.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mw::swim {

[[nodiscard]] std::string lzw_compress(std::string_view bytes);
// Nothing when it is not a whole stream, or when there is more than `size_max` in it. What is
// allocated grows with what is read.
[[nodiscard]] std::optional<std::string> lzw_expand(std::string_view bytes, std::size_t size_max);

}  // namespace mw::swim
