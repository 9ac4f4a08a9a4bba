// elf_check_test: libraries that are whole, cut at every size, foreign or no libraries at all.
// SPDX-License-Identifier: Apache-2.0
#include "loader/elf_check.h"

#include <doctest/doctest.h>
#include <elf.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace mw::kernel {
namespace {

// A header and one segment that reaches to the end of the file.
std::vector<char> library(std::size_t size) {
  Elf64_Ehdr head{};
  std::memcpy(head.e_ident, ELFMAG, SELFMAG);
  head.e_ident[EI_CLASS] = ELFCLASS64;
  head.e_type = ET_DYN;
#if defined(__x86_64__)
  head.e_machine = EM_X86_64;
#else
  head.e_machine = EM_AARCH64;
#endif
  head.e_phoff = sizeof head;
  head.e_phnum = 1;
  head.e_phentsize = sizeof(Elf64_Phdr);
  Elf64_Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_filesz = size;
  std::vector<char> bytes(size);
  std::memcpy(bytes.data(), &head, sizeof head);
  std::memcpy(bytes.data() + sizeof head, &segment, sizeof segment);
  return bytes;
}

class scratch_file {
 public:
  scratch_file()
      : path_(std::filesystem::temp_directory_path() /
              ("mw_elf_check_" + std::to_string(::getpid()) + ".so")) {}
  ~scratch_file() { std::filesystem::remove(path_); }

  std::string fault_of(const std::vector<char>& bytes) const {
    std::ofstream(path_, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return elf_fault(path_.string());
  }

 private:
  std::filesystem::path path_;
};

TEST_CASE("elf_check: a whole library passes, every shorter one is refused") {
  const scratch_file file;
  const std::vector<char> whole = library(400);
  CHECK(file.fault_of(whole).empty());
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    CAPTURE(size);
    CHECK_FALSE(file.fault_of({whole.begin(), whole.begin() + static_cast<long>(size)}).empty());
  }
  CHECK(file.fault_of({whole.begin(), whole.end() - 1}) ==
        "it is cut short: 399 of at least 400 bytes");
}

TEST_CASE("elf_check: what is no library of this machine") {
  const scratch_file file;
  CHECK(file.fault_of(std::vector<char>(400, 'x')) == "it is not an ELF file");
  std::vector<char> other = library(400);
  other[EI_CLASS] = ELFCLASS32;
  CHECK(file.fault_of(other) == "it is for another kind of machine");
  other = library(400);
  other[offsetof(Elf64_Ehdr, e_type)] = ET_EXEC;
  CHECK(file.fault_of(other) == "it is an ELF file but not a shared library");
  CHECK(elf_fault("no/such/file.so") == "it cannot be read");
  CHECK_FALSE(elf_fault("/proc").empty());
}

TEST_CASE("elf_check: hostile sizes do not wrap around") {
  const scratch_file file;
  std::vector<char> bytes = library(400);
  const std::uint64_t huge = UINT64_MAX - 10;
  std::memcpy(bytes.data() + sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_filesz), &huge, 8);
  CHECK_FALSE(file.fault_of(bytes).empty());
  std::memcpy(bytes.data() + sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_offset), &huge, 8);
  CHECK_FALSE(file.fault_of(bytes).empty());
  bytes = library(400);
  std::memcpy(bytes.data() + offsetof(Elf64_Ehdr, e_phoff), &huge, 8);
  CHECK_FALSE(file.fault_of(bytes).empty());
}

}  // namespace
}  // namespace mw::kernel
