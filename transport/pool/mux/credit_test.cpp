// credit_test: nobody sends more than was given, and nobody gives more than was taken.
// SPDX-License-Identifier: Apache-2.0
#include "mux/credit.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <limits>
#include <utility>

namespace mw::pool {

TEST_CASE("credit: the sender stops at the window and goes on with what it is given") {
  send_window window(100);
  CHECK(window.has(100));
  window.take(70);
  CHECK(window.has(30));
  CHECK_FALSE(window.has(31));
  CHECK(window.give(50));
  CHECK(window.left() == 80);
}

TEST_CASE("credit: more than was taken is refused, at any size") {
  send_window window(100);
  CHECK_FALSE(window.give(1));
  window.take(10);
  CHECK_FALSE(window.give(11));
  CHECK_FALSE(window.give(std::numeric_limits<std::uint64_t>::max()));
  CHECK(window.left() == 90);
  CHECK(window.give(10));
}

TEST_CASE("credit: the receiver refuses what it did not allow") {
  receive_window window(100);
  CHECK(window.take(100));
  CHECK_FALSE(window.take(1));
  CHECK_FALSE(window.take(std::numeric_limits<std::uint64_t>::max()));
}

TEST_CASE("credit: updates wait until a quarter of the window is free") {
  receive_window window(100);
  REQUIRE(window.take(80));
  CHECK(window.give(24) == 0);
  CHECK(window.give(1) == 25);
  CHECK(window.left() == 45);
  CHECK(window.held() == 55);
}

TEST_CASE("credit: enough is ahead when the other side is bound to announce") {
  send_window window(100);
  window.take(60);  // items: whoever holds them may announce nothing
  CHECK_FALSE(window.enough_ahead());
  window.take_fragment(24);
  CHECK_FALSE(window.enough_ahead());
  window.take_fragment(1);
  CHECK(window.enough_ahead());
  REQUIRE(window.give(25));
  CHECK_FALSE(window.enough_ahead());
  CHECK(window.left() == 40);
}

// However items, fragments and credit mix: who waits because enough is ahead is owed an update.
TEST_CASE("credit: a sender with enough ahead never waits for ever") {
  random_stream random(7);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t full = 64 + random.below(1000);
    send_window sender(full);
    receive_window receiver(full);
    std::uint64_t held = 0;  // items that the receiver has not consumed
    for (int step = 0; step < 500; ++step) {
      const std::uint64_t size = 1 + random.below(full / 4);
      if (random.below(3) == 0 && sender.has(size)) {
        sender.take(size);
        REQUIRE(receiver.take(size));
        held += size;
      }
      if (!sender.enough_ahead() && sender.has(size)) {
        sender.take_fragment(size);
        REQUIRE(receiver.take(size));
        if (const std::uint64_t more = receiver.give(size)) REQUIRE(sender.give(more));
      }
      CHECK_FALSE(sender.enough_ahead());  // all fragments have arrived
      if (held > 0 && random.below(4) == 0)
        if (const std::uint64_t more = receiver.give(std::exchange(held, 0)))
          REQUIRE(sender.give(more));
    }
  }
}

TEST_CASE("credit: giving back more than is held gives what is held") {
  receive_window window(100);
  REQUIRE(window.take(60));
  CHECK(window.give(1000) == 60);
  CHECK(window.give(1000) == 0);
  CHECK(window.left() == 100);
}

TEST_CASE("credit: a message larger than the window costs the whole window") {
  CHECK(cost_in(100, 99) == 99);
  CHECK(cost_in(100, 5000) == 100);
}

TEST_CASE("credit: both sides agree whatever is sent and consumed") {
  mw::random_stream random(7);
  send_window sender(1000);
  receive_window receiver(1000);
  std::uint64_t waiting = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t cost = cost_in(1000, random.below(1500));
    if (sender.has(cost)) {
      sender.take(cost);
      REQUIRE(receiver.take(cost));
      waiting += cost;
    }
    const std::uint64_t consumed = random.below(waiting + 1);
    waiting -= consumed;
    if (const std::uint64_t more = receiver.give(consumed); more > 0) REQUIRE(sender.give(more));
    REQUIRE(sender.left() == receiver.left());
    REQUIRE(receiver.held() == waiting);
  }
}

}  // namespace mw::pool
