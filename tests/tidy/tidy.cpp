// tidy: checks the repository against its own rules and prints what to do about each violation.
// SPDX-License-Identifier: Apache-2.0
#include "ratchet.h"
#include "rules.h"

#include <cstdio>

namespace mw::tidy {

findings check_all(const source_tree& tree, const std::vector<third_party_use>& allowed) {
  findings out;
  check_first_lines(tree, out);
  check_text_form(tree, out);
  check_forbidden_words(tree, out);
  check_file_sizes(tree, out);
  check_function_sizes(tree, out);
  check_folders(tree, out);
  check_include_floors(tree, allowed, out);
  check_include_form(tree, out);
  check_dead_files(tree, out);
  check_banned(tree, out);
  check_virtual_defaults(tree, out);
  check_coroutines(tree, out);
  check_plugin_folders(tree, out);
  return out;
}

namespace {

int run(const std::string& root) {
  constexpr std::string_view exceptions_path = "tests/tidy/ratchet.txt";
  const source_tree tree = load_tree(root);
  const source_file* exceptions = tree.find(exceptions_path);
  const source_file* libraries = tree.find("tests/tidy/third_party.txt");
  if (exceptions == nullptr || libraries == nullptr) {
    std::fprintf(stderr, "tidy: %s is not the root of the source tree\n", root.c_str());
    return 2;
  }
  const findings left = apply_ratchet(check_all(tree, parse_third_party(libraries->text)),
                                      exceptions->text, exceptions_path);
  for (const finding& one : left)
    std::printf("%s:%zu: %s: %s\n", one.path.c_str(), one.line, one.rule.c_str(),
                one.message.c_str());
  std::printf("tidy: %zu files, %zu violations\n", tree.files.size(), left.size());
  return left.empty() ? 0 : 1;
}

}  // namespace
}  // namespace mw::tidy

int main(int argc, char** argv) {
  if (argc == 2) return mw::tidy::run(argv[1]);
  std::fprintf(stderr, "usage: tidy SOURCE_ROOT\n");
  return 2;
}
