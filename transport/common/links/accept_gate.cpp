// accept_gate: how many connections may come in a second; a bucket of tokens.
// SPDX-License-Identifier: Apache-2.0
#include "accept_gate.h"

#include <algorithm>
#include <cmath>

namespace mw::transports {

accept_gate::accept_gate(rate limit)
    : per_second_(limit.per_second), most_(std::max(1.0, limit.per_second)), tokens_(most_) {}

double accept_gate::tokens_at(time_point now) const {
  const double seconds = std::chrono::duration<double>(now - counted_at_).count();
  return std::min(most_, tokens_ + seconds * per_second_);
}

void accept_gate::pass(time_point now) {
  tokens_ = tokens_at(now) - 1;
  counted_at_ = now;
}

duration accept_gate::wait(time_point now) const {
  const double missing = 1 - tokens_at(now);
  if (missing <= 0) return duration::zero();
  return duration(static_cast<std::int64_t>(std::ceil(missing / per_second_ * 1e9)));
}

}  // namespace mw::transports
