// version: what `mw --version` prints.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mw::kernel {

[[nodiscard]] std::string_view version() noexcept;

}  // namespace mw::kernel
