// check: runs one rule over a planted tree, for the tests of the rules.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rules.h"

#include <string>
#include <utility>

namespace mw::tidy {

using rule_function = void (*)(const source_tree&, findings&);

inline findings run_rule(rule_function rule,
                         std::vector<std::pair<std::string, std::string>> files) {
  findings out;
  rule(make_tree(std::move(files)), out);
  return out;
}

// The lines one rule complains about in one file.
inline std::vector<std::size_t> lines_found(rule_function rule, std::string path,
                                            std::string text) {
  std::vector<std::size_t> lines;
  for (const finding& one : run_rule(rule, {{std::move(path), std::move(text)}}))
    lines.push_back(one.line);
  return lines;
}

}  // namespace mw::tidy
