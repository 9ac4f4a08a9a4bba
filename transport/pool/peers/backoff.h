// backoff: pauses between dials: exponential, with full jitter, so that crowds spread out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/random.h>
#include <mw/types.h>

#include <algorithm>
#include <cstdint>

namespace mw::pool {

class backoff {
 public:
  // The pause after one more failure: uniform between zero and `from` doubled per failure, at most
  // `to`.
  [[nodiscard]] duration failed(duration from, duration to, random_stream& random) {
    duration most = from;
    for (std::uint32_t i = 0; i < failures_ && most < to; ++i) most *= 2;
    most = std::min(most, to);
    ++failures_;
    return duration(
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most.count()) + 1)));
  }
  void succeeded() { failures_ = 0; }
  [[nodiscard]] std::uint32_t failures() const { return failures_; }

 private:
  std::uint32_t failures_ = 0;
};

}  // namespace mw::pool
