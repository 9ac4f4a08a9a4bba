// caller: the core on one interface: calls, listens, answers newcomers, and says when it goes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/lan/bucket.h"
#include "common/lan/interface.h"
#include "common/presence/table.h"

#include <mw/random.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::presence {

struct caller_settings {
  std::string cluster;
  std::string id;
  std::string key;         // empty: calls have no tag
  std::uint64_t life = 0;  // greater than in all lives before
  duration interval = 1s;
  duration age_max = 1min;  // between the clocks of two nodes; only with a key
  rate packets{500};
  table_rules rules;
};

struct counts {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;  // our own that come back, too
  std::uint64_t flood = 0;
  std::uint64_t off_link = 0;
  std::uint64_t malformed = 0;
  std::uint64_t version = 0;
  std::uint64_t denied = 0;  // by their tag
  std::uint64_t stale = 0;   // sent too long ago, or from a clock that is wrong
  std::uint64_t replayed = 0;
  std::uint64_t foreign = 0;    // of other clusters
  std::uint64_t namesakes = 0;  // of others with our id
  std::uint64_t overflow = 0;
};

struct own_facts {
  std::string address;
  std::string zone;
  friend bool operator==(const own_facts&, const own_facts&) = default;
};

// A step function.
class caller {
 public:
  caller(caller_settings how, lan::interface where, random_stream& dice);

  void start(time_point now);
  void received(bytes_view bytes, const endpoint& from, time_point now, wall_time wall);
  void tick(time_point now, wall_time wall);
  // Nothing: says goodbye, twice.
  void publish(const std::optional<own_facts>& what, time_point now);
  // Asks who is there; at most once a second.
  void ask(time_point now);

  [[nodiscard]] std::vector<std::string> take_packets();
  [[nodiscard]] time_point next_due() const;
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }
  [[nodiscard]] sources::peer_list peers() const { return table_.peers(); }
  [[nodiscard]] const counts& counted() const { return counts_; }
  [[nodiscard]] std::size_t known() const { return table_.size(); }
  [[nodiscard]] bool speaks() const { return told_.has_value(); }
  [[nodiscard]] bool says_goodbye() const { return goodbyes_ > 0; }

 private:
  void send(kind what, wall_time wall);
  void heard(const call& one, time_point now, wall_time wall);
  void answer_soon(time_point now);
  [[nodiscard]] duration jittered(duration mean);

  const caller_settings how_;
  const lan::interface where_;
  random_stream& dice_;
  counts counts_;
  lan::bucket packets_;
  table table_;
  std::optional<own_facts> told_;
  std::uint32_t number_ = 0;
  time_point call_due_;
  time_point last_call_;
  time_point ask_due_;
  time_point last_ask_;
  int asks_ = 0;  // that are left
  time_point goodbye_due_;
  int goodbyes_ = 0;  // that are left
  bool changed_ = false;
  std::vector<std::string> out_;
};

}  // namespace mw::presence
