// exchanges_test: the table of states: what is delivered, what is late, what is a violation.
// SPDX-License-Identifier: Apache-2.0
#include "mux/exchanges.h"

#include <doctest/doctest.h>

namespace mw::pool {

using kind = mw::message_kind;

namespace {

constexpr mw::time_point now{std::chrono::seconds(1)};

exchange_limits small() {
  return {.send_window = 100, .receive_window = 100, .open = 3, .late = 4};
}

}  // namespace

TEST_CASE("exchanges: plain requests and replies leave no trace") {
  exchanges table(small());
  for (std::uint64_t id = 1; id < 1000; ++id) {
    table.sent(kind::request, id);
    CHECK(table.received(kind::reply, id, 10, now) == verdict::deliver);
    CHECK(table.received(kind::request, id, 10, now) == verdict::deliver);
    table.sent(kind::reply, id);
  }
  CHECK(table.open() == 0);
}

TEST_CASE("exchanges: items stop at the window until credit comes") {
  exchanges table(small());
  CHECK(table.send_item(kind::request_item, 7, 60, now) == exchanges::sending::fine);
  CHECK(table.send_item(kind::request_item, 7, 60, now) == exchanges::sending::no_credit);
  CHECK(table.gave(kind::request_item, 7, 60));
  CHECK(table.send_item(kind::request_item, 7, 5000, now) == exchanges::sending::fine);
  CHECK(table.send_item(kind::request_item, 7, 1, now) == exchanges::sending::no_credit);
}

TEST_CASE("exchanges: credit of nothing and credit beyond the window are violations") {
  exchanges table(small());
  REQUIRE(table.send_item(kind::request_item, 7, 60, now) == exchanges::sending::fine);
  CHECK_FALSE(table.gave(kind::request_item, 7, 0));
  CHECK_FALSE(table.gave(kind::request_item, 7, 61));
  CHECK_FALSE(table.gave(kind::request_item, 7, UINT64_MAX));
  CHECK(table.gave(kind::reply_item, 7, 61));  // theirs: not known here any more
  CHECK(table.gave(kind::request_item, 7, 60));
}

TEST_CASE("exchanges: the two sides' ids are apart") {
  exchanges table(small());
  CHECK(table.send_item(kind::request_item, 7, 100, now) == exchanges::sending::fine);
  CHECK(table.send_item(kind::reply_item, 7, 100, now) == exchanges::sending::fine);
  CHECK(table.received(kind::request_item, 7, 100, now) == verdict::deliver);
  CHECK(table.received(kind::reply_item, 7, 100, now) == verdict::deliver);
  CHECK(table.open() == 2);
}

TEST_CASE("exchanges: more than the window allows is a violation") {
  exchanges table(small());
  CHECK(table.received(kind::request_item, 7, 100, now) == verdict::deliver);
  CHECK(table.received(kind::request_item, 7, 1, now) == verdict::violation);
  CHECK(std::string_view(table.reason()) == "an item beyond the window of its stream");
}

TEST_CASE("exchanges: consumed items give credit back, in quarters of the window") {
  exchanges table(small());
  REQUIRE(table.received(kind::reply_item, 7, 90, now) == verdict::deliver);
  CHECK(table.consumed(kind::reply_item, 7, 24) == 0);
  CHECK(table.consumed(kind::reply_item, 7, 66) == 90);
  CHECK(table.consumed(kind::reply_item, 8, 50) == 0);
  CHECK(table.received(kind::reply_item, 7, 100, now) == verdict::deliver);
}

TEST_CASE("exchanges: an item after the end, and an id used again") {
  exchanges table(small());
  REQUIRE(table.received(kind::request_item, 7, 1, now) == verdict::deliver);
  CHECK(table.received(kind::request, 7, 1, now) == verdict::violation);
  REQUIRE(table.received(kind::request_end, 7, 0, now) == verdict::deliver);
  CHECK(table.received(kind::request_item, 7, 1, now) == verdict::violation);
  CHECK(table.received(kind::request_end, 7, 0, now) == verdict::violation);
}

TEST_CASE("exchanges: after a reply the items under way are late, a few more are too many") {
  exchanges table(small());
  REQUIRE(table.received(kind::request_item, 7, 40, now) == verdict::deliver);
  table.sent(kind::reply, 7);
  CHECK(table.open() == 0);
  for (int i = 0; i < 6; ++i)
    CHECK(table.received(kind::request_item, 7, 10, now) == verdict::late);
  // The window is used up: nobody who counts sends more.
  for (int i = 0; i < 4; ++i)
    CHECK(table.received(kind::request_item, 7, 10, now) == verdict::late);
  CHECK(table.received(kind::request_item, 7, 10, now) == verdict::violation);
  CHECK(table.late() == 11);
}

TEST_CASE("exchanges: a reset makes the frames under way late") {
  exchanges table(small());
  REQUIRE(table.received(kind::reply_item, 7, 10, now) == verdict::deliver);
  table.drop(kind::reply_item, 7);
  CHECK(table.received(kind::reply_item, 7, 10, now) == verdict::late);
  CHECK(table.received(kind::reply, 7, 10, now) == verdict::deliver);
}

TEST_CASE("exchanges: the other side's end frees the exchange and its id") {
  exchanges table(small());
  REQUIRE(table.send_item(kind::request_item, 7, 10, now) == exchanges::sending::fine);
  CHECK(table.received(kind::reply, 7, 10, now) == verdict::deliver);
  CHECK(table.open() == 0);
  REQUIRE(table.received(kind::request_item, 9, 10, now) == verdict::deliver);
  CHECK(table.received(kind::cancel, 9, 0, now) == verdict::deliver);
  CHECK(table.received(kind::request, 9, 10, now) == verdict::deliver);
  CHECK(table.received(kind::request_item, 9, 10, now) == verdict::deliver);
}

TEST_CASE("exchanges: so many at a time, no more") {
  exchanges table(small());
  for (std::uint64_t id = 1; id <= 3; ++id)
    CHECK(table.received(kind::request_item, id, 1, now) == verdict::deliver);
  CHECK(table.received(kind::request_item, 4, 1, now) == verdict::too_many);
  for (std::uint64_t id = 1; id <= 3; ++id)
    CHECK(table.send_item(kind::request_item, id, 1, now) == exchanges::sending::fine);
  CHECK(table.send_item(kind::request_item, 4, 1, now) == exchanges::sending::too_many);
  CHECK(table.open() == 6);
}

TEST_CASE("exchanges: tells how many have been open for long") {
  exchanges table(small());
  REQUIRE(table.received(kind::request_item, 1, 1, now) == verdict::deliver);
  REQUIRE(table.send_item(kind::request_item, 2, 1, now + std::chrono::seconds(5)) ==
          exchanges::sending::fine);
  CHECK(table.open_since(now) == 1);
  CHECK(table.open_since(now + std::chrono::seconds(9)) == 2);
}

}  // namespace mw::pool
