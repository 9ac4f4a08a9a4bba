// claims_test: what a member believes of what it is told: attacks, conflicts, bounds.
// SPDX-License-Identifier: Apache-2.0
#include "core/broadcast_queue.h"
#include "core/engine.h"
#include "core/suspicion.h"
#include "core/vivaldi.h"
#include "native/codec.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace mw::swim {
namespace {

const endpoint place{"10.0.0.1", 7946, false};
endpoint at(int i) {
  return {"10.0.1." + std::to_string(i), 7946, false};
}

// As many hosts as it takes that nobody is limited for being one.
endpoint source(int i) {
  return {"10.2." + std::to_string(i % 200) + "." + std::to_string(i / 200 % 250), 7946, false};
}

struct one {
  explicit one(settings s = {}) : random(1), it(s, {"self", place, "", 1}, form, random) {
    it.start({});
  }
  void alive(const std::string& name, int where, std::uint32_t incarnation = 1,
             std::string meta = {}) {
    it.receive(alive_claim{incarnation, name, at(where), std::move(meta)}, at(9), {1s});
  }
  [[nodiscard]] liveness state(const std::string& name) { return it.members().find(name)->state; }
  native::codec form;
  random_stream random;
  engine it;
};

}  // namespace

TEST_CASE("claims: inflated incarnations are not believed, of us or of others") {
  one o;
  o.alive("a", 1);
  o.alive("a", 1, 0xffffffff, "evil");
  o.alive("a", 1, 0x7ffffff0, "evil");
  CHECK(o.it.members().find("a")->meta.empty());
  o.it.receive(suspect_claim{0xffffffff, "a", "x"}, at(9), {1s});
  o.it.receive(dead_claim{0x70000000, "a", "x"}, at(9), {1s});
  CHECK(o.state("a") == liveness::alive);
  o.it.receive(suspect_claim{0xffffffff, "self", "x"}, at(9), {1s});
  CHECK(o.it.self().incarnation == 1);
  o.it.receive(suspect_claim{5, "self", "x"}, at(9), {1s});
  CHECK(o.it.self().incarnation == 6);
  CHECK(o.it.counted().refused_claims == 5);
}

TEST_CASE("claims: oversized metadata and names, wrong versions and ports are refused") {
  one o;
  o.alive("a", 1, 1, std::string(513, 'm'));
  o.alive(std::string(129, 'n'), 1);
  o.alive("", 1);
  o.it.receive(alive_claim{1, "b", {"10.0.0.2", 0, false}, ""}, at(9), {});
  o.it.receive(alive_claim{1, "b", at(2), "", {9, 9, 9, 9, 9, 9}}, at(9), {});
  CHECK(o.it.members().size() == 0);
  CHECK(o.it.counted().refused_claims == 5);
}

