// core_test: questions to servers step by step, aliases, ages, and the lines of resolv.conf.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/writer.h"
#include "core/exchange.h"
#include "core/finding.h"
#include "core/resolv_conf.h"
#include "core/watch.h"

#include <doctest/doctest.h>

namespace mw::dns {
namespace {

name named(std::string_view text) {
  return name::parse(text).value();
}
time_point at(duration since) {
  return {since};
}

// An answer to the packet that the exchange has just made.
std::string answer_to(const exchange& core, code outcome, std::uint16_t id_change = 0) {
  const auto asked = read_message(as_bytes(core.packet()), dialect::unicast, {});
  message head;
  head.id = static_cast<std::uint16_t>(asked->id ^ id_change);
  head.response = true;
  head.outcome = outcome;
  writer out(dialect::unicast, 512);
  CHECK(out.add(asked->questions.front()));
  return out.finish(head);
}

using act = exchange::act;

TEST_CASE("exchange: servers in turn, longer each round, and an end") {
  random_stream dice(1);
  exchange core({named("a.example"), type::a}, {.servers = 2, .rounds = 2, .patience = 100ms},
                dice);
  CHECK(core.begin(at(0s)) == act::send);
  CHECK(core.server() == 0);
  CHECK(core.deadline() == at(100ms));
  CHECK(core.tick(at(99ms)) == act::none);
  CHECK(core.tick(at(100ms)) == act::send);
  CHECK(core.server() == 1);
  CHECK(core.tick(at(200ms)) == act::send);
  CHECK(core.server() == 0);
  CHECK(core.deadline() == at(400ms));
  CHECK(core.tick(at(400ms)) == act::send);
  CHECK(core.tick(at(600ms)) == act::done);
  CHECK(core.outcome().error().kind() == errc::timed_out);
  CHECK(core.seen().silent == 4);
}

TEST_CASE("exchange: each packet has another id and other letters") {
  random_stream dice(1);
  exchange core({named("abcdefghijklmnop.example"), type::a}, {.servers = 1, .rounds = 3}, dice);
  CHECK(core.begin(at(0s)) == act::send);
  const std::string first = core.packet();
  CHECK(core.tick(core.deadline()) == act::send);
  CHECK(core.packet().substr(0, 2) != first.substr(0, 2));
  CHECK(core.packet().substr(12) != first.substr(12));
}

TEST_CASE("exchange: only the answer to this packet, from this server, is believed") {
  random_stream dice(3);
  exchange core({named("a.example"), type::a}, {.servers = 2}, dice);
  CHECK(core.begin(at(0s)) == act::send);
  CHECK(core.received(0, as_bytes(answer_to(core, code::fine, 1)), at(1ms)) == act::none);
  CHECK(core.received(1, as_bytes(answer_to(core, code::fine)), at(1ms)) == act::none);
  CHECK(core.received(0, as_bytes(core.packet()), at(1ms)) == act::none);  // our own question
  CHECK(core.received(0, as_bytes("x"), at(1ms)) == act::none);
  CHECK(core.seen().forged == 3);
  CHECK(core.seen().broken == 1);
  CHECK(core.received(0, as_bytes(answer_to(core, code::no_such_name)), at(2ms)) == act::done);
  CHECK(core.outcome()->outcome == code::no_such_name);
}

TEST_CASE("exchange: a failed stream brings the next server") {
  random_stream dice(3);
  exchange core({named("a.example"), type::a}, {.servers = 2}, dice);
  CHECK(core.begin(at(0s)) == act::send);
  std::string cut = answer_to(core, code::fine);
  cut[2] = static_cast<char>(static_cast<unsigned char>(cut[2]) | 0x02U);
  CHECK(core.received(0, as_bytes(cut), at(1ms)) == act::stream);
  CHECK(core.received(0, as_bytes(answer_to(core, code::fine)), at(1ms)) == act::none);
  CHECK(core.stream_failed(at(2ms)) == act::send);
  CHECK(core.server() == 1);
  CHECK(core.stream_failed(at(2ms)) == act::none);
}

TEST_CASE("finding: aliases are followed, circles are not") {
  message from;
  const auto add = [&from](std::string_view about, type what, std::uint32_t ttl, data content) {
    from.records.push_back(
        {named(about), what, class_in, false, ttl, section::answer, std::move(content)});
  };
  add("a.example", type::cname, 5, named("b.example"));
  add("b.example", type::a, 60, parse_address("10.0.0.1"));
  add("b.example", type::a, 60, parse_address("10.0.0.1"));
  add("other.example", type::a, 1, parse_address("10.0.0.9"));
  const addresses found = addresses_in(from, named("A.example"), type::a);
  CHECK(found.all.size() == 1);
  CHECK(found.ttl == 5);
  CHECK(found.canonical == named("b.example"));
  add("c.example", type::cname, 5, named("d.example"));
  add("d.example", type::cname, 5, named("c.example"));
  CHECK(addresses_in(from, named("c.example"), type::a).all.empty());
  CHECK(negative_ttl(from, named("a.example")) == 0);
}

TEST_CASE("watch: looks again before the end, soon after failures, never empties for an error") {
  random_stream dice(1);
  watch one({.ttl_min = 1s, .ttl_max = 100s, .patience = 2});
  const place here{parse_address("10.0.0.1"), 7400, 0, 0};
  CHECK(one.found({{here}, 50, false}, at(0s), dice));
  CHECK(one.due() >= at(36s));
  CHECK(one.due() <= at(44s));
  CHECK_FALSE(one.stale(at(50s)));
  CHECK(one.stale(at(51s)));
  CHECK_FALSE(one.found({{here}, 1'000'000, false}, at(60s), dice));
  CHECK(one.due() <= at(60s + 88s));
  one.failed(at(200s), dice);
  CHECK(one.due() <= at(202s));
  for (int i = 0; i < 20; ++i) one.failed(at(200s), dice);
  CHECK(one.due() <= at(233s));
  CHECK(one.places().size() == 1);
  CHECK_FALSE(one.missing(7, false, at(300s), dice));
  CHECK(one.missing(7, false, at(301s), dice));
  CHECK(one.places().empty());
}

TEST_CASE("watch: a search that failed in part loses nobody") {
  random_stream dice(1);
  watch one({});
  const place a{parse_address("10.0.0.1"), 7400, 0, 0};
  const place b{parse_address("10.0.0.2"), 7400, 0, 0};
  CHECK(one.found({{a}, 5, false}, at(0s), dice));
  CHECK(one.found({{b}, 5, true}, at(1s), dice));
  CHECK(one.places() == std::vector{a, b});
  CHECK(one.found({{b}, 5, false}, at(2s), dice));
  CHECK(one.places() == std::vector{b});
}

TEST_CASE("resolv.conf: the first three servers, whatever else is in there") {
  const auto found = servers_in(
      "# comment\nsearch example\nnameserver 10.0.0.1\n nameserver\t::1 \r\nnameserver name\n"
      "nameserver fe80::1%eth0\nnameserver 10.0.0.4");
  REQUIRE(found.size() == 3);
  CHECK(to_string(found[0]) == "10.0.0.1:53");
  CHECK(found[1].host == "::1");
  CHECK(found[2].host == "fe80::1%eth0");
  CHECK(servers_in("").empty());
}

}  // namespace
}  // namespace mw::dns
