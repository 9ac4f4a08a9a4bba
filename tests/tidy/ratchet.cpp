// ratchet: matches findings with exceptions and complains about exceptions that can shrink.
// SPDX-License-Identifier: Apache-2.0
#include "ratchet.h"

#include <charconv>
#include <map>
#include <utility>

namespace mw::tidy {
namespace {

struct exception_line {
  std::size_t limit = 0;
  std::size_t line = 0;
};

using place = std::pair<std::string, std::string>;  // rule, path

std::string_view next_word(std::string_view& rest) {
  const auto first = rest.find_first_not_of(' ');
  rest.remove_prefix(first == std::string_view::npos ? rest.size() : first);
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

std::map<place, exception_line> parse(std::string_view text, std::string_view name, findings& out) {
  std::map<place, exception_line> all;
  std::size_t number = 0;
  for (std::string_view line : lines_of(text)) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const std::string rule(next_word(line));
    const std::string path(next_word(line));
    const std::string_view digits = next_word(line);
    exception_line entry{0, number};
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), entry.limit);
    if (parsed.ec != std::errc() || next_word(line).empty())
      out.push_back({"ratchet", std::string(name), number, 1,
                     "write `rule path number reason`; the reason is for the next reader"});
    else
      all[{rule, path}] = entry;
  }
  return all;
}

// Sizes count by their measure; all other rules by how often they are broken in one file.
std::map<place, std::size_t> weigh(const findings& found) {
  std::map<place, std::size_t> weights;
  for (const finding& one : found) {
    std::size_t& weight = weights[{one.rule, one.path}];
    weight = one.measure > 1 ? std::max(weight, one.measure) : weight + 1;
  }
  return weights;
}

}  // namespace

findings apply_ratchet(findings found, std::string_view text, std::string_view name) {
  findings left;
  const auto exceptions = parse(text, name, left);
  const auto weights = weigh(found);
  for (finding& one : found) {
    const auto excepted = exceptions.find({one.rule, one.path});
    const std::size_t weight = weights.at({one.rule, one.path});
    if (excepted == exceptions.end() || weight > excepted->second.limit)
      left.push_back(std::move(one));
  }
  for (const auto& [where, entry] : exceptions) {
    const auto weight = weights.find(where);
    if (weight == weights.end())
      left.push_back(
          {"ratchet", std::string(name), entry.line, 1, "no longer needed: delete the line"});
    else if (weight->second < entry.limit)
      left.push_back({"ratchet", std::string(name), entry.line, 1,
                      "can shrink to " + std::to_string(weight->second)});
  }
  return left;
}

}  // namespace mw::tidy
