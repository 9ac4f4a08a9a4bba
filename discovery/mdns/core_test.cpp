// core_test: names, probes, conflicts, announcements, answers and goodbyes, step by step.
// SPDX-License-Identifier: Apache-2.0
#include "core/packing.h"
#include "testing/wire.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::mdns {
namespace {

using dns::class_in;
using dns::type;
using testing::wire;
using list = std::vector<std::string>;

const endpoint stranger{.host = "10.0.0.99", .port = port};

name named(std::string_view text) {
  return name::parse(text).value();
}
packet question(std::string_view about, type what, const std::vector<record>& known = {},
                bool unicast = false) {
  std::vector<packet> out;
  pack_query({{named(about), what, class_in, unicast}}, known, {}, out);
  return out.front();
}
packet answer(const std::vector<record>& records) {
  std::vector<packet> out;
  pack_answers(records, {}, out);
  return out.front();
}
record pointer(std::string_view about, std::string_view to, std::uint32_t ttl = other_ttl) {
  return {named(about), type::ptr, class_in, false, ttl, dns::section::answer, named(to)};
}
record place(std::string_view about, std::string_view host, std::uint32_t ttl = host_ttl) {
  return {named(about),
          type::srv,
          class_in,
          true,
          ttl,
          dns::section::answer,
          dns::service{0, 0, 1, named(host)}};
}
const char* const services = "_meshwright._tcp.local";
const char* const n1 = "n1@demo._meshwright._tcp.local";

// One host that has announced itself, a while ago.
wire steady() {
  wire w;
  w.add();
  w.publish(0, "n1");
  w.run_for(20s);
  CHECK(w.links[0]->speaks().at() == responder::phase::steady);
  w.messages.clear();
  return w;
}

TEST_CASE("a name is probed for three times, then announced three times, and then it is quiet") {
  wire w;
  w.add();
  w.publish(0, "n1");
  w.run_for(260ms);
  const auto first =
      std::find_if(w.messages.begin(), w.messages.end(),
                   [](const dns::message& one) { return one.questions.at(0).what == type::any; });
  REQUIRE(first != w.messages.end());
  const dns::message probe = *first;
  CHECK_FALSE(probe.response);
  REQUIRE(probe.questions.size() == 2);
  CHECK(probe.questions[0].what == type::any);
  CHECK(probe.questions[0].about == named(n1));
  CHECK(probe.questions[1].about == named("n1-demo.local"));
  CHECK(probe.records.size() == 3);
  CHECK(probe.records[0].where == dns::section::authority);
  CHECK(w.said(type::srv) == 0);
  w.run_for(800ms);
  CHECK(w.asked(type::any) == 6);
  CHECK(w.said(type::srv) == 1);
  w.run_for(60s);
  CHECK(w.asked(type::any) == 6);
  CHECK(w.said(type::srv) == 3);
  const auto spoken = std::find_if(w.messages.begin(), w.messages.end(),
                                   [](const dns::message& one) { return one.response; });
  REQUIRE(spoken != w.messages.end());
  CHECK(spoken->authoritative);
  CHECK(spoken->id == 0);
  for (const record& one : spoken->records) {
    const bool unique = one.what != type::ptr;
    CHECK(one.flush == unique);
    CHECK(one.ttl == (one.what == type::srv || one.what == type::a ? 120 : 4500));
  }
  w.run_for(1h);
  CHECK(w.said(type::srv) == 3);  // nothing is announced without a reason
}

TEST_CASE("hosts find each other, say where they are, and goodbye is heard within 1.1 seconds") {
  wire w;
  for (int i = 0; i < 3; ++i) w.add();
  for (std::size_t i = 0; i < 3; ++i) w.publish(i, "n" + std::to_string(i + 1));
  w.run_for(5s);
  CHECK(w.seen_by(0) == list{"n2@demo", "n3@demo"});
  CHECK(w.seen_by(2) == list{"n1@demo", "n2@demo"});
  const auto seen = w.links[0]->sightings();
  CHECK(seen[0].port == 7400);
  CHECK(to_string(seen[0].addresses.at(0)) == "10.0.0.2");
  CHECK(read_texts(seen[0].texts)->id == "n2");
  CHECK(read_texts(seen[0].texts)->zone == "a");
  w.withdraw(1);
  w.run_for(1100ms);
  CHECK(w.seen_by(0) == list{"n3@demo"});
}

TEST_CASE("records are refreshed as long as somebody answers; the dead vanish with their records") {
  wire w;
  w.add();
  w.add();
  w.publish(1, "n2");
  w.run_for(2h);
  CHECK(w.seen_by(0) == list{"n2@demo"});
  w.links.pop_back();
  w.messages.clear();
  w.run_for(121s);
  CHECK(w.seen_by(0).empty());
  CHECK(w.asked(type::srv) >= 4);  // at 80, 85, 90 and 95 %
}

TEST_CASE("a taken name is not taken away: the newcomer gets a number") {
  wire w;
  w.add();
  w.publish(0, "n1");
  w.run_for(5s);
  w.add();
  w.add();
  w.publish(1, "n1");
  w.run_for(10s);
  CHECK(w.links[0]->speaks().names().instance.first() == "n1@demo");
  CHECK(w.links[1]->speaks().names().instance.first() == "n1@demo (2)");
  CHECK(w.links[1]->speaks().names().host.first() == "n1-demo-2");
  CHECK(w.links[1]->counted().conflicts >= 1);
  CHECK(w.seen_by(2) == list{"n1@demo", "n1@demo (2)"});
}

TEST_CASE("two that want one name at the same time: one gets it, the other another") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    wire w(seed);
    w.add();
    w.add();
    w.add();
    w.publish(0, "n1");
    w.publish(1, "n1");
    w.run_for(20s);
    CHECK(w.seen_by(2) == list{"n1@demo", "n1@demo (2)"});
    CHECK(w.links[0]->speaks().names().instance != w.links[1]->speaks().names().instance);
  }
}

