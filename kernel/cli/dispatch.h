// dispatch: from the words of a command line to a verb and its exit code.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "verb.h"

#include <span>
#include <string>

namespace mw::kernel::cli {

// `words` are the arguments without the program's name.
[[nodiscard]] exit_code run_mw(std::span<const std::string> words, surroundings& world);

}  // namespace mw::kernel::cli
