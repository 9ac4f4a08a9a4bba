// list_file: a strict parser of lines.
// SPDX-License-Identifier: Apache-2.0
#include "networks/list_file.h"

#include <algorithm>
#include <string>

namespace mw::firewall {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

result<listing> parse_action(std::string_view word) {
  if (word == "allow") return listing::allow;
  if (word == "exempt") return listing::exempt;
  if (word == "deny") return listing::deny;
  return failure(errc::invalid,
                 quoted(word) + " is no action: write allow, exempt or deny, then the network");
}

result<list_entry> parse_line(std::string_view line) {
  const std::size_t gap = std::min(line.find_first_of(blanks), line.size());
  MW_TRY(const listing what, parse_action(line.substr(0, gap)));
  const std::string_view rest = trim(line.substr(gap));
  if (rest.empty()) return failure(errc::invalid, "the network is missing");
  if (rest.find_first_of(blanks) != std::string_view::npos)
    return failure(errc::invalid, quoted(rest) + " is more than one network: give each a line");
  MW_TRY(const network at, parse_network(rest));
  return list_entry{at, what};
}

}  // namespace

result<entry_list> parse_lists(std::string_view text) {
  if (text.size() > list_bytes_max)
    return failure(errc::invalid, "the list has more than " + to_string(byte_size{list_bytes_max}));
  entry_list list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto wrong = [number](const std::string& why) {
      return failure(errc::invalid, "line " + std::to_string(number) + ": " + why);
    };
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > list_lines_max)
      return wrong("longer than " + std::to_string(list_lines_max) + " bytes");
    const std::string_view line = trim(text.substr(0, std::min(text.find('#'), end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    auto entry = parse_line(line);
    if (!entry) return wrong(entry.error().text());
    if (list.size() == list_entries_max)
      return wrong("more than " + std::to_string(list_entries_max) + " networks");
    list.push_back(*entry);
  }
  return list;
}

void add_to(prefix_trie& lists, const entry_list& entries) {
  for (const list_entry& one : entries) {
    const auto value = static_cast<prefix_trie::value_type>(one.what);
    lists.set(one.at, std::max(lists.exactly(one.at).value_or(value), value));
  }
}

}  // namespace mw::firewall
