// ledger_abuse_test: deadlines, offences, cool-downs, bans and pardons.
// SPDX-License-Identifier: Apache-2.0
#include "core/ledger.h"
#include "core/ledger_samples.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::firewall {
namespace {

std::vector<member*> evicted(ledger& book, refusal why) {
  std::vector<member*> all;
  while (const auto one = book.next_eviction()) {
    CHECK(one->why == why);
    all.push_back(one->who);
  }
  return all;
}

}  // namespace

TEST_CASE("ledger: who does not say who it is in time has to go") {
  ledger book(sample_rules(), 1);
  crowd all(book);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  all.now = t0 + 1s;
  CHECK(all.arrive("192.0.2.2") == refusal::none);
  CHECK(book.next_tick() == t0 + 5s);
  book.tick(t0 + 5s - 1ns);
  CHECK_FALSE(book.has_orders());
  book.tick(t0 + 5s);
  CHECK(evicted(book, refusal::unproved_deadline) == std::vector{&all.one(0)});
  CHECK(book.offences(offence::handshake_slow) == 1);
  CHECK(book.next_tick() == t0 + 6s);
  CHECK(book.prove(all.one(1), "n1", true) == refusal::none);
  CHECK(book.next_tick() == std::nullopt);
  book.tick({duration::max()});
  CHECK_FALSE(book.has_orders());
}

TEST_CASE("ledger: offences lead to a cool-down, which ends and is told both times") {
  ledger book(sample_rules(), 1);
  crowd all(book);
  for (int i = 0; i < 3; ++i) CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(book.prove(all.one(2), "established", true) == refusal::none);
  book.offend(all.one(0), offence::bad_frame, t0);
  // The other one of its address that has proved nothing goes, too; the established one stays.
  CHECK(evicted(book, refusal::cooling_down) == std::vector{&all.one(1)});
  const auto begun = book.next_notice();
  REQUIRE(begun);
  CHECK(begun->begins);
  CHECK(begun->until == t0 + 4s);
  CHECK(all.arrive("192.0.2.1") == refusal::cooling_down);
  CHECK(all.arrive("::ffff:c000:201") == refusal::cooling_down);
  CHECK(all.arrive("192.0.2.2") == refusal::none);
  CHECK(book.next_tick() == t0 + 4s);
  book.tick(t0 + 4s);
  const auto ended = book.next_notice();
  REQUIRE(ended);
  CHECK_FALSE(ended->begins);
  all.now = t0 + 4s;
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  book.offend(all.one(0), offence::bad_frame, all.now);
  CHECK(book.next_notice()->until == t0 + 4s + 8s);
}

TEST_CASE("ledger: one machine of a /64 cools down with all its addresses") {
  ledger book(sample_rules(), 1);
  crowd all(book);
  CHECK(all.arrive("2001:db8::1") == refusal::none);
  book.offend(all.one(0), offence::bad_frame, t0);
  CHECK(all.arrive("2001:db8::abcd") == refusal::cooling_down);
  CHECK(all.arrive("2001:db8:0:1::1") == refusal::none);
}

TEST_CASE("ledger: exempt networks and those we dial never cool down") {
  ledger book(sample_rules(), 1);
  prefix_trie lists;
  lists.set(net("127.0.0.0/8"), static_cast<prefix_trie::value_type>(listing::exempt));
  book.set_lists(std::move(lists));
  crowd all(book);
  CHECK(all.arrive("127.0.0.1") == refusal::none);
  member dialled;
  CHECK(book.depart(dialled, ip("192.0.2.1"), "tcp", t0) == refusal::none);
  for (int i = 0; i < 100; ++i) {
    book.offend(all.one(0), offence::bad_frame, t0);
    book.offend(dialled, offence::bad_frame, t0);
  }
  CHECK(book.bans().all().empty());
  CHECK(book.offences(offence::bad_frame) == 200);
  book.leave(dialled);
}

TEST_CASE("ledger: a person bans a network and pardons it") {
  ledger book(sample_rules(), 1);
  crowd all(book);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(all.arrive("198.51.100.1") == refusal::none);
  CHECK(book.prove(all.one(0), "n1", true) == refusal::none);
  CHECK(book.ban_network(net("192.0.2.0/24"), t0, t0 + 1h));
  CHECK(evicted(book, refusal::banned) == std::vector{&all.one(0)});
  CHECK(all.arrive("192.0.2.9") == refusal::banned);
  member dialled;
  CHECK(book.depart(dialled, ip("192.0.2.9"), "tcp", t0) == refusal::banned);
  CHECK_FALSE(book.pardon(net("198.51.100.0/24")));
  CHECK(book.pardon(net("192.0.2.0/24")));
  CHECK(all.arrive("192.0.2.9") == refusal::none);
}

TEST_CASE("ledger: a pardon wipes the record, too") {
  ledger book(sample_rules(), 1);
  crowd all(book);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  book.offend(all.one(0), offence::bad_frame, t0);
  CHECK(book.next_notice()->until == t0 + 4s);
  CHECK(book.pardon(net("192.0.2.1")));
  book.offend(all.one(0), offence::bad_frame, t0);
  CHECK(book.next_notice()->until == t0 + 4s);  // not doubled: it counts as the first
}

TEST_CASE("ledger: a storm of addresses stays bounded") {
  rules by = sample_rules();
  by.addresses = 64;
  by.rates = {{32, 64, pace::of({1}, 1)}};
  ledger book(by, 1);
  crowd all(book);
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const std::string from =
        to_string(ip_address{0, std::uint64_t{0xffff} << 32 | (i * 2654435761u)});
    if (all.arrive(from) != refusal::none) continue;
    book.offend(all.one(0), offence::bad_frame, t0);
    all.leave(0);
    all.drop_first();
  }
  CHECK(book.bans().all().size() <= by.bans_max);
  CHECK(book.forgotten() > 0);
  std::size_t notices = 0;
  while (book.next_notice()) ++notices;
  CHECK(notices <= 1024);
}

}  // namespace mw::firewall
