// ledger_samples: rules and connections for the tests of the ledger.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ledger.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace mw::firewall {

inline constexpr time_point t0{1000s};

inline ip_address ip(std::string_view text) {
  return parse_address(text).value();
}
inline network net(std::string_view text) {
  return parse_network(text).value();
}

// Wide enough that each test narrows what it is about.
inline rules sample_rules() {
  rules by;
  by.unproved = {.total = 1000,
                 .per_address = 500,
                 .per_network = 500,
                 .deadline = 5s,
                 .limits = {64'000'000, 1000, 10'000},
                 .memory_each = 65'536};
  by.system = {10'000'000, 10'000, 10'000};
  by.listener = by.system;
  by.peer = by.system;
  by.connection = {10'000'000, 1, 1000};
  by.stream_memory = 1'000'000;
  by.newcomers_below = 10'000'000;
  by.cooling = {
      .threshold = 3, .half_life = 10s, .first = 4s, .most = 20s, .weights = {1, 1, 3, 2, 0, 1}};
  by.addresses = 1024;
  by.bans_max = 16;
  return by;
}

// Connections with addresses that do not move.
class crowd {
 public:
  explicit crowd(ledger& book) : book_(book) {}
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;
  ~crowd() {
    for (member& one : all_) book_.leave(one);
  }

  refusal arrive(std::optional<std::string> from, std::string_view listener = "tcp") {
    std::optional<ip_address> at;
    if (from) at = ip(*from);
    all_.emplace_back();
    const refusal why = book_.arrive(all_.back(), at, listener, now);
    if (why != refusal::none) all_.pop_back();
    return why;
  }
  member& one(std::size_t index) { return all_.at(index); }
  void leave(std::size_t index) { book_.leave(all_.at(index)); }

  void drop_first() { all_.pop_front(); }

  // How many frames of the kind pass when more come than may.
  int frames(std::size_t index, std::size_t kind) {
    int passed = 0;
    while (passed < 100'000) {
      const frame_grant given = book_.frame(one(index), kind, now);
      if (given.verdict != frame_verdict::pass) break;
      passed += 1 + given.more;
    }
    return std::min(passed, 100'000);
  }

  time_point now = t0;

 private:
  ledger& book_;
  std::deque<member> all_;
};

}  // namespace mw::firewall
