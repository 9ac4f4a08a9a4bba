// words: a flag that is not known is a mistake, never a guess.
// SPDX-License-Identifier: Apache-2.0
#include "words.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mw::creds {

result<words> words::parse(std::span<const std::string_view> given,
                           std::span<const flag_rule> known) {
  words out;
  for (std::size_t at = 0; at < given.size(); ++at) {
    const std::string_view word = given[at];
    if (!word.starts_with("--")) {
      out.rest_.emplace_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto rule = std::find_if(known.begin(), known.end(),
                                   [name](const flag_rule& one) { return one.name == name; });
    if (rule == known.end())
      return {errc::invalid, "there is no flag " + std::string(name) + " here"};
    if (rule->kind != flag_kind::values && out.has(name))
      return {errc::invalid, std::string(name) + " is given twice"};
    auto& values = out.flags_[std::string(name)];
    if (rule->kind == flag_kind::alone) {
      if (equals != std::string_view::npos)
        return {errc::invalid, std::string(name) + " takes no value"};
      continue;
    }
    std::string value;
    if (equals != std::string_view::npos)
      value = word.substr(equals + 1);
    else if (at + 1 < given.size() && !given[at + 1].starts_with("--"))
      value = given[++at];
    if (value.empty()) return {errc::invalid, std::string(name) + " needs a value"};
    values.push_back(std::move(value));
  }
  return out;
}

std::string words::get(std::string_view flag, std::string_view otherwise) const {
  const auto at = flags_.find(flag);
  return at == flags_.end() || at->second.empty() ? std::string(otherwise) : at->second.front();
}

std::vector<std::string> words::all(std::string_view flag) const {
  const auto at = flags_.find(flag);
  return at == flags_.end() ? std::vector<std::string>() : at->second;
}

result<std::string> words::needed(std::string_view flag) const {
  std::string value = get(flag, "");
  if (value.empty()) return {errc::invalid, std::string(flag) + " is missing"};
  return value;
}

result<duration> words::days(std::string_view flag, unsigned otherwise) const {
  constexpr unsigned days_max = 36'500;
  const std::string text = get(flag, std::to_string(otherwise));
  unsigned value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value == 0 ||
      value > days_max)
    return {errc::invalid, std::string(flag) + " takes days from 1 to 36500, not '" + text + "'"};
  return duration(std::chrono::hours(24)) * value;
}

int end_with(const status& outcome, tool_io& io) {
  if (outcome) return 0;
  io.complain("mw certs: " + outcome.error().text() + "\n");
  if (outcome.error().kind() != errc::invalid) return 1;
  io.complain("See: mw certs --help\n");
  return 2;
}

}  // namespace mw::creds
