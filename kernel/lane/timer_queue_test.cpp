// timer_queue_test: order, re-arming, cancelling and self-destruction of timers.
// SPDX-License-Identifier: Apache-2.0
#include "lane/timer_queue.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace mw::kernel {
namespace {

struct fixture {
  time_point now{1s};
  timer_queue queue;
  std::string fired;

  std::unique_ptr<queued_timer> make(char name, bool periodic = false) {
    return std::make_unique<queued_timer>(
        queue, now, [this, name] { fired += name; }, periodic);
  }
  void advance(duration d) {
    now = now + d;
    queue.fire_due(now);
  }
};

TEST_CASE("timers fire by deadline, then in the order they were armed") {
  fixture f;
  auto a = f.make('a'), b = f.make('b'), c = f.make('c');
  a->arm(5ms);
  b->arm(5ms);
  c->arm(1ms);
  CHECK(f.queue.next() == f.now + 1ms);
  f.advance(5ms);
  CHECK(f.fired == "cab");
  CHECK(!f.queue.next());
}

TEST_CASE("cancelled and destroyed timers do not fire; re-arming moves") {
  fixture f;
  auto a = f.make('a'), b = f.make('b'), c = f.make('c');
  a->arm(1ms);
  b->arm(1ms);
  c->arm(1ms);
  a->cancel();
  b.reset();
  c->arm(10ms);
  f.advance(5ms);
  CHECK(f.fired.empty());
  f.advance(5ms);
  CHECK(f.fired == "c");
}

TEST_CASE("a periodic timer fires again and does not catch up") {
  fixture f;
  auto a = f.make('a', true);
  a->arm(10ms);
  f.advance(35ms);
  CHECK(f.fired == "a");
  f.advance(10ms);
  CHECK(f.fired == "aa");
}

TEST_CASE("a timer may destroy or re-arm itself while it fires") {
  fixture f;
  std::unique_ptr<queued_timer> self;
  self = std::make_unique<queued_timer>(
      f.queue, f.now, [&] { self.reset(); }, false);
  self->arm(1ms);
  f.advance(1ms);
  CHECK(self == nullptr);
  int count = 0;
  std::unique_ptr<queued_timer> again;
  again = std::make_unique<queued_timer>(
      f.queue, f.now,
      [&] {
        ++count;
        again->arm(0ms);
      },
      false);
  again->arm(0ms);
  CHECK(f.queue.fire_due(f.now) == 1);  // the zero timer waits for the next call
  CHECK(f.queue.fire_due(f.now) == 1);
  CHECK(count == 2);
}

TEST_CASE("a thousand timers with random arms and cancels keep the heap's order") {
  fixture f;
  random_stream random(7);
  std::vector<std::pair<duration, int>> expected;
  std::vector<int> seen;
  std::vector<std::unique_ptr<queued_timer>> timers;
  for (int i = 0; i < 1000; ++i) {
    timers.push_back(std::make_unique<queued_timer>(
        f.queue, f.now, [&seen, i] { seen.push_back(i); }, false));
    const duration delay{static_cast<std::int64_t>(random.below(500))};
    timers.back()->arm(delay);
    if (random.chance(0.3))
      timers.back()->cancel();
    else
      expected.emplace_back(delay, i);
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  f.advance(1ms);
  REQUIRE(seen.size() == expected.size());
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == expected[i].second);
}

}  // namespace
}  // namespace mw::kernel
