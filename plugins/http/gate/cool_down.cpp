// cool_down: windows in the order in which they began, which is the order in which they end.
// SPDX-License-Identifier: Apache-2.0
#include "gate/cool_down.h"

#include <algorithm>
#include <vector>

namespace mw::http {
namespace {

std::vector<std::string_view> groups_of(std::string_view text) {
  std::vector<std::string_view> groups;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    groups.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return groups;
}

}  // namespace

bool cool_down::cooling(std::string_view address, time_point now) const {
  const auto at = known_.find(std::string(address));
  return at != known_.end() && at->second.failures >= limits_.failures_max &&
         now - at->second.begun < limits_.window;
}

bool cool_down::failed(std::string_view address, time_point now) {
  make_room(now);
  auto [at, fresh] = known_.try_emplace(std::string(address), record{now, 0});
  if (fresh) by_age_.push_back(at->first);
  return ++at->second.failures == limits_.failures_max;
}

// Windows that have ended go; when none has, the oldest does.
void cool_down::make_room(time_point now) {
  while (!by_age_.empty()) {
    const auto oldest = known_.find(by_age_.front());
    const bool over = now - oldest->second.begun >= limits_.window;
    if (!over && known_.size() < limits_.addresses_max) return;
    if (!over) ++forgotten_;
    known_.erase(oldest);
    by_age_.pop_front();
  }
}

std::string cool_down_key(const endpoint& remote) {
  if (remote.local) return "unix";
  const std::string_view host = remote.host;
  if (host.find(':') == std::string_view::npos) return std::string(host);
  constexpr std::string_view mapped = "::ffff:";
  if (host.starts_with(mapped) && host.find('.') != std::string_view::npos)
    return std::string(host.substr(mapped.size()));
  const std::size_t gap = host.find("::");
  std::vector<std::string_view> all = groups_of(host.substr(0, gap));
  if (gap != std::string_view::npos) {
    const std::vector<std::string_view> tail = groups_of(host.substr(gap + 2));
    while (all.size() + tail.size() < 8) all.emplace_back("0");
    all.insert(all.end(), tail.begin(), tail.end());
  }
  std::string key;
  for (std::size_t i = 0; i < 4 && i < all.size(); ++i) key.append(all[i]).append(":");
  return key + ":/64";
}

}  // namespace mw::http
