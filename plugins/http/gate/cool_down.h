// cool_down: who has shown wrong tokens of late, in bounded memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mw::http {

// Counts failures per address and window. An address with `failures_max` of them cools down until
// its window ends; a window begins with the first failure after the last one ended.
class cool_down {
 public:
  struct limits {
    std::uint32_t failures_max = 10;
    duration window = 30s;
    std::size_t addresses_max = 4096;
  };

  explicit cool_down(const limits& l) : limits_(l) {}

  [[nodiscard]] bool cooling(std::string_view address, time_point now) const;
  // True when this one begins a cool-down.
  bool failed(std::string_view address, time_point now);
  [[nodiscard]] std::size_t size() const { return known_.size(); }
  // Addresses dropped before their window ended because there were too many.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  struct record {
    time_point begun;
    std::uint32_t failures = 0;
  };
  void make_room(time_point now);

  limits limits_;
  std::unordered_map<std::string, record> known_;
  std::deque<std::string> by_age_;  // the keys of known_, the oldest window first
  std::uint64_t forgotten_ = 0;
};

// Who shares a fate: an IPv4 address, or the /64 of an IPv6 address, which one machine has whole.
[[nodiscard]] std::string cool_down_key(const endpoint& remote);

}  // namespace mw::http
