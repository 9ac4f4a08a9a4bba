// arguments: the words behind `mw VERB`, sorted into flags and operands.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel::cli {

// One flag that a verb takes. Constant text.
struct flag {
  std::string_view name;   // "--set"
  std::string_view value;  // What follows it, "KEY=VALUE"; empty for a switch.
  std::string_view doc;
  bool repeats = false;  // May be given more than once.
};

class arguments {
 public:
  std::vector<std::string> operands;

  void add(std::string_view flag, std::string value) {
    flags_[std::string(flag)].push_back(std::move(value));
  }
  [[nodiscard]] bool has(std::string_view flag) const { return flags_.contains(flag); }
  [[nodiscard]] std::string text(std::string_view flag, std::string_view otherwise = {}) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view flag) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> flags_;
};

// `--flag value`, `--flag=value` and switches stand anywhere; after `--` everything is an operand.
// `-h` is `--help`. `invalid` with a sentence for the user.
[[nodiscard]] result<arguments> parse_arguments(std::span<const std::string> words,
                                                std::span<const flag> known);

}  // namespace mw::kernel::cli
