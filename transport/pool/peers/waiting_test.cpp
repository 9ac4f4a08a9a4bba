// waiting_test: bounds, deadlines, order, and pauses that spread.
// SPDX-License-Identifier: Apache-2.0
#include "peers/waiting.h"

#include "peers/backoff.h"

#include <doctest/doctest.h>

namespace mw::pool {

using namespace std::chrono_literals;
using kind = mw::message_kind;

namespace {

bool add(waiting_queue& queue, std::uint64_t id, std::string_view text, mw::duration until = 10s,
         const waiting_limits& limits = {}) {
  mw::message_out body;
  body.append(mw::as_bytes(text));
  return queue.add({{.kind = kind::request, .id = id, .give_up = mw::time_point{until}}}, body,
                   limits);
}

}  // namespace

TEST_CASE("waiting: first in, first out, within both bounds") {
  const waiting_limits limits{.messages = 3, .bytes = 10};
  waiting_queue queue;
  CHECK(add(queue, 1, "aaaa", 10s, limits));
  CHECK(add(queue, 2, "bbbb", 10s, limits));
  CHECK_FALSE(add(queue, 3, "ccc", 10s, limits));
  CHECK(add(queue, 3, "cc", 10s, limits));
  CHECK_FALSE(add(queue, 4, "", 10s, limits));
  CHECK(queue.bytes() == 10);
  CHECK(queue.pop().head.id == 1);
  CHECK(queue.pop().parts.front().text() == "bbbb");
  CHECK(queue.pop().head.id == 3);
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE("waiting: each gives up at its own time, and the next time is known") {
  waiting_queue queue;
  CHECK_FALSE(queue.next_expiry().has_value());
  for (std::uint64_t id = 1; id <= 200; ++id) REQUIRE(add(queue, id, "x", id % 2 == 0 ? 1s : 5s));
  CHECK(queue.next_expiry() == mw::time_point{1s});
  CHECK_FALSE(queue.expired(mw::time_point{1s - 1ns}).has_value());
  for (std::uint64_t id = 2; id <= 200; id += 2) {
    const auto one = queue.expired(mw::time_point{1s});
    REQUIRE(one.has_value());
    CHECK(one->head.id == id);
  }
  CHECK(queue.count() == 100);
  for (std::uint64_t id = 1; id <= 199; id += 2) CHECK(queue.pop().head.id == id);
}

TEST_CASE("waiting: a request can be taken back") {
  waiting_queue queue;
  REQUIRE(add(queue, 1, "a"));
  REQUIRE(add(queue, 2, "b"));
  CHECK(queue.cancel(2));
  CHECK_FALSE(queue.cancel(2));
  CHECK(queue.count() == 1);
  CHECK(queue.pop().head.id == 1);
}

TEST_CASE("waiting: one queue continues another") {
  waiting_queue first;
  waiting_queue second;
  REQUIRE(add(first, 1, "a"));
  REQUIRE(add(second, 2, "bb"));
  REQUIRE(add(second, 3, "c"));
  (void)second.pop();
  first.append(std::move(second));
  CHECK(first.bytes() == 2);
  CHECK(first.pop().head.id == 1);
  CHECK(first.pop().head.id == 3);
}

TEST_CASE("backoff: pauses double up to the bound, anywhere below it, and begin anew") {
  mw::random_stream random(5);
  backoff pauses;
  mw::duration most = 100ms;
  for (int i = 0; i < 20; ++i) {
    CHECK(pauses.failed(100ms, 30s, random) <= most);
    most = std::min<mw::duration>(most * 2, 30s);
  }
  CHECK(pauses.failures() == 20);
  pauses.succeeded();
  CHECK(pauses.failed(100ms, 30s, random) <= 100ms);
  // Full jitter: a crowd that fails together comes back spread over the whole pause.
  int early = 0;
  for (int i = 0; i < 1000; ++i) {
    backoff one;
    for (int n = 0; n < 9; ++n) (void)one.failed(100ms, 30s, random);
    early += one.failed(100ms, 30s, random) < 15s ? 1 : 0;
  }
  CHECK(early > 400);
  CHECK(early < 600);
}

}  // namespace mw::pool
