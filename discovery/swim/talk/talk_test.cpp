// talk_test: events and queries once each, clocks, filters, and the end of infinite rebroadcasts.
// SPDX-License-Identifier: Apache-2.0
#include "talk/talk.h"

#include "core/joiner.h"
#include "core/snapshot.h"
#include "talk/filter.h"
#include "talk/pattern.h"

#include <doctest/doctest.h>

namespace mw::swim::talk {
namespace {

struct one {
  explicit one(std::string name) : random(7), it(std::move(name), {}, random) {}
  random_stream random;
  talk it;
};

}  // namespace

TEST_CASE("talk: an event is delivered and spread once") {
  one a("a");
  one b("b");
  CHECK(a.it.fire("deploy", "v2", true));
  const outputs out = a.it.take_outputs();
  CHECK(out.events.size() == 1);
  REQUIRE(out.spread.size() == 1);
  b.it.receive(out.spread[0], {}, {});
  b.it.receive(out.spread[0], {}, {});
  const outputs heard = b.it.take_outputs();
  CHECK(heard.events.size() == 1);
  CHECK(heard.spread.size() == 1);
  CHECK(b.it.event_time() == 2);
  CHECK(b.it.counted().duplicates == 1);
  CHECK(a.it.fire("x", std::string(600, 'x'), true).error().kind() == errc::invalid);
}

TEST_CASE("talk: a query reaches whom it is for, and its answers come back") {
  one a("a");
  one b("b");
  query q;
  q.name = "who";
  q.reply_to = {"10.0.0.1", 7946, false};
  q.timeout = 1s;
  q.flags = query_wants_ack;
  q.filters.push_back(filter_by_tag("role", "^web"));
  REQUIRE(a.it.ask(q, {}));
  const outputs out = a.it.take_outputs();
  b.it.receive(out.spread.at(0), {{"role", "db"}}, {});
  CHECK(b.it.take_outputs().queries.empty());
  one c("c");
  c.it.receive(out.spread.at(0), {{"role", "web-1"}}, {});
  outputs heard = c.it.take_outputs();
  REQUIRE(heard.queries.size() == 1);
  CHECK(heard.packets.size() == 1);  // the acknowledgement
  CHECK(c.it.respond(heard.queries[0], "me"));
  a.it.receive(heard.packets[0].bytes, {}, {});
  const std::string answer = c.it.take_outputs().packets.at(0).bytes;
  a.it.receive(answer, {}, {});
  a.it.receive(answer, {}, {});  // relays repeat it
  a.it.tick({2s});
  const outputs ended = a.it.take_outputs();
  REQUIRE(ended.ended.size() == 1);
  CHECK(ended.ended[0].acks == std::vector<std::string>{"c"});
  CHECK(ended.ended[0].responses.size() == 1);
  CHECK(c.it.respond(heard.queries[0], std::string(2'000, 'x')).error().kind() == errc::invalid);
}

TEST_CASE("talk: an intent is spread on only while it tells something new") {
  one a("a");
  a.it.member_up("n");
  const std::string leave = encode(intent{kind::leave, 9, "n", false});
  a.it.receive(leave, {}, {});
  outputs first = a.it.take_outputs();
  CHECK(first.leaving == std::vector<std::string>{"n"});
  CHECK(first.spread.size() == 1);
  a.it.receive(leave, {}, {});
  a.it.receive(encode(intent{kind::join, 8, "n", false}), {}, {});
  CHECK(a.it.take_outputs().spread.empty());
  CHECK(a.it.is_leaving("n"));
  a.it.member_gone("n");
  a.it.member_up("n");
  CHECK(!a.it.is_leaving("n"));
  // Somebody says that we leave: we are here.
  a.it.receive(encode(intent{kind::leave, 50, "a", false}), {}, {});
  const outputs back = a.it.take_outputs();
  REQUIRE(back.spread.size() == 1);
  CHECK(decode_intent(back.spread[0])->what == kind::join);
}

TEST_CASE("talk: the end of time stops no clock") {
  one a("a");
  a.it.receive(encode(user_event{~lamport{0}, "x", "", false}), {}, {});
  CHECK(a.it.event_time() == 1);
  CHECK(a.it.counted().refused == 1);
  CHECK(a.it.fire("y", "", false));
}

TEST_CASE("talk: a state carries events to those that were away, and not to those that join") {
  one a("a");
  for (int i = 0; i < 600; ++i) CHECK(a.it.fire("e" + std::to_string(i), "", false));
  (void)a.it.take_outputs();
  one away("b");
  away.it.merge_state(a.it.local_state(), false);
  CHECK(away.it.take_outputs().events.size() > 500);
  one joins("c");
  joins.it.merge_state(a.it.local_state(), true);
  CHECK(joins.it.take_outputs().events.empty());
  CHECK(joins.it.event_time() == a.it.event_time());
  CHECK(a.it.brief_state(1'000).size() < 1'300);
}

TEST_CASE("pattern: what filters need, and no more time than they may") {
  CHECK(matches("^web$", "web"));
  CHECK(!matches("^web$", "web1"));
  CHECK(matches("eb", "web"));
  CHECK(matches("^(web|db)-[0-9]+$", "db-12"));
  CHECK(!matches("^(web|db)-[0-9]+$", "db-"));
  CHECK(matches("a.c*d?", "abccc"));
  CHECK(matches("[^x]y", "zy"));
  CHECK(matches("\\.", "a.b"));
  CHECK(matches("", "anything"));
  CHECK(!matches("(((", "x"));
  CHECK(!matches("[a", "a"));
  CHECK(!matches("^(a*)*(a*)*(a*)*b$", std::string(60, 'a')));
}

TEST_CASE("filter: names and tags, all of them") {
  const std::string by_name = filter_by_nodes({"a", "b"});
  CHECK(meant({by_name}, "b", {}));
  CHECK(!meant({by_name}, "c", {}));
  CHECK(!meant({by_name, filter_by_tag("t", "1")}, "a", {{"t", "2"}}));
  CHECK(!meant({std::string("\x05zzz")}, "a", {}));
  CHECK(!meant({std::string()}, "a", {}));
}

TEST_CASE("tags: come back; old roles read as a tag; broken ones as none") {
  const tag_map tags{{"a", "1"}, {"role", "web"}};
  CHECK(decode_tags(encode_tags(tags)) == tags);
  CHECK(decode_tags("web") == tag_map{{"role", "web"}});
  CHECK(decode_tags("\xff\xdf\xff\xff\xff\xff").empty());
  CHECK(decode_tags("").empty());
}

TEST_CASE("snapshot: comes back, with failed members and seeds") {
  snapshot s;
  s.members = {{"a b", {"10.0.0.1", 7946, false}, true}, {"c", {"10.0.0.2", 7946, false}, false}};
  s.seeds = {{"seed.example", 7946, false}};
  s.clock = 5;
  s.incarnation = 3;
  const read_snapshot back = parse_snapshot(to_text(s));
  CHECK(back.skipped == 0);
  REQUIRE(back.what.members.size() == 2);
  CHECK(back.what.members[0].name == "a b");
  CHECK(!back.what.members[1].alive);
  CHECK(back.what.seeds == s.seeds);
  CHECK(back.what.clock == 5);
  CHECK(back.what.incarnation == 3);
  // serf's own file, and half of one.
  const read_snapshot serf =
      parse_snapshot("alive: n1 10.0.0.1:7946\nclock: 7\nnot-alive: n1\nalive: n");
  CHECK(serf.skipped == 1);
  REQUIRE(serf.what.members.size() == 1);
  CHECK(!serf.what.members[0].alive);
  CHECK(parse_snapshot("leave\n").what.left);
}

TEST_CASE("joiner: a few at a time, with growing pauses, and no more than it may hold") {
  random_stream random(1);
  joiner j(30s, random);
  const auto nobody = [](const endpoint&) { return false; };
  CHECK(j.take(true, nobody, {}).empty());
  for (std::uint16_t p = 1; p <= 5; ++p) CHECK(j.add({"10.0.0.1", p, false}));
  CHECK(!j.add({"10.0.0.1", 1, false}));
  CHECK(j.take(true, nobody, {1s}).size() == joiner::at_once);
  CHECK(j.take(true, nobody, {1s}).empty());
  CHECK(j.take(true, nobody, {2s}).size() == joiner::at_once);
  CHECK(j.take(false, nobody, {60s}).size() == 1);
  CHECK(j.take(false, nobody, {61s}).empty());
  CHECK(j.take(true, nobody, {62s}).size() == joiner::at_once);  // just lost everybody
  for (std::uint16_t p = 6; p <= 2'000; ++p) (void)j.add({"10.0.0.1", p, false});
  CHECK(j.seeds().size() == joiner::seeds_max);
}

}  // namespace mw::swim::talk
