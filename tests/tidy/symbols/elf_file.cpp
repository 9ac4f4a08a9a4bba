// elf_file: walks section and symbol tables; trusts no offset in the file.
// SPDX-License-Identifier: Apache-2.0
#include "elf_file.h"

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace mw::tidy {
namespace {

class reader {
 public:
  explicit reader(const std::vector<char>& bytes) : bytes_(bytes) {}

  std::optional<elf_file> run() {
    const auto head = at<Elf64_Ehdr>(0);
    if (!head || std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
    if (head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_shentsize != sizeof(Elf64_Shdr))
      return std::nullopt;
    for (std::size_t i = 0; i < head->e_shnum; ++i) {
      const auto section = at<Elf64_Shdr>(head->e_shoff + i * sizeof(Elf64_Shdr));
      if (!section) return std::nullopt;
      headers_.push_back(*section);
    }
    if (head->e_shstrndx >= headers_.size()) return std::nullopt;
    const Elf64_Shdr& names = headers_[head->e_shstrndx];
    for (const Elf64_Shdr& section : headers_)
      file_.sections.push_back({text(names, section.sh_name), section.sh_size});
    for (const Elf64_Shdr& section : headers_) {
      if (section.sh_type == SHT_DYNSYM) read_symbols(section, file_.dynamic);
      if (section.sh_type == SHT_SYMTAB) read_symbols(section, file_.all);
    }
    return std::move(file_);
  }

 private:
  template <class T>
  std::optional<T> at(std::uint64_t offset) const {
    T value;
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  [[nodiscard]] std::string text(const Elf64_Shdr& strings, std::uint64_t offset) const {
    std::string out;
    for (auto i = strings.sh_offset + offset; i < bytes_.size() && bytes_[i] != '\0'; ++i)
      out += bytes_[i];
    return out;
  }

  void read_symbols(const Elf64_Shdr& table, std::vector<elf_symbol>& out) const {
    if (table.sh_link >= headers_.size()) return;
    const Elf64_Shdr& strings = headers_[table.sh_link];
    for (std::uint64_t i = sizeof(Elf64_Sym); i < table.sh_size; i += sizeof(Elf64_Sym)) {
      const auto raw = at<Elf64_Sym>(table.sh_offset + i);
      if (!raw) return;
      out.push_back(make(*raw, text(strings, raw->st_name)));
    }
  }

  [[nodiscard]] elf_symbol make(const Elf64_Sym& raw, std::string name) const {
    const auto type = ELF64_ST_TYPE(raw.st_info);
    const auto visibility = ELF64_ST_VISIBILITY(raw.st_other);
    elf_symbol symbol;
    symbol.name = std::move(name);
    symbol.size = raw.st_size;
    symbol.defined = raw.st_shndx != SHN_UNDEF;
    symbol.exported = symbol.defined && ELF64_ST_BIND(raw.st_info) != STB_LOCAL &&
                      (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
    symbol.is_object = type == STT_OBJECT || type == STT_TLS || type == STT_COMMON;
    if (symbol.defined && raw.st_shndx < file_.sections.size())
      symbol.section = file_.sections[raw.st_shndx].name;
    return symbol;
  }

  const std::vector<char>& bytes_;
  std::vector<Elf64_Shdr> headers_;
  elf_file file_;
};

}  // namespace

std::optional<elf_file> parse_elf(const std::vector<char>& bytes) {
  return reader(bytes).run();
}

}  // namespace mw::tidy
