// browser: looks for services of one type: asks, remembers, asks again before answers get old.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/cache.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace mw::mdns {

// A service that says where it is.
struct sighting {
  name instance;
  name target;
  std::uint16_t port = 0;
  std::vector<dns::address> addresses;  // empty: the target is a name that others have to resolve
  dns::texts texts;
};

// A step function (RFC 6762, sections 5, 7 and 10).
class browser {
 public:
  browser(const settings& how, random_stream& dice, counts& counted);

  void start(time_point now);
  void heard_answer(const dns::message& answer, time_point now);
  // Somebody else asks: then we need not.
  void heard_query(const dns::message& query, time_point now);
  void tick(time_point now, std::vector<packet>& out);
  // Asks at once, and forgets within ten seconds what nobody repeats.
  void look_again(time_point now);

  [[nodiscard]] time_point next_due() const;
  [[nodiscard]] std::vector<sighting> sightings() const;
  [[nodiscard]] const cache& known() const { return cache_; }
  // True once after the sightings may have changed.
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

 private:
  struct search {
    int tries = 0;
    time_point due = never;
  };
  void take(const record& one, time_point now);
  [[nodiscard]] bool wanted(const record& one);
  [[nodiscard]] const std::set<name>& hosts();
  void look_for_missing(const name& instance, time_point now);
  void forget_searches();
  void due_searches(time_point now, std::vector<key>& ask);
  void look_for(const key& which, time_point now);
  void give_up(const key& which);
  [[nodiscard]] std::optional<sighting> sighting_of(const name& instance) const;
  [[nodiscard]] std::vector<record> known_answers(time_point now) const;
  [[nodiscard]] bool is_local(const name& host) const;
  [[nodiscard]] duration soon();

  const settings& how_;
  random_stream& dice_;
  counts& counts_;
  cache cache_;
  bool changed_ = false;
  time_point browse_due_ = never;
  duration browse_pause_ = 1s;
  std::map<key, search> searches_;  // what instances lack
  std::set<name> hosts_;            // that services are on
  bool hosts_stale_ = false;
};

}  // namespace mw::mdns
