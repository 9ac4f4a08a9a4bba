// peer_list: a merge of sorted lists.
// SPDX-License-Identifier: Apache-2.0
#include "common/sources/peer_list.h"

#include <algorithm>

namespace mw::sources {
namespace {

bool same_facts(const peer_found& a, const peer_found& b) {
  return a.id == b.id && a.zone == b.zone;
}

bool by_address(const peer_found& a, const peer_found& b) {
  return a.address < b.address;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 64)) out += c < ' ' || c > '~' ? '?' : c;
  return out + (text.size() > 64 ? "...'" : "'");
}

status check_name(std::string_view name) {
  if (name.empty() || name.size() > name_max)
    return {errc::invalid, "a name has 1 to " + std::to_string(name_max) + " bytes, not " +
                               std::to_string(name.size())};
  for (const char c : name) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
    if (!fine)
      return {errc::invalid, quoted(name) + " has other characters than letters, digits, ._-"};
  }
  return {};
}

status normalise(peer_list& list) {
  std::stable_sort(list.begin(), list.end(), by_address);
  // The last of equal ones stays.
  const auto same = [](const auto& a, const auto& b) { return a.address == b.address; };
  const auto first = std::unique(list.rbegin(), list.rend(), same);
  list.erase(list.begin(), first.base());
  if (list.size() <= peers_max) return {};
  return {errc::overloaded, "at most " + std::to_string(peers_max) + " peers can be listed, " +
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

}  // namespace mw::sources
