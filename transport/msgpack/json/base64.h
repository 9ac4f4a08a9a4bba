// base64: bytes inside JSON; RFC 4648 with padding, one spelling for each value.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::msgpack {

[[nodiscard]] std::string to_base64(bytes_view bytes);
// Empty when `text` is not what to_base64() would write.
[[nodiscard]] std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace mw::msgpack
