// dial_race: which address of a name to try when; the first that answers wins.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::tcp {

// True for texts that are addresses already: no name consists of digits and dots alone or has a
// colon in it.
[[nodiscard]] bool is_numeric(std::string_view host);

// A pure core. Addresses are tried in turn, IPv6 and IPv4 alternately beginning with the family the
// system prefers: the next one when an attempt fails, or `stagger` after the one before, while that
// goes on. A broken IPv6 path then costs a quarter of a second, not a minute.
class dial_race {
 public:
  static constexpr duration stagger = 250ms;
  static constexpr std::size_t addresses_max = 8;  // more tell of a broken name server

  explicit dial_race(const std::vector<std::string>& found);

  // The number of the address to begin now, if it is time for one.
  [[nodiscard]] std::optional<std::size_t> begin(time_point now);
  // When begin() has to be asked again; none: nothing is left to begin.
  [[nodiscard]] std::optional<time_point> next_at() const;
  void failed(std::size_t number, const failure& why);
  [[nodiscard]] bool lost() const { return failures_ == addresses_.size(); }
  // Once lost: what went wrong with each of them.
  [[nodiscard]] failure verdict(const endpoint& wanted) const;

  [[nodiscard]] const std::string& address(std::size_t number) const { return addresses_[number]; }
  [[nodiscard]] std::size_t size() const { return addresses_.size(); }
  // "2001:db8::1, 192.0.2.7": those tried so far.
  [[nodiscard]] std::string tried() const;

 private:
  std::vector<std::string> addresses_;
  std::size_t begun_ = 0;
  std::size_t failures_ = 0;
  time_point next_at_{};
  std::optional<errc> first_kind_;
  std::string reasons_;
};

}  // namespace mw::tcp
