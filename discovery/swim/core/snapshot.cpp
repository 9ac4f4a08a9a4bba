// snapshot: one line a fact; later lines win.
// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot.h"

#include <mw/planted.h>

#include <charconv>
#include <map>
#include <optional>

namespace mw::swim {

namespace {

constexpr std::size_t members_max = 65'536;
constexpr std::size_t seeds_max = 1'024;

template <class Number>
bool number(std::string_view text, Number& out) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc{} && end == text.data() + text.size();
}

// "NAME ADDRESS"; serf writes failed members without their address.
std::optional<snapshot::entry> entry_of(std::string_view text, bool alive) {
  const std::size_t space = text.rfind(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  const auto at = parse_endpoint(text.substr(space + 1));
  if (!at || at->local || at->port == 0) return std::nullopt;
  return snapshot::entry{std::string(text.substr(0, space)), *at, alive};
}

class reader {
 public:
  bool line(std::string_view text) {
    if (text.empty() || text.front() == '#') return true;
    if (text == "leave") return out.left = true;
    const std::size_t colon = text.find(": ");
    if (colon == std::string_view::npos) return false;
    const std::string_view key = text.substr(0, colon);
    const std::string_view value = text.substr(colon + 2);
    if (key == "clock") return number(value, out.clock);
    if (key == "event-clock") return number(value, out.event_clock);
    if (key == "query-clock") return number(value, out.query_clock);
    if (key == "incarnation") return number(value, out.incarnation);
    if (key == "seed") return seed(value);
    if (key != "alive" && key != "not-alive") return key == "coordinate";
    return member(value, key == "alive");
  }

  snapshot out;
  std::map<std::string, snapshot::entry> members;

 private:
  bool seed(std::string_view value) {
    const auto at = parse_endpoint(value);
    if (!at || at->local || at->port == 0 || out.seeds.size() >= seeds_max) return false;
    out.seeds.push_back(*at);
    return true;
  }
  bool member(std::string_view value, bool alive) {
    const auto one = entry_of(value, alive);
    if (!one) {
      const auto known = members.find(std::string(value));
      if (alive || known == members.end()) return false;
      known->second.alive = false;
      return true;
    }
    if (members.size() >= members_max && members.count(one->name) == 0) return false;
    members[one->name] = *one;
    out.left = false;  // it came back after it had left
    return true;
  }
};

}  // namespace

std::string to_text(const snapshot& s) {
  std::string out;
  for (const snapshot::entry& one : s.members) {
    if (MW_PLANTED(forgotten_failed) && !one.alive) continue;
    out += (one.alive ? "alive: " : "not-alive: ") + one.name + ' ' + to_string(one.at) + '\n';
  }
  for (const endpoint& one : s.seeds) out += "seed: " + to_string(one) + '\n';
  out += "clock: " + std::to_string(s.clock) + '\n';
  out += "event-clock: " + std::to_string(s.event_clock) + '\n';
  out += "query-clock: " + std::to_string(s.query_clock) + '\n';
  out += "incarnation: " + std::to_string(s.incarnation) + '\n';
  if (s.left) out += "leave\n";
  return out;
}

read_snapshot parse_snapshot(std::string_view text) {
  reader r;
  std::size_t skipped = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (!r.line(text.substr(0, end))) ++skipped;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  for (auto& [name, one] : r.members) r.out.members.push_back(std::move(one));
  return {std::move(r.out), skipped};
}

}  // namespace mw::swim
