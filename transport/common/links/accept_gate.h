// accept_gate: how many connections may come in a second; a bucket of tokens.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

namespace mw::transports {

// A pure core. The bucket holds the connections of one second, so that the peers of a node that
// restarts come back without waiting.
class accept_gate {
 public:
  explicit accept_gate(rate limit);

  // One connection came; it is let in.
  void pass(time_point now);
  // How long the next one has to wait; zero: not at all.
  [[nodiscard]] duration wait(time_point now) const;

 private:
  [[nodiscard]] double tokens_at(time_point now) const;

  double per_second_;
  double most_;
  double tokens_;
  time_point counted_at_{};
};

}  // namespace mw::transports
