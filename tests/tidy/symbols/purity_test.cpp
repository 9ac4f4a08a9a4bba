// purity_test: planted imports, exports and globals, and libraries built wrong on purpose.
// SPDX-License-Identifier: Apache-2.0
#include "purity.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace mw::tidy {
namespace {

elf_file pure_library() {
  elf_file library;
  library.dynamic = {{"mw_plugin", ".text", 10, true, true, false},
                     {"memcpy", "", 0, false, false, false}};
  library.all = {{"mw_plugin", ".text", 10, true, true, false},
                 {"completed.0", ".bss", 1, true, false, true},
                 {"descriptor", ".data.rel.ro", 64, true, false, true}};
  return library;
}

elf_file importing(const std::string& name) {
  elf_file library = pure_library();
  library.dynamic.push_back({name, "", 0, false, false, false});
  return library;
}

std::vector<char> read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("purity: a pure library has no faults") {
  CHECK(purity_faults(pure_library(), false).empty());
}

TEST_CASE("purity: every way out of the host is denied") {
  for (const char* name : {"clock_gettime",
                           "time",
                           "_ZNSt6chrono3_V212steady_clock3nowEv",
                           "_ZNSt13random_device9_M_getvalEv",
                           "rand",
                           "pthread_create",
                           "pthread_mutex_lock",
                           "_ZNSt6thread15_M_start_threadEv",
                           "socket",
                           "connect",
                           "bind",
                           "open",
                           "fopen",
                           "getenv",
                           "sleep",
                           "nanosleep",
                           "dlopen",
                           "system",
                           "popen",
                           "fork",
                           "execve",
                           "_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1Ev"}) {
    CAPTURE(name);
    CHECK(purity_faults(importing(name), false).size() == 1);
    CHECK(purity_faults(importing(name), true).empty());  // foreign_io is declared
  }
}

TEST_CASE("purity: look-alikes are allowed") {
  for (const char* name :
       {"memmove", "timegm", "openssl_ctx_new", "sendfile_done", "fputs", "abort"}) {
    CAPTURE(name);
    CHECK(purity_faults(importing(name), false).empty());
  }
}

TEST_CASE("purity: exports and globals are named, foreign I/O or not") {
  elf_file library = pure_library();
  library.dynamic.push_back({"helper", ".text", 4, true, true, false});
  CHECK(purity_faults(library, true) ==
        std::vector<std::string>{"exports helper; only mw_plugin may be visible"});

  for (const char* section : {".data", ".bss", ".tbss", ".data.hot"}) {
    library = pure_library();
    library.all.push_back({"cache", section, 8, true, false, true});
    CHECK(purity_faults(library, true).size() == 1);
  }
  library = pure_library();
  library.dynamic.clear();
  CHECK(purity_faults(library, false).size() == 1);
  library = pure_library();
  library.all.clear();
  CHECK(purity_faults(library, false).size() == 1);
}

TEST_CASE("purity: a real library that breaks every rule is caught") {
  const auto library = parse_elf(read_file(MW_IMPURE_FILE));
  REQUIRE(library);
  std::string all;
  for (const std::string& fault : purity_faults(*library, false)) all += fault + "\n";
  CAPTURE(all);
  CHECK(all.find("imports clock_gettime") != std::string::npos);
  CHECK(all.find("imports getenv") != std::string::npos);
  CHECK(all.find("exports impure_helper") != std::string::npos);
  CHECK(all.find("impure_count") != std::string::npos);
  CHECK(all.find("does not export mw_plugin") != std::string::npos);
}

TEST_CASE("elf_file: what is no library is refused, wherever it is cut") {
  CHECK_FALSE(parse_elf({}));
  CHECK_FALSE(parse_elf(std::vector<char>(4096, 'x')));
  const std::vector<char> whole = read_file(MW_IMPURE_FILE);
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    const auto cut = parse_elf({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    CHECK_FALSE(cut);  // section headers stand at the end of the file
  }
}

}  // namespace
}  // namespace mw::tidy
