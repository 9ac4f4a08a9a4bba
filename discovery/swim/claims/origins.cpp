// origins: buckets that empty with time.
// SPDX-License-Identifier: Apache-2.0
#include "claims/origins.h"

#include "wire/bytes.h"

#include <algorithm>

namespace mw::swim {

namespace {

// An attacker who has one IPv6 address has 2^64 of them.
std::string host_key(const endpoint& from) {
  const std::string bytes = ip_bytes(from.host);
  return bytes.size() == 16 ? bytes.substr(0, 8) : from.host;
}

}  // namespace

std::string_view to_string(news_class what) noexcept {
  switch (what) {
    case news_class::newcomers:
      return "newcomers";
    case news_class::changes:
      return "changes";
    case news_class::accusations:
      return "accusations";
  }
  return "unknown";
}

origins::allowance origins::allowed(news_class what, std::size_t members) {
  const auto n = static_cast<double>(members);
  switch (what) {
    case news_class::newcomers:
      return {1'024, 64};  // invented ones would make room for more
    case news_class::changes:
      return {std::max(256.0, n), std::max(32.0, n / 8)};
    case news_class::accusations:
      return {std::max(64.0, n), std::max(8.0, n / 32)};
  }
  return {};
}

origins::source& origins::find_or_add(const std::string& key) {
  const auto at = sources_.find(key);
  if (at != sources_.end()) {
    recent_.splice(recent_.end(), recent_, at->second.recent);
    return at->second;
  }
  if (sources_.size() >= sources_max) {
    sources_.erase(recent_.front());
    recent_.pop_front();
  }
  source& made = sources_[key];
  made.recent = recent_.insert(recent_.end(), key);
  return made;
}

bool origins::has_room(source& s, std::size_t what, allowance a, time_point now) {
  const auto passed = static_cast<double>((now - s.at[what]).count()) / 1e9;
  s.at[what] = now;
  s.spent[what] = std::max(0.0, s.spent[what] - std::max(0.0, passed) * a.rate);
  return s.spent[what] + 1 <= a.burst;
}

bool origins::take(news_class what, const endpoint& from, std::size_t members, time_point now) {
  if (from.empty()) return true;
  const auto i = static_cast<std::size_t>(what);
  const allowance one = allowed(what, members);
  const allowance all{one.burst * host_share, one.rate * host_share};
  source& host = find_or_add(host_key(from));
  const bool room = has_room(host, i, all, now);
  source& member = find_or_add(to_string(from));  // `host` is the newest: it keeps its place
  if (!has_room(member, i, one, now) || !room) return false;
  ++member.spent[i];
  ++host.spent[i];
  return true;
}

}  // namespace mw::swim
