// origins: how much news each source may bring: a flood from one is not the others' loss.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

namespace mw::swim {

enum class news_class : std::uint8_t {
  newcomers,    // members that nobody here knew
  changes,      // newer claims of known members
  accusations,  // suspicions and deaths by others
};
inline constexpr std::size_t news_classes = 3;
[[nodiscard]] std::string_view to_string(news_class what) noexcept;

// Two buckets for each source: one of its endpoint, and one of its host (a /64 in IPv6) that holds
// sixteen times as much: many members may share a host. What only repeats is never counted.
class origins {
 public:
  static constexpr std::size_t sources_max = 4'096;  // the longest silent one gives way
  static constexpr double host_share = 16;

  struct allowance {
    double burst = 0;  // pieces at once
    double rate = 0;   // pieces a second
  };
  // What is said of members grows with the cluster: after a disaster everybody has something to say
  // about everybody.
  [[nodiscard]] static allowance allowed(news_class what, std::size_t members);

  // False: this source has said so much that this piece is not heard. An empty endpoint is a
  // source that this node chose itself, and is not limited.
  [[nodiscard]] bool take(news_class what, const endpoint& from, std::size_t members,
                          time_point now);
  [[nodiscard]] std::size_t sources() const { return sources_.size(); }

 private:
  struct source {
    std::array<double, news_classes> spent{};  // of the burst; flows back with time
    std::array<time_point, news_classes> at{};
    std::list<std::string>::iterator recent;
  };
  source& find_or_add(const std::string& key);
  [[nodiscard]] static bool has_room(source& s, std::size_t what, allowance a, time_point now);

  std::unordered_map<std::string, source> sources_;
  std::list<std::string> recent_;  // the longest silent one first
};

}  // namespace mw::swim