TEST_CASE("claims: a million invented members take bounded room") {
  settings s;
  s.members_max = 1'000;
  one o(s);
  for (int i = 0; i < 1'000'000; ++i)
    o.it.receive(alive_claim{1, "fake" + std::to_string(i), at(i % 250), ""}, source(i), {1s});
  CHECK(o.it.members().size() == 1'000);
  CHECK(o.it.counted().refused_claims == 999'000);
  CHECK(o.it.waiting_broadcasts() <= s.broadcasts_max);
}

TEST_CASE("claims: a taken name stays with who answers, and is free once it failed") {
  one o;
  o.alive("a", 1);
  o.alive("a", 2, 7);
  CHECK(o.it.members().find("a")->at == at(1));
  CHECK(o.it.counted().conflicts == 1);
  o.it.receive(dead_claim{1, "a", "x"}, at(9), {1s});
  CHECK(o.state("a") == liveness::dead);
  o.alive("a", 2, 2);
  CHECK(o.it.members().find("a")->at == at(2));
  // Our own name at another place.
  o.it.receive(alive_claim{3, "self", at(5), ""}, at(9), {1s});
  bool told = false;
  for (const member_news& n : o.it.take_outputs().news)
    told = told || (n.what == news_kind::conflict && n.name == "self");
  CHECK(told);
}

TEST_CASE("claims: our own death is refuted until we leave") {
  one o;
  o.it.receive(dead_claim{1, "self", "x"}, at(9), {1s});
  CHECK(o.it.self().incarnation == 2);
  o.it.leave({2s});
  o.it.receive(dead_claim{9, "self", "x"}, at(9), {2s});
  CHECK(o.it.self().incarnation == 2);
}

TEST_CASE("claims: strangers make this node send nothing elsewhere") {
  one o;
  o.it.receive(ping_request{1, at(77), "nobody", true, {}, "x"}, at(9), {1s});
  CHECK(o.it.take_outputs().packets.empty());
  CHECK(o.it.counted().relays_refused == 1);
  o.alive("a", 1);
  for (int i = 0; i < 3'000; ++i)
    o.it.receive(ping_request{1, at(1), "a", true, {}, "x"}, at(9), {1s});
  CHECK(o.it.counted().relays_refused == 1 + 3'000 - settings{}.relays_max);
}

TEST_CASE("exits: a port that still answered while its process ended is looked at again") {
  one o;
  o.alive("a", 1);
  (void)o.it.take_outputs();
  o.it.suspect_exit("a", {2s});
  stream_task look = o.it.take_outputs().streams.at(0);
  CHECK(look.what == stream_task::kind::verify);
  o.it.stream_failed(look, false, {2s + 1ms});  // cut off
  CHECK(o.it.next_due() <= time_point{2s + 11ms});
  o.it.tick({2s + 11ms});
  look = o.it.take_outputs().streams.at(0);
  o.it.stream_failed(look, true, {2s + 12ms});
  o.it.tick({2s + 22ms});
  o.it.stream_failed(o.it.take_outputs().streams.at(0), true, {2s + 23ms});
  CHECK(o.state("a") == liveness::dead);
  // Not for ever: what breaks again and again, or late, says nothing.
  o.alive("b", 2);
  o.it.suspect_exit("b", {3s});
  std::size_t looks = 0;
  for (duration at = 3s; at < 6s; at += 1ms) {
    for (const stream_task& task : o.it.take_outputs().streams) {
      if (task.what != stream_task::kind::verify) continue;
      ++looks;
      o.it.stream_failed(task, false, {at});
    }
    o.it.tick({at});
  }
  CHECK(looks == 5);
  CHECK(o.state("b") != liveness::dead);
}

TEST_CASE("suspicion: shorter with each independent accuser, by the formula") {
  const settings s;
  CHECK(suspicion_min(s, 3) == 4s);
  CHECK(confirmations_wanted(s, 3) == 0);
  CHECK(confirmations_wanted(s, 10) == 2);
  suspicion small(s, 3, "a", {});
  CHECK(small.deadline() == time_point{4s});
  suspicion x(s, 10, "a", {});
  CHECK(x.deadline() == time_point{24s});
  CHECK(!x.confirm("a"));
  CHECK(x.confirm("b"));
  CHECK(x.deadline() > time_point{11s});
  CHECK(x.deadline() < time_point{12s});
  CHECK(x.confirm("c"));
  CHECK(x.deadline() == time_point{4s});
  CHECK(!x.confirm("d"));
  x.discount(1h);
  CHECK(x.deadline() == time_point{4s + 24s});  // the cap
}

TEST_CASE("broadcasts: least sent first, newest of a subject, bounded") {
  broadcast_queue q(3);
  CHECK(q.push("a", "old"));
  CHECK(q.push("a", "newer"));
  CHECK(q.push("b", "bb"));
  CHECK(q.push("", "c"));
  CHECK(!q.push("d", "d"));
  CHECK(q.size() == 3);
  std::vector<std::string> out;
  CHECK(q.take(7, 2, 2, out) == 7);
  CHECK(out == std::vector<std::string>{"newer"});
  out.clear();
  q.take(100, 2, 2, out);
  CHECK(out.size() == 3);
  out.clear();
  q.take(100, 2, 2, out);
  CHECK(out.size() == 2);
  CHECK(q.empty());
  CHECK(retransmissions(4, 3) == 4);
  CHECK(retransmissions(4, 128) == 12);
}

TEST_CASE("coordinates: learned, and nobody's NaN spreads") {
  random_stream random(5);
  vivaldi a(random);
  vivaldi b(random);
  for (int i = 0; i < 300; ++i) {
    CHECK(a.update("b", b.here(), 20ms));
    CHECK(b.update("a", a.here(), 20ms));
  }
  CHECK(distance(a.here(), b.here()) > 0.015);
  CHECK(distance(a.here(), b.here()) < 0.025);
  coordinate bad;
  for (const double v : {std::nan(""), std::numeric_limits<double>::infinity(), 1e300, -1e9}) {
    bad.at[3] = v;
    CHECK(!a.update("evil", bad, 20ms));
  }
  CHECK(!a.update("b", b.here(), -5ms));
  CHECK(!a.update("b", b.here(), 1h));
  CHECK(plausible(a.here()));
  const std::uint64_t moves = a.moves();
  for (int i = 0; i < 100; ++i) (void)a.update("b", b.here(), 20ms);
  CHECK(a.moves() - moves <= 2);  // at rest nobody is told
}

}  // namespace mw::swim
