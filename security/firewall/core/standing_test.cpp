// standing_test: points decay, cool-downs double and are forgiven again.
// SPDX-License-Identifier: Apache-2.0
#include "core/standing.h"

#include <doctest/doctest.h>

namespace mw::firewall {
namespace {

constexpr time_point t0{1000s};

cool_down_rules rules() {
  return {
      .threshold = 3, .half_life = 10s, .first = 4s, .most = 20s, .weights = {1, 1, 3, 2, 0, 1}};
}

}  // namespace

TEST_CASE("standing: points add up to the threshold") {
  standing one;
  CHECK_FALSE(one.offend(rules(), offence::handshake_failed, t0));
  CHECK_FALSE(one.offend(rules(), offence::handshake_failed, t0));
  CHECK(one.offend(rules(), offence::handshake_failed, t0) == 4s);
  CHECK(one.score(rules(), t0) == 0);
  standing worse;
  CHECK(worse.offend(rules(), offence::bad_frame, t0) == 4s);
  standing harmless;
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(harmless.offend(rules(), offence::over_quota, t0));
}

TEST_CASE("standing: half of the points are gone after a half-life") {
  standing one;
  (void)one.offend(rules(), offence::flood, t0);
  CHECK(one.score(rules(), t0) == doctest::Approx(2));
  CHECK(one.score(rules(), t0 + 10s) == doctest::Approx(1));
  CHECK(one.score(rules(), t0 + 30s) == doctest::Approx(0.25));
  CHECK(one.score(rules(), {duration::max()}) == 0);
  CHECK_FALSE(one.offend(rules(), offence::flood, t0 + 30s));  // 0.25 + 2
  CHECK(one.score(rules(), t0) > 2);                           // time that goes back adds nothing
}

TEST_CASE("standing: each cool-down is twice as long, up to the most, and quiet takes them back") {
  standing one;
  time_point now = t0;
  for (const duration expected :
       {duration(4s), duration(8s), duration(16s), duration(20s), duration(20s)}) {
    CHECK(one.offend(rules(), offence::bad_frame, now) == expected);
    now = now + expected;
  }
  CHECK(one.weight(now) > 0);
  // Four doublings: 20 s, 20 s, 16 s, 8 s and 4 s of quiet take all back.
  CHECK(one.offend(rules(), offence::bad_frame, now + 68s) == 4s);
  standing impatient = one;
  CHECK(impatient.offend(rules(), offence::bad_frame, now + 68s + 5s) == 8s);
}

TEST_CASE("standing: extreme settings saturate") {
  cool_down_rules wild = rules();
  wild.first = duration::max();
  wild.most = duration::max();
  standing one;
  CHECK(one.offend(wild, offence::bad_frame, t0) == duration::max());
  CHECK(one.offend(wild, offence::bad_frame, {duration::max()}) == duration::max());
  wild.first = 1ns;
  CHECK(cool_down(wild, 62) == duration(std::int64_t{1} << 62));
  CHECK(cool_down(wild, 200) == duration::max());
}

}  // namespace mw::firewall