TEST_CASE("a host whose name is attacked again and again slows down, and does not give up") {
  wire w = steady();
  for (int i = 0; i < 400; ++i) {
    w.send(answer({place(w.links[0]->speaks().names().instance.text(), "evil.local")}), stranger);
    w.run_for(50ms);
  }
  CHECK(w.links[0]->counted().conflicts >= 15);
  CHECK(w.links[0]->counted().conflicts < 60);  // 15, then with five seconds between
  w.run_for(20s);
  CHECK(w.links[0]->speaks().at() == responder::phase::steady);
}

TEST_CASE("shared answers wait for 20 to 120 ms, unique ones do not") {
  wire w = steady();
  w.send(question(services, type::ptr), stranger);
  w.run_for(19ms);
  CHECK(w.messages.empty());
  w.run_for(105ms);
  REQUIRE(w.messages.size() == 1);
  CHECK(w.said(type::srv) == 1);  // what the asker needs next comes along
  CHECK(w.said(type::a) == 1);
  w.run_for(2s);
  w.messages.clear();
  w.send(question(n1, type::srv), stranger);
  w.run_for(1ms);
  CHECK(w.said(type::srv) == 1);
}

TEST_CASE("a record goes to the group once a second at most") {
  wire w = steady();
  for (int i = 0; i < 100; ++i) {
    w.send(question(n1, type::txt), stranger);
    w.run_for(50ms);
  }
  CHECK(w.said(type::txt) >= 5);
  CHECK(w.said(type::txt) <= 6);
  CHECK(w.links[0]->counted().postponed > 50);
}

TEST_CASE("who knows the answer, or will hear it from others, gets none") {
  wire w = steady();
  w.send(question(services, type::ptr, {pointer(services, n1, other_ttl / 2)}), stranger);
  w.run_for(1s);
  CHECK(w.messages.empty());
  CHECK(w.links[0]->counted().suppressed == 1);
  w.send(question(services, type::ptr, {pointer(services, n1, other_ttl / 2 - 1)}), stranger);
  w.run_for(1s);
  CHECK(w.said(type::ptr) == 1);
  w.messages.clear();
  const char* const meta = "_services._dns-sd._udp.local";
  w.send(question(meta, type::ptr), stranger);
  w.run_for(10ms);
  w.send(answer({pointer(meta, services)}), stranger);
  w.run_for(1s);
  CHECK(w.messages.empty());
}

TEST_CASE("known answers that follow in another packet count, too") {
  wire w = steady();
  dns::message head;
  head.truncated = true;
  packet first = question(services, type::ptr);
  first.bytes[2] = static_cast<char>(first.bytes[2] | 0x02);
  std::vector<packet> second;
  pack_query({}, {pointer(services, n1)}, {}, second);
  w.send(first, stranger);
  w.run_for(300ms);
  CHECK(w.messages.empty());
  w.send(second.front(), stranger);
  w.run_for(1s);
  CHECK(w.messages.empty());
  w.send(first, stranger);
  w.run_for(390ms);
  CHECK(w.messages.empty());
  w.run_for(120ms);
  CHECK(w.said(type::ptr) == 1);
}

