// peer_list: a parser of lines and a merge of sorted lists.
// SPDX-License-Identifier: Apache-2.0
#include "peer_list.h"

#include <mw/types.h>

#include <algorithm>

namespace static_peers {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

// The first word; `rest` loses it.
std::string_view take_word(std::string_view& rest) {
  rest = trim(rest);
  const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

// Text of a file for a message to people.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 64)) out += c < ' ' || c > '~' ? '?' : c;
  return out + (text.size() > 64 ? "...'" : "'");
}

mw::status set_fact(mw::peer_found& peer, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  if (equals == std::string_view::npos || (key != "id" && key != "zone"))
    return {mw::errc::invalid, quoted(word) + " is neither id=NAME nor zone=NAME"};
  const std::string_view value = word.substr(equals + 1);
  if (mw::status fine = check_name(value); !fine) return std::move(fine).error().in(key);
  std::string& fact = key == "id" ? peer.id : peer.zone;
  if (!fact.empty()) return {mw::errc::invalid, std::string(key) + " is given twice"};
  fact = value;
  return {};
}

mw::result<mw::peer_found> parse_line(std::string_view line) {
  mw::peer_found peer;
  MW_TRY(const mw::endpoint at, mw::parse_endpoint(take_word(line)));
  peer.address = mw::to_string(at);
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line))
    MW_CHECK(set_fact(peer, word));
  return peer;
}

bool same_facts(const mw::peer_found& a, const mw::peer_found& b) {
  return a.id == b.id && a.zone == b.zone;
}

bool by_address(const mw::peer_found& a, const mw::peer_found& b) {
  return a.address < b.address;
}

}  // namespace

mw::status check_name(std::string_view name) {
  if (name.empty() || name.size() > name_max)
    return {mw::errc::invalid, "a name has 1 to " + std::to_string(name_max) + " bytes, not " +
                                   std::to_string(name.size())};
  for (const char c : name) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
    if (!fine)
      return {mw::errc::invalid, quoted(name) + " has other characters than letters, digits, ._-"};
  }
  return {};
}

mw::result<peer_list> parse_peers(std::string_view text) {
  if (text.size() > file_max)
    return mw::failure(mw::errc::invalid,
                       "the list has more than " + mw::to_string(mw::byte_size{file_max}));
  peer_list list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto wrong = [number](std::string why) {
      return mw::failure(mw::errc::invalid, "line " + std::to_string(number) + ": " + why);
    };
    if (end > line_max) return wrong("longer than " + std::to_string(line_max) + " bytes");
    const std::string_view line = trim(text.substr(0, std::min(text.find('#'), end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    auto peer = parse_line(line);
    if (!peer) return wrong(peer.error().text());
    if (list.size() == peers_max) return wrong("more than " + std::to_string(peers_max) + " peers");
    list.push_back(std::move(*peer));
  }
  MW_CHECK(normalise(list));
  return list;
}

mw::status normalise(peer_list& list) {
  std::stable_sort(list.begin(), list.end(), by_address);
  // The last of equal ones stays.
  const auto same = [](const auto& a, const auto& b) { return a.address == b.address; };
  const auto first = std::unique(list.rbegin(), list.rend(), same);
  list.erase(list.begin(), first.base());
  if (list.size() <= peers_max) return {};
  return {mw::errc::overloaded, "at most " + std::to_string(peers_max) + " peers can be listed, " +
                                    std::to_string(list.size()) + " are: shorten the list"};
}

difference compare(const peer_list& before, const peer_list& after) {
  difference out;
  auto was = before.begin();
  auto is = after.begin();
  while (was != before.end() || is != after.end()) {
    if (is == after.end() || (was != before.end() && by_address(*was, *is))) {
      out.lost.push_back(*was++);
    } else if (was == before.end() || by_address(*is, *was)) {
      out.found.push_back(*is++);
    } else {
      if (!same_facts(*was, *is)) out.found.push_back(*is);
      ++was;
      ++is;
    }
  }
  return out;
}

}  // namespace static_peers
