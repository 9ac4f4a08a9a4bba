// browser_test: loss, floods, forgeries, full tables, and questions that others ask.
// SPDX-License-Identifier: Apache-2.0
#include "core/packing.h"
#include "seen_peers.h"
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
record of(std::string_view about, type what, dns::data content, std::uint32_t ttl = 120,
          bool flush = false) {
  return {named(about), what, class_in, flush, ttl, dns::section::answer, std::move(content)};
}
packet answer(const std::vector<record>& records) {
  std::vector<packet> out;
  pack_answers(records, {}, out);
  return out.front();
}
const char* const services = "_meshwright._tcp.local";
std::string instance(int i) {
  return "x" + std::to_string(i) + "._meshwright._tcp.local";
}
// All that is needed to be listed.
std::vector<record> complete(int i, std::uint32_t ttl = 4500) {
  const std::string host = "h" + std::to_string(i) + ".local";
  return {of(services, type::ptr, named(instance(i)), ttl),
          of(instance(i), type::srv, dns::service{0, 0, 7400, named(host)}, ttl),
          of(instance(i), type::txt, dns::texts{{"id=x" + std::to_string(i)}}, ttl),
          of(host, type::a, dns::parse_address("10.0.0.77"), ttl)};
}

TEST_CASE("hosts find each other although every third packet is lost") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    wire w(seed);
    w.loss = 0.3;
    for (std::size_t i = 0; i < 4; ++i) {
      w.add();
      w.publish(i, "n" + std::to_string(i));
    }
    w.run_for(60s);
    for (std::size_t i = 0; i < 4; ++i) CHECK(w.seen_by(i).size() == 3);
    CHECK(w.messages.size() < 400);
  }
}

TEST_CASE("thirty hosts find each other, with few packets in the long run") {
  wire w;
  settings how;
  how.packets = {100'000};
  for (std::size_t i = 0; i < 30; ++i) {
    w.add(how);
    w.publish(i, "n" + std::to_string(i));
  }
  w.run_for(30s);
  for (std::size_t i = 0; i < 30; ++i) CHECK(w.seen_by(i).size() == 29);
  w.messages.clear();
  w.run_for(600s);
  CHECK(w.seen_by(12).size() == 29);
  // Each record of 120 s is asked for about once by all together: shared questions, shared answers.
  CHECK(w.messages.size() < 30 * 600 / 15);
}

TEST_CASE("an instance that nobody can place is forgotten after a few questions") {
  wire w;
  w.add();
  w.run_for(5s);
  w.messages.clear();
  w.send(answer({of(services, type::ptr, named(instance(1)), 4500)}), stranger);
  w.run_for(60s);
  CHECK(w.asked(type::srv) == 4);
  CHECK(w.seen_by(0).empty());
  CHECK(w.links[0]->counted().unresolved == 1);
  CHECK(w.links[0]->hears().known().size() == 0);
}

TEST_CASE("what is missing is asked for; without texts a service is listed all the same") {
  wire w;
  w.add();
  w.send(answer({of(services, type::ptr, named(instance(1)), 4500),
                 of(instance(1), type::srv, dns::service{0, 0, 1, named("h.local")})}),
         stranger);
  w.run_for(200ms);
  CHECK(w.asked(type::a) == 1);
  CHECK(w.asked(type::txt) == 1);
  w.send(answer({of("h.local", type::a, dns::parse_address("10.0.0.9"))}), stranger);
  CHECK(w.seen_by(0).empty());
  w.run_for(20s);
  CHECK(w.seen_by(0) == list{"x1"});
}

TEST_CASE("names of other domains are left to those who resolve names") {
  wire w;
  w.add();
  w.send(answer({of(services, type::ptr, named(instance(1))),
                 of(instance(1), type::srv, dns::service{0, 0, 80, named("n1.example.org")}),
                 of(instance(1), type::txt, dns::texts{})}),
         stranger);
  sources::peer_list peers;
  std::set<std::string> foreign;
  add_peers(*w.links[0], "demo", peers, foreign);
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].address == "n1.example.org:80");
}

TEST_CASE("the flush bit voids what is older than a second, after a second") {
  wire w;
  w.add();
  w.send(answer(complete(1)), stranger);
  w.run_for(2s);
  w.send(answer({of("h1.local", type::a, dns::parse_address("10.0.0.8"), 120, true)}), stranger);
  CHECK(w.links[0]->sightings()[0].addresses.size() == 2);
  w.run_for(1100ms);
  REQUIRE(w.links[0]->sightings()[0].addresses.size() == 1);
  CHECK(to_string(w.links[0]->sightings()[0].addresses[0]) == "10.0.0.8");
}

