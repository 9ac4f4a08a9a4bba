// ledger_test: who comes in, who goes to make room, and that everything is given back.
// SPDX-License-Identifier: Apache-2.0
#include "core/ledger.h"

#include "core/ledger_samples.h"

#include <doctest/doctest.h>

namespace mw::firewall {

TEST_CASE("ledger: lists decide first, the longest network of all") {
  ledger book(sample_rules(), 1);
  prefix_trie lists;
  lists.set(net("10.0.0.0/8"), static_cast<prefix_trie::value_type>(listing::deny));
  lists.set(net("10.1.0.0/16"), static_cast<prefix_trie::value_type>(listing::allow));
  book.set_lists(std::move(lists));
  crowd all(book);
  CHECK(all.arrive("10.2.0.1") == refusal::denied_list);
  CHECK(all.arrive("::ffff:10.2.0.1") == refusal::denied_list);  // the same in other clothes
  CHECK(all.arrive("10.1.0.1") == refusal::none);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  member dialled;
  CHECK(book.depart(dialled, ip("10.2.0.1"), "tcp", t0) == refusal::denied_list);
  CHECK(book.refusals(refusal::denied_list) == 3);
}

TEST_CASE("ledger: default deny lets in only what is listed, and this machine") {
  rules strict = sample_rules();
  strict.default_deny = true;
  ledger book(strict, 1);
  prefix_trie lists;
  lists.set(net("10.0.0.0/8"), static_cast<prefix_trie::value_type>(listing::allow));
  book.set_lists(std::move(lists));
  crowd all(book);
  CHECK(all.arrive("10.0.0.1") == refusal::none);
  CHECK(all.arrive("2001:db8::1") == refusal::not_listed);
  CHECK(all.arrive(std::nullopt) == refusal::none);
}

TEST_CASE("ledger: rates per address, per /64, and of each listener by itself") {
  rules by = sample_rules();
  by.rates = {{32, 64, pace::of({1}, 3)}};
  ledger book(by, 1);
  crowd all(book);
  for (int i = 0; i < 3; ++i) CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(all.arrive("192.0.2.1") == refusal::rate);
  CHECK(all.arrive("::ffff:192.0.2.1") == refusal::rate);
  CHECK(all.arrive("192.0.2.2") == refusal::none);
  for (const char* one : {"2001:db8::1", "2001:db8::2", "2001:db8::3"})
    CHECK(all.arrive(one) == refusal::none);
  CHECK(all.arrive("2001:db8::4") == refusal::rate);
  CHECK(all.arrive("2001:db8:0:1::4") == refusal::none);
  CHECK(all.arrive("192.0.2.1", "udp") == refusal::none);  // forged packets there harm nobody here
  all.now = all.now + 1s;
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(all.arrive("192.0.2.1") == refusal::rate);
}

TEST_CASE("ledger: so many of an address and of its network have not said who they are") {
  rules by = sample_rules();
  by.unproved.per_address = 2;
  by.unproved.per_network = 3;
  ledger book(by, 1);
  crowd all(book);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(all.arrive("192.0.2.1") == refusal::unproved_address);
  CHECK(all.arrive("192.0.2.2") == refusal::none);
  CHECK(all.arrive("192.0.2.3") == refusal::unproved_network);
  CHECK(all.arrive("192.0.3.1") == refusal::none);
  // Whoever says who it is makes room.
  CHECK(book.prove(all.one(0), "n1", true) == refusal::none);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  all.leave(1);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
}

TEST_CASE("ledger: beyond the total the oldest goes first") {
  rules by = sample_rules();
  by.unproved.total = 3;
  ledger book(by, 1);
  crowd all(book);
  for (int i = 1; i <= 3; ++i)
    CHECK(all.arrive("10.0." + std::to_string(i) + ".1") == refusal::none);
  CHECK(book.prove(all.one(0), "n1", true) == refusal::none);
  CHECK(all.arrive("10.0.4.1") == refusal::none);
  CHECK_FALSE(book.has_orders());
  CHECK(all.arrive("10.0.5.1") == refusal::none);
  const auto first = book.next_eviction();
  REQUIRE(first);
  CHECK(first->who == &all.one(1));
  CHECK(first->why == refusal::unproved_total);
  CHECK_FALSE(book.next_eviction());
  CHECK(book.unproved().connections == 3);
}

TEST_CASE("ledger: connections of a listener, a peer and the node") {
  rules by = sample_rules();
  by.listener.connections = 3;
  by.peer.connections = 2;
  by.system.connections = 5;
  ledger book(by, 1);
  crowd all(book);
  for (int i = 0; i < 3; ++i) CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(all.arrive("192.0.2.1") == refusal::connections_listener);
  CHECK(book.prove(all.one(0), "n1", true) == refusal::none);
  CHECK(book.prove(all.one(1), "n1", true) == refusal::none);
  CHECK(book.prove(all.one(2), "n1", true) == refusal::connections_peer);
  // An unproven name at another address has an account of its own: nobody takes n1's share.
  CHECK(book.prove(all.one(2), "n1", false) == refusal::none);
  CHECK(book.peers().size() == 2);
  CHECK(all.arrive("192.0.2.1", "other") == refusal::none);
  CHECK(all.arrive("192.0.2.1", "other") == refusal::none);
  CHECK(all.arrive("192.0.2.1", "other") == refusal::connections_system);
}

TEST_CASE("ledger: memory is booked in every account and moves with the proof") {
  ledger book(sample_rules(), 1);
  crowd all(book);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  member& one = all.one(0);
  CHECK(book.reserve(one, 10'000) == refusal::none);
  CHECK(book.unproved().memory == 10'000);
  CHECK(book.reserve(one, 60'000) == refusal::memory_unproved);
  CHECK(book.prove(one, "n1", true) == refusal::none);
  CHECK(book.unproved().memory == 0);
  CHECK(book.peers().at("n1").own.memory == 10'000);
  CHECK(book.reserve(one, 60'000) == refusal::none);
  CHECK(book.reserve(one, 1'000'001) == refusal::memory_stream);
  CHECK(book.reserve(one, UINT64_MAX) == refusal::memory_stream);
  CHECK(book.whole().memory == 70'000);
  book.release(one, UINT64_MAX);
  CHECK(book.whole().memory == 0);
  CHECK(one.own.memory == 0);
}

TEST_CASE("ledger: one peer over its share harms nobody else") {
  rules by = sample_rules();
  by.peer.memory = 100'000;
  by.peer.streams = 3;
  ledger book(by, 1);
  crowd all(book);
  for (int i = 0; i < 3; ++i) CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(book.prove(all.one(0), "greedy", true) == refusal::none);
  CHECK(book.prove(all.one(1), "greedy", true) == refusal::none);
  CHECK(book.prove(all.one(2), "modest", true) == refusal::none);
  CHECK(book.reserve(all.one(0), 60'000) == refusal::none);
  CHECK(book.reserve(all.one(1), 60'000) == refusal::memory_peer);
  CHECK(book.reserve(all.one(2), 60'000) == refusal::none);
  CHECK(book.open_stream(all.one(0)) == refusal::none);
  CHECK(book.open_stream(all.one(1)) == refusal::none);
  CHECK(book.open_stream(all.one(1)) == refusal::none);
  CHECK(book.open_stream(all.one(0)) == refusal::streams_peer);
  CHECK(book.open_stream(all.one(2)) == refusal::none);
}

TEST_CASE("ledger: nobody new comes in when memory runs low") {
  rules by = sample_rules();
  by.newcomers_below = 500'000;
  ledger book(by, 1);
  crowd all(book);
  CHECK(all.arrive("192.0.2.1") == refusal::none);
  CHECK(book.prove(all.one(0), "n1", true) == refusal::none);
  CHECK(book.reserve(all.one(0), 500'000) == refusal::none);
  CHECK(all.arrive("192.0.2.2") == refusal::memory_pressure);
  CHECK(book.reserve(all.one(0), 1000) == refusal::none);  // who is at work can finish
  book.release(all.one(0), 2000);
  CHECK(all.arrive("192.0.2.2") == refusal::none);
}

TEST_CASE("ledger: everything is given back, in any order of leaving") {
  ledger book(sample_rules(), 1);
  {
    crowd all(book);
    for (int i = 0; i < 200; ++i) {
      const auto n = static_cast<std::size_t>(i);
      REQUIRE(all.arrive("10.0." + std::to_string(i) + ".1") == refusal::none);
      (void)book.reserve(all.one(n), 1000 * n);
      (void)book.open_stream(all.one(n));
      if (i % 3 == 0) (void)book.prove(all.one(n), "n" + std::to_string(i % 7), i % 2 == 0);
      (void)book.reserve(all.one(n), 100);
      if (i % 5 == 0) all.leave(n);
    }
    book.tick(all.now + 1h);
  }
  CHECK(book.whole().connections + book.whole().memory + book.whole().streams == 0);
  CHECK(book.unproved().connections + book.unproved().memory + book.unproved().streams == 0);
  CHECK(book.peers().empty());
  CHECK(book.members().empty());
  CHECK_FALSE(book.next_eviction());  // of those that have gone nobody is told
  for (const auto& [name, one] : book.listeners()) CHECK(one.own.connections == 0);
}

TEST_CASE("ledger: more listeners than anybody has share one account") {
  ledger book(sample_rules(), 1);
  crowd all(book);
  for (int i = 0; i < 200; ++i) (void)all.arrive("10.0.0.1", "l" + std::to_string(i));
  CHECK(book.listeners().size() <= 65);
  CHECK(book.listeners().at("other").own.connections == 200 - 64);
}

TEST_CASE("ledger: frames beyond their rate, of a connection and of a peer") {
  rules by = sample_rules();
  by.connection_frames[2] = {pace::of({10}, 20), frame_verdict::drop};
  by.peer_frames[3] = {pace::of({10}, 20), frame_verdict::close};
  ledger book(by, 1);
  crowd all(book);
  for (int i = 0; i < 2; ++i) CHECK(all.arrive("192.0.2.1") == refusal::none);
  for (std::size_t i = 0; i < 2; ++i) CHECK(book.prove(all.one(i), "n1", true) == refusal::none);
  CHECK(all.frames(0, 2) == 20);
  CHECK(all.frames(1, 2) == 20);
  CHECK(all.frames(0, 3) == 20);
  CHECK(all.frames(1, 3) == 0);  // the other connection of the peer has used all
  CHECK(all.frames(0, 4) == 100'000);
  CHECK(book.refusals(refusal::frame_dropped) == 2);
  CHECK(book.refusals(refusal::frame_closed) == 2);
  all.now = all.now + 1s;
  CHECK(all.frames(0, 2) == 10);
}

}  // namespace mw::firewall
