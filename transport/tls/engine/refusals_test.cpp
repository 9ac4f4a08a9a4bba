// refusals_test: codes and their sentences; how often keys may change.
// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace mw::tls {

TEST_CASE("refusals: codes are unique, and each says what is wrong and what to do") {
  std::vector<std::string_view> codes;
  for (const refusal_row& row : all_refusals()) {
    CHECK(row.code.size() == 6);
    CHECK(!row.says.empty());
    CHECK(!row.remedy.empty());
    CHECK(row_of(row.why).code == row.code);
    codes.push_back(row.code);
  }
  std::sort(codes.begin(), codes.end());
  CHECK(std::adjacent_find(codes.begin(), codes.end()) == codes.end());
  CHECK(row_of(refusal::none).code.empty());
}

TEST_CASE("refusals: an identity's own code goes in front") {
  const verdict ours{refusal::expired, "n1", -1};
  CHECK(ours.code() == "TLS004");
  CHECK(ours.text() == "TLS004: it has expired (n1): make a new certificate");
  const verdict theirs{refusal::identity, "AUTH007: it has no URI name", -1};
  CHECK(theirs.code() == "AUTH007");
  CHECK(theirs.text() == "AUTH007: it has no URI name");
  const verdict strange{refusal::identity, "no code at all", -1};
  CHECK(strange.code() == "TLS063");
}

TEST_CASE("refusals: an alert of the other side is told in words") {
  const verdict why{refusal::refused_by_peer, {}, 48};
  CHECK(
      why.text() ==
      "TLS067: the other side refused: it does not trust the authority of this node's certificate "
      "(alert 48, unknown_ca): add the authority to `ca` of the peer, or issue from one that is "
      "there");
  CHECK(alert_of(199).name == "unknown");
  CHECK(verdict{refusal::peer_alert, {}, 199}.text().find("not known here") != std::string::npos);
}

TEST_CASE("refusals: kinds say what a caller can do") {
  const auto kind = [](refusal why) { return verdict{why, {}, -1}.as_failure().kind(); };
  CHECK(kind(refusal::too_slow) == errc::timed_out);
  CHECK(kind(refusal::too_many) == errc::overloaded);
  CHECK(kind(refusal::truncated) == errc::disconnected);
  CHECK(kind(refusal::unknown_authority) == errc::denied);
  CHECK(kind(refusal::refused_by_peer) == errc::denied);
  CHECK(kind(refusal::library) == errc::internal);
}

TEST_CASE("allowance: one minute's worth at once, then the rate") {
  allowance some({16.0 / 60});
  const auto spent = [&some](time_point until) {
    int count = 0;
    while (some.spend(until)) ++count;
    return count;
  };
  CHECK(spent({10s}) == 16);
  CHECK(spent({10s}) == 0);
  CHECK(spent({14s}) == 1);  // one every 3.75 s
  CHECK(spent({1000s}) == 16);
}

}  // namespace mw::tls
