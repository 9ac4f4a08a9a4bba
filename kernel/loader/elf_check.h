// elf_check: whether a file is a whole shared library for this machine, before the linker maps it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mw::kernel {

// What is wrong with the file as one half sentence, or "" when it may be opened. The dynamic linker
// refuses most wrong files politely, but a library that was copied only half way ends the process
// with SIGBUS as soon as a missing page is touched: hence the look at the segments.
[[nodiscard]] std::string elf_fault(const std::string& file);

}  // namespace mw::kernel
