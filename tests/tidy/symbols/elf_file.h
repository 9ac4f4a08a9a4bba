// elf_file: the symbols of a shared library, read from its bytes with every offset checked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mw::tidy {

struct elf_symbol {
  std::string name;
  std::string section;  // "" when undefined
  std::uint64_t size = 0;
  bool defined = false;
  bool exported = false;   // defined, and visible to other libraries
  bool is_object = false;  // data, thread-local data included
};

struct elf_section {
  std::string name;
  std::uint64_t size = 0;
};

struct elf_file {
  std::vector<elf_section> sections;
  std::vector<elf_symbol> dynamic;  // what the loader sees: imports and exports
  std::vector<elf_symbol> all;      // locals too; empty when the library is stripped
};

// Nothing when the bytes are not a 64-bit ELF file of this machine, or are cut short.
std::optional<elf_file> parse_elf(const std::vector<char>& bytes);

}  // namespace mw::tidy
