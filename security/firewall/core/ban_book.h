// ban_book: which networks stay outside until when, and why.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/meter.h"
#include "networks/address.h"

#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace mw::firewall {

enum class ban_cause : std::uint8_t { offences, person };
[[nodiscard]] constexpr std::string_view to_string(ban_cause why) {
  return why == ban_cause::offences ? "offences" : "person";
}

struct ban {
  time_point since{};
  time_point until{};
  ban_cause why = ban_cause::offences;
};

// Bounded. When it is full, the cool-down that ends first makes room; bans by people never do.
class ban_book {
 public:
  using entries = std::map<network, ban>;

  explicit ban_book(std::size_t most) : most_(most) {}

  // The longer one stays; what a person says replaces what was. False: no room.
  [[nodiscard]] bool add(const network& at, const ban& one);
  // Null: welcome.
  [[nodiscard]] const ban* find(const ip_address& one, time_point now) const;
  // Whether there was any. Ends all bans that hold any address of `at`.
  bool pardon(const network& at);
  // Takes out those that are over.
  [[nodiscard]] std::vector<network> expire(time_point now);
  // Not after the next end; sometimes before, which costs one expire() for nothing.
  [[nodiscard]] std::optional<time_point> next_end() const;

  [[nodiscard]] const entries& all() const { return entries_; }
  [[nodiscard]] std::size_t count(ban_cause why) const {
    return by_cause_[static_cast<std::size_t>(why)];
  }

 private:
  void erase(entries::iterator one);

  std::size_t most_;
  entries entries_;
  time_point next_end_{duration::max()};
  std::array<std::size_t, 2> by_cause_{};
  std::array<std::uint32_t, 129> by_length_{};  // how many have this length: the rest is not asked
};

}  // namespace mw::firewall
