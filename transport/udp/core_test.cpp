// core_test: who may be answered how much, and who was silent longest.
// SPDX-License-Identifier: Apache-2.0
#include "idle_list.h"
#include "reply_budget.h"

#include <doctest/doctest.h>

#include <memory>

namespace mw::udp {

namespace {

struct place final : idle_place {};

}  // namespace

TEST_CASE("a stranger gets back no more than it sent") {
  reply_budget budget;
  CHECK(!budget.allows(1));
  budget.heard(100);
  CHECK(budget.allows(100));
  CHECK(!budget.allows(101));
  budget.said(60);
  CHECK(budget.allows(40));
  CHECK(!budget.allows(41));
  CHECK(!budget.open());
  budget.heard(1);
  CHECK(budget.open());
  CHECK(budget.allows(1'000'000));
}

TEST_CASE("whom we called may be told anything") {
  CHECK(reply_budget::unlimited().allows(65'507));
}

TEST_CASE("the oldest is who was silent longest") {
  idle_list list;
  CHECK(list.oldest() == nullptr);
  place a;
  auto b = std::make_unique<place>();
  place c;
  list.touch(a, {1s});
  list.touch(*b, {2s});
  list.touch(c, {3s});
  CHECK(list.oldest() == &a);
  list.touch(a, {4s});
  CHECK(list.oldest() == b.get());
  CHECK(idle_list::heard_at(*b) == time_point{2s});
  b.reset();
  CHECK(list.oldest() == &c);
}

}  // namespace mw::udp
