// cache: records of others for as long as they live, and when they have to be asked for again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <mw/random.h>

#include <map>
#include <utility>
#include <vector>

namespace mw::mdns {

// Where a record is found. Pointers to services are found by what they point to: there may be many
// of one name.
struct key {
  name about;
  dns::type what;
  friend bool operator==(const key& a, const key& b) {
    return a.what == b.what && a.about == b.about;
  }
  friend bool operator<(const key& a, const key& b) {
    return a.what != b.what ? a.what < b.what : a.about < b.about;
  }
};

[[nodiscard]] key key_of(const record& one);

struct cached {
  record what;
  time_point heard;
  time_point expires;
  int refreshed = 0;  // of the four times at which it is asked for again
  time_point refresh = never;

  [[nodiscard]] bool good(time_point now) const { return now < expires; }
  // Seconds left.
  [[nodiscard]] std::uint32_t left(time_point now) const;
};

// Bounded by records, and by records of one name and type. Times to live end at 75 minutes.
class cache {
 public:
  static constexpr std::size_t of_one_key_max = 4;

  cache(std::size_t records_max, random_stream& dice) : max_(records_max), dice_(dice) {}

  enum class outcome : std::uint8_t { nothing, changed, full };
  // A time to live of zero leaves the record another second (RFC 6762, 10.1); the flush bit leaves
  // as much to all others of its name and type that are older than a second (10.2).
  outcome take(const record& from, time_point now);
  // Gone unless somebody repeats it within `patience`.
  void doubt(const key& which, duration patience, time_point now);
  void drop(const key& which);
  // Removes what is too old and notes in `ask` what has to be asked for. True: some are gone.
  [[nodiscard]] bool tick(time_point now, std::vector<key>& ask);
  // Removes addresses that nobody needs.
  template <class Needed>
  void keep_hosts(Needed needed) {
    for (auto at = entries_.begin(); at != entries_.end();) {
      const bool host = at->first.what == dns::type::a || at->first.what == dns::type::aaaa;
      if (!host || needed(at->first.about)) {
        ++at;
        continue;
      }
      at = erase(at);
    }
  }

  [[nodiscard]] const std::vector<cached>* find(const key& which) const;
  [[nodiscard]] bool has(const key& which) const { return entries_.contains(which); }
  // Calls `visit` with each key of this type and its records.
  template <class Visit>
  void each(dns::type what, Visit visit) const {
    for (auto at = entries_.lower_bound({name(), what});
         at != entries_.end() && at->first.what == what; ++at)
      visit(at->first.about, at->second);
  }
  [[nodiscard]] std::size_t services() const { return services_; }  // instances that are named
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] time_point next_due() const;

 private:
  using place = std::map<key, std::vector<cached>>::iterator;
  place erase(place at);
  void schedule(cached& one);

  std::size_t max_;
  random_stream& dice_;
  std::map<key, std::vector<cached>> entries_;
  std::size_t count_ = 0;
  std::size_t services_ = 0;
};

}  // namespace mw::mdns