TEST_CASE("what a name does not have is said, too") {
  wire w = steady();
  w.send(question("n1-demo.local", type::aaaa), stranger);
  w.run_for(1ms);
  REQUIRE(w.messages.size() == 1);
  const auto& has = std::get<dns::existing>(w.messages[0].records.at(0).content);
  CHECK(has.types == std::vector<type>{type::a});
  w.messages.clear();
  w.send(question("n9-demo.local", type::aaaa), stranger);
  w.run_for(1s);
  CHECK(w.messages.empty());
}

TEST_CASE("askers on other ports get a reply alone: with their id, and short times to live") {
  wire w = steady();
  packet asks = question(services, type::ptr);
  asks.bytes[0] = 0x12;
  w.send(asks, {.host = "10.0.0.99", .port = 40'000});
  REQUIRE(w.alone.size() == 1);
  CHECK(w.alone[0].first.port == 40'000);
  CHECK(w.alone[0].second.id == 0x1200);
  CHECK(w.alone[0].second.questions.size() == 1);
  CHECK(w.alone[0].second.records.at(0).ttl == 10);
  CHECK_FALSE(w.alone[0].second.records.at(0).flush);
  for (int i = 0; i < 200; ++i) w.send(asks, {.host = "10.0.0.99", .port = 40'000});
  CHECK(w.alone.size() == 20);  // `replies`: not a tool to flood somebody with
  CHECK(w.links[0]->counted().refused > 0);
  w.run_for(1s);
  CHECK(w.messages.empty());
}

TEST_CASE("an answer may go to the asker alone while all others have it") {
  wire w = steady();
  w.send(question(n1, type::txt, {}, true), stranger);
  CHECK(w.alone.size() == 1);
  w.run_for(2h);
  w.messages.clear();
  w.send(question(n1, type::txt, {}, true), stranger);
  w.run_for(1s);
  CHECK(w.alone.size() == 1);
  CHECK(w.said(type::txt) == 1);
}

TEST_CASE("somebody else's goodbye for our record is taken back") {
  wire w = steady();
  w.send(answer({pointer(services, n1, 0)}), stranger);
  w.run_for(1s);
  CHECK(w.said(type::ptr) == 1);
}

TEST_CASE("nobody answers while it probes, and nothing is told that must not leave the machine") {
  wire w;
  w.add();
  w.publish(0, "n1");
  w.send(question(services, type::ptr), stranger);
  w.run_for(200ms);
  CHECK(w.said(type::ptr) == 0);
  wire other;
  other.add();
  CHECK_FALSE(other.links[0]->publish(facts{"n1", "demo", "", {.host = "127.0.0.1", .port = 7400}},
                                      other.now));
  other.run_for(10s);
  CHECK(other.asked(type::any) == 0);
}

TEST_CASE("changed facts are told at once, without asking for the name again") {
  wire w;
  w.add();
  w.add();
  w.publish(1, "n2");
  w.run_for(10s);
  w.messages.clear();
  CHECK(w.links[1]->publish(facts{"n2", "demo", "b", {.host = "10.0.0.2", .port = 7500}}, w.now));
  w.run_for(2s);
  CHECK(w.asked(type::any) == 0);
  REQUIRE(w.links[0]->sightings().size() == 1);
  CHECK(w.links[0]->sightings()[0].port == 7500);
  CHECK(read_texts(w.links[0]->sightings()[0].texts)->zone == "b");
}

TEST_CASE("long ids are cut to what a label holds, and services have their form") {
  const facts of{std::string(120, 'x') + "7", std::string(60, 'c'), "", {.host = "::1", .port = 1}};
  const name service = parse_service(services).value();
  for (const unsigned attempt : {1U, 2U, 1000U}) {
    const own_names names = names_for(of, service, attempt);
    CHECK(names.instance.first().size() <= 63);
    CHECK(names.host.first().size() <= 63);
    CHECK(names.instance.parent() == service);
    CHECK(records_for(of, service, names).size() == 8);
  }
  for (const char* bad : {"", "_tcp.local", "meshwright._tcp.local", "_a._sctp.local", "_a._tcp",
                          "_abcdefghijklmnopq._tcp.local", "_._tcp.local", "a..b"}) {
    CAPTURE(bad);
    CHECK(parse_service(bad).error().kind() == errc::invalid);
  }
  CHECK_FALSE(read_texts({{"id=a\x1b[2J"}}).ok());
  CHECK_FALSE(read_texts({{"zone=" + std::string(129, 'x')}}).ok());
  CHECK(read_texts({{"id=a", "id=b", "x", "cluster="}})->id == "a");
}

}  // namespace
}  // namespace mw::mdns
