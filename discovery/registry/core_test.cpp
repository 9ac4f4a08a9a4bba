// core_test: what is held and for how long, who is right, and that errors take nothing away.
// SPDX-License-Identifier: Apache-2.0
#include "core/merge.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

namespace mw::registry {
namespace {

peer_found peer(std::string address, std::string id = {}, std::string zone = {}) {
  return {
      .id = std::move(id), .address = std::move(address), .zone = std::move(zone), .source = {}};
}

sources::peer_list numbered(int from, int to) {
  sources::peer_list list;
  for (int i = from; i < to; ++i) list.push_back(peer("h" + std::to_string(100 + i) + ":1"));
  return list;
}

constexpr time_point at(duration since) {
  return {since};
}

const hold_rules rules{.fraction = 0.3, .least = 3, .window = 30s, .hold = 5min};
const failure trouble(errc::disconnected, "no answer");

std::vector<std::string> addresses(const std::vector<ledger>& all,
                                   address_choice which = address_choice::first) {
  std::vector<std::string> out;
  sources::peer_list list = to_list(merge(all, 100), which);
  CHECK(sources::normalise(list));
  for (const peer_found& one : list) out.push_back(one.address);
  return out;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("ledger: few removals are believed at once") {
  ledger one(rules);
  CHECK(one.update(numbered(0, 10), at(0s)));
  CHECK_FALSE(one.update(numbered(0, 10), at(1s)));
  CHECK(one.update(numbered(0, 8), at(2s)));
  CHECK(one.listings().size() == 8);
  CHECK(one.held() == 0);
}

TEST_CASE("ledger: many at once are held, and believed when the time is over") {
  ledger one(rules);
  (void)one.update(numbered(0, 10), at(0s));
  CHECK(one.update(numbered(0, 7), at(10s)));
  CHECK(one.held() == 3);
  CHECK(one.holds_mass_removal());
  CHECK(one.next() == at(10s + 5min));
  CHECK_FALSE(one.update(numbered(0, 7), at(11s)));
  CHECK(one.update(numbered(0, 8), at(12s)));  // one is back
  CHECK(one.held() == 2);
  CHECK_FALSE(one.tick(at(5min)));
  CHECK(one.tick(at(5min + 10s)));
  CHECK(one.listings().size() == 8);
  CHECK_FALSE(one.next());
  CHECK(one.held_ever() == 3);
}

TEST_CASE("ledger: what crumbles within the window counts together, slower than that it does not") {
  ledger fast(rules);
  (void)fast.update(numbered(0, 10), at(0s));
  (void)fast.update(numbered(0, 9), at(1s));
  (void)fast.update(numbered(0, 8), at(2s));
  CHECK(fast.held() == 0);
  (void)fast.update(numbered(0, 7), at(3s));
  CHECK(fast.held() == 1);
  ledger slow(rules);
  (void)slow.update(numbered(0, 10), at(0s));
  for (int left = 9; left > 0; --left) (void)slow.update(numbered(0, left), at(31s * (10 - left)));
  CHECK(slow.listings().size() == 1);
}

TEST_CASE("ledger: an emptied source is held even when it was small") {
  ledger one(rules);
  (void)one.update(numbered(0, 2), at(0s));
  (void)one.update({}, at(1s));
  CHECK(one.held() == 2);
  CHECK(one.release() == 2);
  CHECK(one.listings().empty());
}

TEST_CASE("ledger: without a hold everything is believed") {
  ledger one({.fraction = 0.3, .least = 3, .window = 30s, .hold = 0s});
  (void)one.update(numbered(0, 10), at(0s));
  (void)one.update({}, at(1s));
  CHECK(one.listings().empty());
}

TEST_CASE("ledger: a failing source takes nothing away, however long it fails") {
  ledger one(rules);
  (void)one.update(numbered(0, 10), at(0s));
  one.answered(trouble, at(1s));
  CHECK(one.update({}, at(1s)));
  CHECK(one.held() == 10);
  CHECK(one.health().errors == 1);
  CHECK(one.health().error == "no answer");
  CHECK_FALSE(one.tick(at(24h)));
  CHECK_FALSE(one.next());
  // News are believed all the same.
  CHECK(one.update(numbered(9, 11), at(24h)));
  CHECK(one.held() == 9);
  // It works again: now it is judged.
  one.answered({}, at(25h));
  (void)one.update(numbered(0, 9), at(25h));
  CHECK(one.held() == 0);
  CHECK(one.listings().size() == 9);
}

TEST_CASE("ledger: a source that works again and has lost many is held for the whole time") {
  ledger one(rules);
  (void)one.update(numbered(0, 10), at(0s));
  one.answered(trouble, at(1s));
  (void)one.update({}, at(1s));
  one.answered({}, at(1h));
  (void)one.update(numbered(0, 1), at(1h));
  CHECK(one.held() == 9);
  CHECK(one.next() == at(1h + 5min));
}

TEST_CASE("ledger: a node that moves is not a node that is lost") {
  ledger one(rules);
  (void)one.update({peer("a:1", "n1"), peer("b:1", "n2"), peer("c:1", "n3")}, at(0s));
  CHECK(one.update({peer("d:1", "n1"), peer("e:1", "n2"), peer("f:1", "n3")}, at(1s)));
  CHECK(one.held() == 0);
  CHECK(one.listings().size() == 3);
}

TEST_CASE("merge: one node by its id, its address and zone from the better source") {
  std::vector<ledger> all(3, ledger(rules));
  (void)all[0].update({peer("b:1", "n1")}, at(0s));
  (void)all[1].update({peer("a:1", "n1", "z"), peer("c:1", "n2")}, at(0s));
  (void)all[2].update({peer("a:1"), peer("c:1"), peer("d:1")}, at(0s));
  const merged_view view = merge(all, 100);
  REQUIRE(view.nodes.size() == 3);
  CHECK(view.nodes[0].id == "n1");
  CHECK(view.nodes[0].zone == "z");
  CHECK(view.nodes[0].addresses == list{"b:1", "a:1"});
  CHECK(view.nodes[0].listed_by == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(view.nodes[1].listed_by == std::vector<std::uint32_t>{1, 2});
  CHECK(view.nodes[2].id.empty());
  CHECK(addresses(all) == list{"b:1", "c:1", "d:1"});
  CHECK(addresses(all, address_choice::all) == list{"a:1", "b:1", "c:1", "d:1"});
}

TEST_CASE("merge: an address belongs to whom the better source says") {
  std::vector<ledger> all(2, ledger(rules));
  (void)all[0].update({peer("a:1", "n1")}, at(0s));
  (void)all[1].update({peer("a:1", "n2"), peer("b:1", "n2")}, at(0s));
  const merged_view view = merge(all, 100);
  REQUIRE(view.nodes.size() == 2);
  CHECK(view.conflicts == 1);
  CHECK(view.nodes[0].id == "n1");
  CHECK(view.nodes[1].addresses == list{"b:1"});
}

TEST_CASE("merge: what is listed now is right before what is held") {
  std::vector<ledger> all(2, ledger(rules));
  (void)all[0].update({peer("a:1", "n1"), peer("b:1", "n2")}, at(0s));
  (void)all[1].update({peer("c:1", "n1")}, at(0s));
  (void)all[0].update({}, at(1s));  // held
  const merged_view view = merge(all, 100);
  REQUIRE(view.nodes.size() == 2);
  CHECK(view.nodes[0].id == "n1");
  CHECK(view.nodes[0].addresses.front() == "c:1");
  CHECK(view.nodes[0].held == held_because::nothing);
  CHECK(view.nodes[1].held == held_because::mass_removal);
}

TEST_CASE("merge: too many are counted, the better source keeps its room") {
  std::vector<ledger> all(2, ledger(rules));
  (void)all[0].update(numbered(50, 60), at(0s));
  (void)all[1].update(numbered(0, 60), at(0s));
  const merged_view view = merge(all, 20);
  CHECK(view.nodes.size() == 20);
  CHECK(view.left_out == 40);
  CHECK(view.nodes[0].addresses.front() == "h150:1");
}

namespace {

sources::peer_list some_list(random_stream& dice) {
  std::map<std::string, peer_found> some;
  const auto count = dice.below(12);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string address = "h" + std::to_string(dice.below(10)) + ":1";
    const std::uint64_t id = dice.below(8);
    some[address] = peer(address, id < 2 ? "" : "n" + std::to_string(id));
  }
  sources::peer_list out;
  for (auto& [address, one] : some) out.push_back(std::move(one));
  return out;
}

bool still_there(const ledger& now, const peer_found& was) {
  return std::any_of(now.listings().begin(), now.listings().end(), [&](const listing& l) {
    return l.facts.address == was.address || (!was.id.empty() && l.facts.id == was.id);
  });
}

// What holds of every view, whatever the sources said.
void check_view(const std::vector<ledger>& all) {
  const merged_view view = merge(all, 100);
  std::set<std::string> ids;
  std::set<std::string> seen;
  for (const node_entry& node : view.nodes) {
    if (!node.id.empty()) CHECK(ids.insert(node.id).second);
    CHECK_FALSE(node.addresses.empty());
    CHECK_FALSE(node.listed_by.empty());
    for (const std::string& address : node.addresses) CHECK(seen.insert(address).second);
  }
  // No address that any source lists is missing.
  for (const ledger& one : all)
    for (const listing& l : one.listings()) CHECK(seen.contains(l.facts.address));
}

}  // namespace

TEST_CASE("properties: views are unambiguous, and failing sources take nothing away") {
  random_stream dice(11);
  std::vector<ledger> all(3, ledger(rules));
  time_point now{};
  for (int step = 0; step < 4000; ++step) {
    now = now + duration(static_cast<std::int64_t>(dice.below(20'000'000'000)));
    ledger& one = all[dice.below(all.size())];
    const std::vector<listing> before = one.listings();
    if (dice.below(3) == 0) one.answered(dice.below(2) == 0 ? status{} : status(trouble), now);
    const sources::peer_list next = some_list(dice);
    (void)one.update(next, now);
    CHECK(one.listings().size() >= next.size());
    if (one.health().failing)  // nothing vanishes, unless the node is listed elsewhere now
      for (const listing& was : before) CHECK(still_there(one, was.facts));
    if (!before.empty()) CHECK_FALSE(one.listings().empty());  // an emptied source is held
    (void)one.tick(now);
    check_view(all);
  }
}

}  // namespace mw::registry
