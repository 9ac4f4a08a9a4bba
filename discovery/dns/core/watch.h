// watch: one thing that is looked for again and again: what is known, and when to look next.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/finding.h"

#include <mw/random.h>
#include <mw/types.h>

#include <vector>

namespace mw::dns {

struct watch_rules {
  duration ttl_min = 1s;
  duration ttl_max = 1h;
  std::uint32_t patience = 3;  // so many negative answers in a row empty what is known
};

// An error never empties what is known, and a negative answer only when it is repeated: the view of
// a cluster must not hang on one reply of one name server.
class watch {
 public:
  explicit watch(const watch_rules& rules) : rules_(rules) {}

  // Found: replaces what is known; joins it when a part of the search `failed`. True: it differs.
  struct finding {
    std::vector<place> places;
    std::uint32_t ttl = 0;
    bool partly_failed = false;
  };
  [[nodiscard]] bool found(finding what, time_point now, random_stream& dice);
  // The servers say there is nothing; `ttl` zero: they do not say for how long. `decidedly`: by the
  // target ".", which needs no second opinion. True when what is known is empty now and was not.
  [[nodiscard]] bool missing(std::uint32_t ttl, bool decidedly, time_point now,
                             random_stream& dice);
  void failed(time_point now, random_stream& dice);

  [[nodiscard]] const std::vector<place>& places() const { return places_; }
  [[nodiscard]] time_point due() const { return due_; }
  // What is known is older than it should be.
  [[nodiscard]] bool stale(time_point now) const { return ever_ && now > good_until_; }

 private:
  void look_again(duration in, time_point now, random_stream& dice);

  watch_rules rules_;
  std::vector<place> places_;
  time_point due_{};
  time_point good_until_{};
  bool ever_ = false;
  std::uint32_t negatives_ = 0;
  std::uint32_t failures_ = 0;
};

}  // namespace mw::dns
