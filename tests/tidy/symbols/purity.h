// purity: what a plug-in library may import, export and keep (DESIGN.md, "The law").
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "elf_file.h"

#include <string>
#include <string_view>
#include <vector>

namespace mw::tidy {

// One sentence for each fault, empty when the library is pure. `foreign_io` excuses the imports,
// never the exports or the globals.
std::vector<std::string> purity_faults(const elf_file& library, bool foreign_io);

// Why the import is denied, or nothing.
std::string_view denied_because(std::string_view symbol);

}  // namespace mw::tidy
