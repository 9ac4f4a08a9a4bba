// replay_window_test: against a set that remembers everything.
// SPDX-License-Identifier: Apache-2.0
#include "core/replay_window.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace mw::sealing {

TEST_CASE("replay window: any order within the window, each number once") {
  for (const std::uint32_t size : {1024u, 1088u, 4096u}) {
    replay_window window(size);
    std::set<std::uint64_t> seen;
    random_stream random(size);
    std::uint64_t newest = 0;
    for (int i = 0; i < 200'000; ++i) {
      const std::uint64_t low = newest > size + 100 ? newest - size - 100 : 0;
      const std::uint64_t at = random.chance(0.001) ? newest + random.below(3 * size)
                                                    : low + random.below(newest - low + 8);
      const bool behind = newest + 1 > size && at < newest + 1 - size && !seen.empty();
      const auto verdict = window.look(at);
      if (behind)
        REQUIRE(verdict == replay_window::verdict::behind);
      else if (seen.contains(at))
        REQUIRE(verdict == replay_window::verdict::seen);
      else
        REQUIRE(verdict == replay_window::verdict::fresh);
      if (verdict != replay_window::verdict::fresh || random.chance(0.2)) continue;
      window.take(at);
      seen.insert(at);
      newest = std::max(newest, at);
    }
    CHECK(seen.size() > 10'000);
  }
}

}  // namespace mw::sealing
