// usage: the texts that explain `mw` itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "verb.h"

#include <string>

namespace mw::kernel::cli {

// What `mw` alone prints: the next thing to type.
[[nodiscard]] std::string first_steps(bool color);
// All verbs, a line each; `brought` are the lines of those that plug-ins bring.
[[nodiscard]] std::string verb_list(const std::string& brought, bool color);
// "check FILE... [--json] ...".
[[nodiscard]] std::string synopsis(const verb& of);
[[nodiscard]] std::string verb_help(const verb& of, bool color);
[[nodiscard]] std::string exit_codes_help(bool color);

}  // namespace mw::kernel::cli
