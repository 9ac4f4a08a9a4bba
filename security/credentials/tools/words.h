// words: the words of one call, as flags with values and the rest.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::creds {

enum class flag_kind : std::uint8_t { alone, value, values };  // `values`: may be given again

struct flag_rule {
  std::string_view name;  // "--dir"
  flag_kind kind = flag_kind::value;
};

class words {
 public:
  // `invalid` names the word that is wrong and what is known. `--name value` and `--name=value`.
  static result<words> parse(std::span<const std::string_view> given,
                             std::span<const flag_rule> known);

  [[nodiscard]] bool has(std::string_view flag) const { return flags_.contains(flag); }
  [[nodiscard]] std::string get(std::string_view flag, std::string_view otherwise) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view flag) const;
  [[nodiscard]] const std::vector<std::string>& rest() const { return rest_; }
  // `invalid` when it is missing.
  [[nodiscard]] result<std::string> needed(std::string_view flag) const;
  // Days from 1 to 36500.
  [[nodiscard]] result<duration> days(std::string_view flag, unsigned otherwise) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> flags_;
  std::vector<std::string> rest_;
};

// What a command ends with: 0, 1, or 2 with a hint at --help.
int end_with(const status& outcome, tool_io& io);

}  // namespace mw::creds
