// elf_check: reads the ELF header and compares the segments with the size of the file.
// SPDX-License-Identifier: Apache-2.0
#include "loader/elf_check.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string_view>

namespace mw::kernel {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half machine = EM_AARCH64;
#else
#error "name the ELF machine number of this architecture"
#endif

std::string_view header_fault(const Elf64_Ehdr& head) {
  if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return "it is not an ELF file";
  if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_machine != machine)
    return "it is for another kind of machine";
  if (head.e_type != ET_DYN) return "it is an ELF file but not a shared library";
  if (head.e_phentsize != sizeof(Elf64_Phdr)) return "its program headers have an unknown size";
  return {};
}

}  // namespace

std::string elf_fault(const std::string& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const std::streamoff end = in ? std::streamoff{in.tellg()} : -1;
  if (end < 0) return "it cannot be read";
  const auto size = static_cast<std::uint64_t>(end);
  Elf64_Ehdr head{};
  in.seekg(0);
  if (!in.read(reinterpret_cast<char*>(&head), sizeof head))
    return "it is not an ELF file: it has only " + std::to_string(size) + " bytes";
  if (const std::string_view fault = header_fault(head); !fault.empty()) return std::string(fault);

  if (head.e_phoff > size) return "it is cut short before its program headers";

  std::uint64_t needed = head.e_phoff + std::uint64_t{head.e_phnum} * sizeof(Elf64_Phdr);
  in.seekg(static_cast<std::streamoff>(head.e_phoff));
  for (unsigned i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment{};
    if (!in.read(reinterpret_cast<char*>(&segment), sizeof segment)) break;  // `needed` tells
    if (segment.p_type != PT_LOAD) continue;
    if (segment.p_filesz > UINT64_MAX - segment.p_offset)
      return "its segments have impossible sizes";
    needed = std::max(needed, segment.p_offset + segment.p_filesz);
  }
  if (size >= needed) return {};
  return "it is cut short: " + std::to_string(size) + " of at least " + std::to_string(needed) +
         " bytes";
}

}  // namespace mw::kernel
