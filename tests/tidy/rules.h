// rules: what a rule finds, and the list of all rules.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source_tree.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mw::tidy {

// One violation. `measure` is the size for rules about sizes, 1 for all others; an exception in
// ratchet.txt caps the size, or the number of violations of that rule in that file.
struct finding {
  std::string rule;
  std::string path;
  std::size_t line = 1;
  std::size_t measure = 1;
  std::string message;  // what is wrong, and what to do instead
};

using findings = std::vector<finding>;

// Where third-party headers may be included: `prefix` of the include, and the files (or folders,
// ending in a slash) that may use it. Comes from third_party.txt.
struct third_party_use {
  std::string prefix;
  std::vector<std::string> users;
};

std::vector<third_party_use> parse_third_party(std::string_view text);

void check_first_lines(const source_tree& tree, findings& out);
void check_text_form(const source_tree& tree, findings& out);
void check_forbidden_words(const source_tree& tree, findings& out);
void check_file_sizes(const source_tree& tree, findings& out);
void check_function_sizes(const source_tree& tree, findings& out);
void check_folders(const source_tree& tree, findings& out);
void check_include_floors(const source_tree& tree, const std::vector<third_party_use>& allowed,
                          findings& out);
void check_include_form(const source_tree& tree, findings& out);
void check_dead_files(const source_tree& tree, findings& out);
void check_banned(const source_tree& tree, findings& out);
void check_virtual_defaults(const source_tree& tree, findings& out);
void check_coroutines(const source_tree& tree, findings& out);
void check_plugin_folders(const source_tree& tree, findings& out);

findings check_all(const source_tree& tree, const std::vector<third_party_use>& allowed);

// The folders that hold a plugin.cpp, and the type name that YAML uses for each:
// `transport/tcp` is `transport.tcp`, `plugins/raft` is `raft`.
std::vector<std::string> plugin_folders(const source_tree& tree);
std::string plugin_type(std::string_view folder);

}  // namespace mw::tidy
