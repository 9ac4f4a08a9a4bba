// link_policy_test: how many connections, and that two sides never close both.
// SPDX-License-Identifier: Apache-2.0
#include "peers/link_policy.h"

#include <doctest/doctest.h>

namespace mw::pool {

using namespace std::chrono_literals;

namespace {

constexpr mw::time_point now{3600s};

link_facts fresh(bool ours) {
  return {.ours = ours, .ready = now - 1s, .used = now, .lifetime = 30min};
}
link_facts unused(bool ours, mw::duration since) {
  return {.ours = ours, .ready = now - 20min, .used = now - since, .lifetime = 30min};
}
bool dials(const std::vector<link_facts>& links, std::uint32_t under_way = 0, bool address = true) {
  return wants_dial({}, links, {now, under_way, address});
}

}  // namespace

TEST_CASE("link_policy: keeps the minimum, one dial at a time, only where there is an address") {
  CHECK(dials({}));
  CHECK_FALSE(dials({}, 1));
  CHECK_FALSE(dials({}, 0, false));
  CHECK_FALSE(dials({fresh(true)}));
  CHECK_FALSE(dials({fresh(false)}));
  CHECK(wants_dial({.wanted = {2, 4}}, {fresh(true)}, {now, 0, true}));
  CHECK_FALSE(wants_dial({.wanted = {0, 4}}, {}, {now, 0, true}));
  CHECK(wants_dial({.wanted = {0, 4}}, {}, {now, 0, true, true}));
}

TEST_CASE("link_policy: grows when all are loaded, up to the maximum") {
  link_facts busy = fresh(true);
  busy.open = 180;  // 70 % of 256
  CHECK(dials({busy}));
  CHECK_FALSE(dials({busy, fresh(true)}));
  CHECK(dials({busy, busy, busy}));
  CHECK_FALSE(dials({busy, busy, busy, busy}));
  busy.open = 178;
  CHECK_FALSE(dials({busy}));
  busy.congested = true;
  CHECK(dials({busy}));
}

TEST_CASE("link_policy: unused ones beyond the minimum go, the least used first") {
  const auto close =
      wants_close({}, {unused(true, 6min), unused(true, 7min), fresh(true)}, false, now);
  REQUIRE(close.has_value());
  CHECK(close->index == 1);
  CHECK(close->why == close_reason::idle);
  CHECK_FALSE(wants_close({}, {unused(true, 6min)}, false, now).has_value());
  CHECK_FALSE(wants_close({}, {unused(true, 4min), fresh(true)}, false, now).has_value());
  link_facts busy = unused(true, 6min);
  busy.open = 1;
  CHECK_FALSE(wants_close({}, {busy, fresh(true)}, false, now).has_value());
}

TEST_CASE("link_policy: after simultaneous dials exactly one side gives way") {
  const link_rules one{.wanted = {1, 1}};
  // Each side sees one of its own and one of the other's.
  const auto larger = wants_close(one, {fresh(true), fresh(false)}, true, now);
  REQUIRE(larger.has_value());
  CHECK(larger->index == 0);
  CHECK(larger->why == close_reason::surplus);
  CHECK_FALSE(wants_close(one, {fresh(true), fresh(false)}, false, now).has_value());
  // The same for idle ones beyond the minimum.
  const link_rules four{.wanted = {1, 4}};
  const std::vector<link_facts> idle{unused(true, 6min), unused(false, 6min)};
  CHECK(wants_close(four, idle, true, now).has_value());
  CHECK_FALSE(wants_close(four, idle, false, now).has_value());
}

TEST_CASE("link_policy: an old one is replaced before it is closed") {
  link_facts old = fresh(true);
  old.ready = now - 30min;
  CHECK_FALSE(wants_close({.wanted = {1, 1}}, {old}, false, now).has_value());
  CHECK(wants_dial({.wanted = {1, 1}}, {old}, {now, 0, true}));
  CHECK_FALSE(wants_dial({.wanted = {1, 1}}, {old, fresh(true)}, {now, 0, true}));
  const auto close = wants_close({.wanted = {1, 1}}, {fresh(true), old}, false, now);
  REQUIRE(close.has_value());
  CHECK(close->index == 1);
  CHECK(close->why == close_reason::lifetime);
  // Who was dialled leaves that to the dialler.
  link_facts theirs = old;
  theirs.ours = false;
  CHECK_FALSE(wants_dial({.wanted = {1, 1}}, {theirs}, {now, 0, true}));
}

TEST_CASE("link_policy: lifetimes spread over a tenth") {
  mw::random_stream random(9);
  mw::duration least = 30min;
  mw::duration most = 0s;
  for (int i = 0; i < 1000; ++i) {
    const mw::duration one = draw_lifetime(30min, random);
    least = std::min(least, one);
    most = std::max(most, one);
  }
  CHECK(least >= 27min);
  CHECK(least < 27min + 10s);
  CHECK(most <= 30min);
  CHECK(most > 30min - 10s);
}

TEST_CASE("link_policy: what is due gets a successor first, then goes, whoever dialled it") {
  for (const bool ours : {true, false}) {
    link_facts due = fresh(ours);
    due.due = true;
    CHECK(dials({due}));
    CHECK_FALSE(dials({due}, 1));
    CHECK_FALSE(dials({due}, 0, false));  // nobody knows where: it stays
    CHECK(wants_dial({.wanted = {0, 4}}, {due}, {now, 0, true}));
    CHECK_FALSE(wants_close({}, {due}, false, now).has_value());
    CHECK_FALSE(dials({due, fresh(true)}));
    const auto close = wants_close({}, {fresh(true), due}, true, now);
    REQUIRE(close.has_value());
    CHECK(close->index == 1);
    CHECK(close->why == close_reason::lifetime);
    CHECK_FALSE(wants_close({}, {fresh(ours)}, true, now).has_value());
  }
}

}  // namespace mw::pool
