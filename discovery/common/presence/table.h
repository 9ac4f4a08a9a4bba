// table: who called lately; which packets are new, and which were heard before.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/presence/packet.h"
#include "common/sources/peer_list.h"

#include <map>
#include <string>
#include <utility>

namespace mw::presence {

struct table_rules {
  std::size_t peers_max = 1000;
  std::uint32_t missed = 4;    // calls in a row that may be lost
  duration interval_max = 1h;  // longer promises are not believed
  duration remember = 2min;    // of who left or fell silent: so long its packets stay old
};

// One entry for each node id. Of several packets of a life each counts once, in any order within
// 64; packets of earlier lives never do.
class table {
 public:
  explicit table(const table_rules& rules) : rules_(rules) {}

  enum class outcome : std::uint8_t {
    known,     // nothing new
    changed,   // the list differs
    replayed,  // heard before, or of an earlier life
    full,
  };
  [[nodiscard]] outcome take(const call& one, time_point now);
  // True: the list differs.
  [[nodiscard]] bool tick(time_point now);
  [[nodiscard]] sources::peer_list peers() const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] time_point next_due() const;

 private:
  struct entry {
    std::uint64_t life = 0;
    std::uint32_t newest = 0;
    std::uint64_t seen = 0;  // bit i: number newest - i
    bool listed = false;
    std::string address;
    std::string zone;
    time_point until{};  // listed so long, or remembered
  };
  [[nodiscard]] static bool accept(entry& one, const call& what);
  [[nodiscard]] bool make_room();

  table_rules rules_;
  std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace mw::presence
