// path_list: a few canonical paths, exact or with "/*" at the end for all below.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::http {

// "/a/*" takes "/a/b" and "/a/b/c", but not "/a".
[[nodiscard]] inline bool pattern_takes(std::string_view pattern, std::string_view text) {
  if (!pattern.ends_with("/*")) return pattern == text;
  pattern.remove_suffix(1);
  return text.size() > pattern.size() && text.starts_with(pattern);
}

class path_list {
 public:
  path_list() = default;
  explicit path_list(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

  [[nodiscard]] bool has(std::string_view path) const {
    return std::any_of(patterns_.begin(), patterns_.end(),
                       [&](const std::string& one) { return pattern_takes(one, path); });
  }

 private:
  std::vector<std::string> patterns_;
};

}  // namespace mw::http