TEST_CASE("tables are bounded, and what is refused is counted") {
  wire w;
  settings how;
  how.peers_max = 10;
  w.add(how);
  for (int i = 0; i < 50; ++i) w.send(answer(complete(i)), stranger);
  CHECK(w.seen_by(0).size() == 10);
  CHECK(w.links[0]->counted().overflow == 40);
  // Very many records of one name.
  for (int i = 0; i < 100; ++i)
    w.send(answer({of(instance(1), type::txt, dns::texts{{std::to_string(i)}})}), stranger);
  CHECK(w.links[0]->hears().known().size() <= 43);
  // The time to live of a lie ends, too.
  w.run_for(2h);
  CHECK(w.links[0]->hears().known().size() == 0);
}

TEST_CASE("a flood is cut off, and the rest of it costs nothing") {
  wire w;
  w.add();
  for (int i = 0; i < 10'000; ++i) w.send({std::string(500, 'x'), {}}, stranger);
  const counts& seen = w.links[0]->counted();
  CHECK(seen.flood == 10'000 - 500);
  CHECK(seen.malformed == 500);
  w.run_for(1s);
  w.send(answer(complete(1)), stranger);
  CHECK(w.seen_by(0) == list{"x1"});
}

TEST_CASE("answers from elsewhere, or from another port, are not believed") {
  wire w;
  w.add();
  w.send(answer(complete(1)), {.host = "10.0.1.99", .port = port});
  w.send(answer(complete(1)), {.host = "10.0.0.99", .port = 40'000});
  CHECK(w.seen_by(0).empty());
  CHECK(w.links[0]->counted().off_link == 1);
  CHECK(w.links[0]->counted().wrong_port == 1);
  w.send(answer({of("_other._tcp.local", type::ptr, named("y._other._tcp.local"))}), stranger);
  CHECK(w.links[0]->hears().known().size() == 0);
}

TEST_CASE("what others ask need not be asked again, unless they know more") {
  wire w;
  w.add();
  w.run_for(130ms);
  CHECK(w.asked(type::ptr) == 1);
  std::vector<packet> theirs;
  pack_query({{named(services), type::ptr}}, {}, {}, theirs);
  w.run_for(500ms);
  w.send(theirs.front(), stranger);
  w.run_for(1s);
  CHECK(w.asked(type::ptr) == 1);
  CHECK(w.links[0]->counted().questions_shared == 1);
  std::vector<packet> knowing;
  pack_query({{named(services), type::ptr}}, {of(services, type::ptr, named(instance(7)), 4500)},
             {}, knowing);
  w.send(knowing.front(), stranger);
  w.run_for(2s);
  CHECK(w.asked(type::ptr) == 2);
}

TEST_CASE("looking again makes the silent vanish within ten seconds, and keeps the others") {
  wire w;
  w.add();
  w.add();
  w.publish(1, "n2");
  w.send(answer(complete(1)), stranger);
  w.run_for(5s);
  CHECK(w.seen_by(0) == list{"n2@demo", "x1"});
  w.links[0]->look_again(w.now);
  w.run_for(11s);
  CHECK(w.seen_by(0) == list{"n2@demo"});
}

TEST_CASE("many known answers take several packets, all but the last say so") {
  wire w;
  settings how;
  how.packets = {100'000};
  w.add(how);
  for (int i = 0; i < 300; ++i) w.send(answer(complete(i)), stranger);
  w.messages.clear();
  w.run_for(2s);
  const auto first = std::find_if(w.messages.begin(), w.messages.end(), [](const auto& one) {
    return !one.questions.empty() && one.truncated;
  });
  REQUIRE(first != w.messages.end());
  std::size_t known = 0;
  auto at = first;
  for (; at->truncated; ++at) known += at->records.size();
  known += at->records.size();
  CHECK(known == 300);
}

TEST_CASE("without the port it only looks, believes its answers for two looks, and says nothing") {
  wire w;
  settings how;
  how.one_shot = true;
  w.add(how);
  CHECK_FALSE(w.links[0]->publish(facts{"n1", "demo", "", {.host = "10.0.0.1", .port = 1}}, w.now));
  w.send(answer(complete(1, 10)), stranger);
  w.run_for(100s);
  CHECK(w.seen_by(0) == list{"x1"});
  CHECK(w.asked(type::any) == 0);
  w.run_for(100s);
  CHECK(w.seen_by(0).empty());
}

TEST_CASE("of a host's addresses the one in the network wins, and some are never believed") {
  const auto best = [](std::string_view where, std::initializer_list<const char*> of_host) {
    std::vector<dns::address> all;
    for (const char* one : of_host) all.push_back(dns::parse_address(one));
    const dns::address found = best_address(lan::parse_interface(where).value(), all);
    return found.size == 0 ? "none" : to_string(found);
  };
  CHECK(best("10.0.0.1/24", {"2001:db8::1", "192.168.1.1", "10.0.0.7"}) == "10.0.0.7");
  CHECK(best("10.0.0.1/24", {"127.0.0.1", "0.0.0.0", "224.0.0.1", "ff02::1"}) == "none");
  CHECK(best("127.0.0.1", {"127.0.0.1"}) == "127.0.0.1");
  CHECK(best("fe80::1%eth0/64", {"fe80::2", "2001:db8::1"}) == "fe80::2");
}

}  // namespace
}  // namespace mw::mdns
