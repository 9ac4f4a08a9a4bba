// loader: finds plug-in libraries on the search path and checks them before any C++ object crosses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/abi.h>
#include <mw/manifest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mw::kernel {

// A library that passed all checks. It stays mapped until the process ends.
struct loaded_plugin {
  const plugin_descriptor* descriptor;
  manifest declared;
  std::string file;

  [[nodiscard]] std::string_view type() const { return descriptor->type; }
};

// Why a library cannot be used: a stable code (see codes PLG…), one sentence, and the remedy.
struct load_failure {
  std::string code;
  std::string message;
  std::string help;
  std::string nearest;  // a type that exists and has almost this name
};

// Libraries are named after their type: `transport.tcp` is <directory>/transport.tcp.so. The first
// directory that has the file wins. Nothing is ever closed: callbacks and vtables live in
// libraries.
class plugin_loader {
 public:
  explicit plugin_loader(std::vector<std::string> search_path);

  using outcome = std::variant<const loaded_plugin*, load_failure>;
  // The same pointer for the same type; valid as long as the loader.
  [[nodiscard]] outcome load(std::string_view type);
  // A library by its path; for tools and tests.
  [[nodiscard]] outcome load_file(const std::string& file, std::string_view expected_type = {});
  // Takes a plug-in that is linked into this program instead of a library.
  void add(const plugin_descriptor& descriptor);

  // Types with a file on the search path, sorted; nothing is opened.
  [[nodiscard]] std::vector<std::string> available() const;
  // In the order of searching.
  [[nodiscard]] std::vector<std::string> search_path() const;
  // Directories to search before the others, in place of those of an earlier call. What was loaded
  // stays.
  void search_first(std::vector<std::string> directories) { first_ = std::move(directories); }

 private:
  std::vector<std::string> first_;
  std::vector<std::string> search_path_;
  std::map<std::string, std::unique_ptr<loaded_plugin>, std::less<>> loaded_;
};

}  // namespace mw::kernel
