// engine_test: order of events, the shuffle of equal times, and the trace hash.
// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include "slot_map.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace mw::sim {

namespace {

std::string order_of_ten(std::uint64_t seed) {
  engine events(seed);
  std::string order;
  for (char c = '0'; c <= '9'; ++c) events.at(1ms, {}, [&order, c] { order += c; });
  while (events.step(1s)) continue;
  return order;
}

}  // namespace

TEST_CASE("events run in the order of their times") {
  engine events(1);
  std::string order;
  events.at(3ms, {}, [&] { order += 'c'; });
  events.at(1ms, {}, [&] {
    order += 'a';
    events.after(1ms, {}, [&] { order += 'b'; });
  });
  while (events.step(1s)) continue;
  CHECK(order == "abc");
  CHECK(events.now() == 3ms);
  CHECK(events.executed() == 3);
}

TEST_CASE("a step does not pass its limit, and the end of time never comes") {
  engine events(1);
  events.at(2ms, {}, [] {});
  events.at(duration::max(), {}, [] { FAIL("never"); });
  CHECK(!events.step(1ms));
  CHECK(events.step(2ms));
  CHECK(!events.step(duration::max()));
}

TEST_CASE("events of the same time come in an order that the seed decides") {
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    orders.insert(order_of_ten(seed));
    CHECK(order_of_ten(seed) == order_of_ten(seed));
  }
  CHECK(orders.size() == 20);
}

TEST_CASE("the trace hash sees times, nodes, kinds and details") {
  const auto hash = [](duration at, event_tag tag, std::uint64_t detail) {
    engine events(1);
    events.at(at, tag, [&events, tag, detail] { events.note(tag, detail); });
    while (events.step(1s)) continue;
    return events.trace_hash();
  };
  const event_tag tag{1, event_kind::turn};
  const std::set<std::uint64_t> hashes = {hash(1ms, tag, 1), hash(2ms, tag, 1), hash(1ms, tag, 2),
                                          hash(1ms, {2, event_kind::turn}, 1),
                                          hash(1ms, {1, event_kind::work}, 1)};
  CHECK(hashes.size() == 5);
  CHECK(hash(1ms, tag, 1) == hash(1ms, tag, 1));
}

TEST_CASE("hash_bytes depends on every byte and on the length") {
  std::set<std::uint64_t> hashes;
  std::vector<std::byte> bytes(20);
  hashes.insert(hash_bytes(bytes));
  for (std::byte& one : bytes) {
    one = std::byte{1};
    hashes.insert(hash_bytes(bytes));
  }
  bytes.push_back(std::byte{0});
  hashes.insert(hash_bytes(bytes));
  CHECK(hashes.size() == 22);
}

TEST_CASE("a number of a slot_map never finds a later object in the same place") {
  slot_map<int> map;
  const slot_id expected = map.next_id();
  const slot_id first = map.emplace(1);
  CHECK(first == expected);
  CHECK(map.erase(first));
  CHECK(!map.erase(first));
  const slot_id second = map.emplace(2);
  CHECK(first != second);
  CHECK(map.find(first) == nullptr);
  REQUIRE(map.find(second) != nullptr);
  CHECK(*map.find(second) == 2);
  CHECK(map.find(0) == nullptr);
  CHECK(map.size() == 1);
}

}  // namespace mw::sim
