// plugin_purity: checks one built plug-in library against the law of plug-ins; one ctest for each.
// SPDX-License-Identifier: Apache-2.0
#include "purity.h"

#include <mw/abi.h>
#include <mw/manifest.h>

#include <dlfcn.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace {

// The manifest says whether the plug-in declares foreign I/O. A library that cannot be asked counts
// as one that does not.
bool declares_foreign_io(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    std::printf("%s: cannot be loaded: %s\n", path, dlerror());
    return false;
  }
  const auto entry =
      reinterpret_cast<mw::descriptor_function>(dlsym(library, mw::descriptor_symbol));
  if (entry == nullptr || entry()->magic != mw::descriptor_magic) return false;
  mw::manifest declared;
  entry()->describe(declared);
  return declared.foreign_io;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: plugin_purity LIBRARY.so\n");
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  const auto library = mw::tidy::parse_elf(bytes);
  if (!library) {
    std::printf("%s: is not a 64-bit ELF library\n", argv[1]);
    return 1;
  }
  const auto faults = mw::tidy::purity_faults(*library, declares_foreign_io(argv[1]));
  for (const std::string& fault : faults) std::printf("%s: %s\n", argv[1], fault.c_str());
  return faults.empty() ? 0 : 1;
}
