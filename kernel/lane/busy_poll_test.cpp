// busy_poll_test: spins after work, not for ever, and not at all while it does not pay.
// SPDX-License-Identifier: Apache-2.0
#include "lane/busy_poll.h"

#include <doctest/doctest.h>

namespace mw::kernel {

namespace {

constexpr duration window = 50us;

// Work that comes `after` the last one; true when the lane was spinning then.
bool work_after(busy_poll& poll, time_point& now, duration after) {
  const bool spun = poll.should_spin(now, true);
  now = now + std::min<duration>(after, window);
  const bool still = poll.should_spin(now, false);
  now = now + std::max<duration>(after - window, duration::zero());
  return spun && still;
}

}  // namespace

TEST_CASE("off by default") {
  busy_poll poll(duration::zero());
  CHECK(!poll.should_spin({1s}, true));
  CHECK(!poll.spinning());
  CHECK(poll.take_spent() == duration::zero());
}

TEST_CASE("spins for the window after work, then sleeps") {
  busy_poll poll(window);
  CHECK(!poll.should_spin({1s}, false));  // nothing came yet
  CHECK(poll.should_spin({1s}, true));
  CHECK(poll.should_spin({1s + 49us}, false));
  CHECK(!poll.should_spin({1s + 50us}, false));
  CHECK(!poll.should_spin({1s + 51us}, false));
  CHECK(poll.take_spent() == 50us);
  CHECK(poll.take_spent() == duration::zero());
}

TEST_CASE("work while spinning begins a new window") {
  busy_poll poll(window);
  CHECK(poll.should_spin({1s}, true));
  CHECK(poll.should_spin({1s + 40us}, true));
  CHECK(poll.should_spin({1s + 80us}, false));
  CHECK(!poll.should_spin({1s + 90us}, false));
  CHECK(poll.take_spent() == 90us);
}

TEST_CASE("goes on while it pays") {
  busy_poll poll(window);
  time_point now{1s};
  for (int i = 0; i < 10'000; ++i) CHECK(work_after(poll, now, 10us));
}

TEST_CASE("rests while it does not pay, then tries again") {
  busy_poll poll(window);
  time_point now{1s};
  const auto spins_in = [&](std::uint32_t chances) {
    std::uint32_t spins = 0;
    for (std::uint32_t i = 0; i < chances; ++i) {
      spins += poll.should_spin(now, true) ? 1 : 0;
      now = now + window;
      CHECK(!poll.should_spin(now, false));
      now = now + 1ms;
    }
    return spins;
  };
  CHECK(spins_in(busy_poll::trial) == busy_poll::trial);
  CHECK(spins_in(busy_poll::rest_for) == 0);
  CHECK(poll.take_spent() == busy_poll::trial * window);
  CHECK(spins_in(busy_poll::trial) == busy_poll::trial);
  CHECK(spins_in(1) == 0);
}

TEST_CASE("a quarter of hits is enough") {
  for (const std::uint32_t hits : {busy_poll::hits_min - 1, busy_poll::hits_min}) {
    busy_poll poll(window);
    time_point now{1s};
    for (std::uint32_t i = 0; i < busy_poll::trial; ++i) {
      CHECK(poll.should_spin(now, true));
      now = now + window;
      if (i < hits) {
        now = now - 1us;
        continue;  // the next work comes while it spins
      }
      CHECK(!poll.should_spin(now, false));
    }
    CHECK(poll.should_spin(now, true) == (hits >= busy_poll::hits_min));
  }
}

}  // namespace mw::kernel
