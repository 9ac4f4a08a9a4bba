// signed_test: members that sign: attacks by whoever holds the gossip key, and what still works.
// SPDX-License-Identifier: Apache-2.0
#include "native/codec.h"
#include "testing/stub_notary.h"
#include "testing/swarm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

namespace mw::swim::testing {
namespace {

const endpoint place{"10.0.0.1", 7946, false};
endpoint at(int i) {
  return {"10.0.1." + std::to_string(i), 7946, false};
}

struct one {
  one() : keys("self"), random(1), it({}, {"self", place, "", 1}, form, random, &keys) {
    it.start({});
  }

  alive_claim claim(const std::string& name, int where, std::uint32_t incarnation) {
    alive_claim c{incarnation, name, at(where), ""};
    c.signed_by = key_of(name).sign(c);
    return c;
  }
  stub_notary& key_of(const std::string& name) {
    return others.try_emplace(name, name).first->second;
  }
  void know(const std::string& name, int where) {
    keys.learn(*key_of(name).card(key_of(name).own_card()), {});
    hear(claim(name, where, 1));
  }
  void hear(const message& m, int from = 9, duration when = 1s) { it.receive(m, at(from), {when}); }
  [[nodiscard]] const member& of(const std::string& name) { return *it.members().find(name); }

  std::map<std::string, stub_notary> others;
  native::codec form;
  stub_notary keys;
  random_stream random;
  engine it;
};

}  // namespace

TEST_CASE("signed: impersonation, inflation, stripped and foreign signatures change nothing") {
  one o;
  o.know("a", 1);
  o.know("b", 2);
  const std::uint64_t before = o.it.digest();
  alive_claim bare{7, "a", at(1), "evil"};
  o.hear(bare);
  alive_claim foreign{7, "a", at(1), "evil"};
  foreign.signed_by = o.key_of("b").sign(foreign);
  o.hear(foreign);
  alive_claim inflated = o.claim("a", 1, 1);
  inflated.incarnation = 900;
  o.hear(inflated);
  alive_claim moved = o.claim("a", 1, 1);
  moved.at = at(66);
  o.hear(moved);
  o.hear(alive_claim{1, "invented", at(3), ""});
  o.hear(dead_claim{1, "a", "a"});  // it has not said so
  CHECK(o.it.digest() == before);
  CHECK(o.it.members().size() == 2);
  CHECK(o.of("a").state == liveness::alive);
  CHECK(o.it.counted().conflicts == 0);
  CHECK(o.keys.refused == 6);
  // Of ourselves.
  o.hear(alive_claim{50, "self", place, "evil"});
  o.hear(alive_claim{50, "self", at(5), ""});
  CHECK(o.it.self().incarnation == 1);
  CHECK(o.it.counted().conflicts == 0);
}

TEST_CASE("signed: what a member once said does not come back") {
  one o;
  o.know("a", 1);
  const alive_claim first = o.claim("a", 1, 1);
  o.hear(o.claim("a", 1, 3));
  dead_claim leaving{3, "a", "a"};
  leaving.signed_by = o.key_of("a").sign(leaving);
  o.hear(first);
  CHECK(o.of("a").incarnation == 3);
  o.hear(leaving);
  CHECK(o.of("a").state == liveness::left);
  o.hear(first);
  o.hear(o.claim("a", 1, 3));
  CHECK(o.of("a").state == liveness::left);
  // It is back, with something newer; then its old leaving is replayed.
  o.hear(o.claim("a", 1, 4));
  o.hear(leaving);
  CHECK(o.of("a").state == liveness::alive);
}

TEST_CASE("signed: accusations move no incarnation, and cannot exceed it by much") {
  one o;
  o.know("a", 1);
  o.hear(suspect_claim{1 + settings{}.accused_jump_max + 1, "a", "x"});
  CHECK(o.of("a").state == liveness::alive);
  CHECK(o.it.counted().refused_claims == 1);
  o.hear(suspect_claim{4, "a", "x"});
  CHECK(o.of("a").state == liveness::suspect);
  CHECK(o.of("a").incarnation == 1);
  // An older claim under way does not clear it; a newer one does, and is kept with its proof.
  o.hear(o.claim("a", 1, 4));
  CHECK(o.of("a").state == liveness::suspect);
  o.hear(o.claim("a", 1, 5));
  CHECK(o.of("a").state == liveness::alive);
  CHECK(o.of("a").signed_by != nullptr);
  // Each of our own steps is small, and there is one in a probe interval.
  for (int i = 0; i < 100; ++i) o.hear(suspect_claim{1'000'000, "self", "x"});
  CHECK(o.it.self().incarnation == 1 + settings{}.accused_jump_max + 1);
  o.hear(suspect_claim{o.it.self().incarnation, "self", "x"}, 8);  // what we have said: at once
  CHECK(o.it.self().incarnation == 1 + settings{}.accused_jump_max + 2);
}

TEST_CASE("signed: claims wait for a card, which only their teller is asked for") {
  one o;
  o.know("teller", 9);
  (void)o.it.take_outputs();
  o.hear(o.claim("new", 7, 1));
  const outputs out = o.it.take_outputs();
  REQUIRE(out.streams.size() == 1);
  CHECK(out.streams[0].what == stream_task::kind::cards);
  CHECK(out.streams[0].to == at(9));
  CHECK(out.streams[0].cards.size() == 1);
  CHECK(o.it.members().find("new") == nullptr);
  o.it.take_cards({"card of new 0"}, {1s});
  CHECK(o.it.members().find("new") != nullptr);
  CHECK(o.it.waiting_claims() == 0);
  o.it.stream_answered(out.streams[0], {1s});
  // Strangers make this node dial nobody, unless they speak of themselves.
  o.hear(o.claim("far", 70, 1), 71);
  CHECK(o.it.take_outputs().streams.empty());
  o.hear(o.claim("near", 72, 1), 72);
  CHECK(o.it.take_outputs().streams.size() == 1);
  // Bounded: what waits, from one source and in all, and the conversations.
  for (int i = 0; i < 5'000; ++i) o.hear(o.claim("f" + std::to_string(i), 80, 1), 9);
  CHECK(o.it.waiting_claims() <= 300);
  CHECK(o.it.take_outputs().streams.size() <= 2);
  for (int i = 0; i < 5'000; ++i) o.hear(o.claim("g" + std::to_string(i), 90, 1), 100 + i % 100);
  CHECK(o.it.waiting_claims() == settings{}.waiting_claims_max);
  CHECK(o.it.counted().waiting_dropped > 0);
  // What does not come is forgotten.
  for (int i = 0; i < 200; ++i) o.it.tick({2s + i * 100ms});
  CHECK(o.it.waiting_claims() == 0);
}

namespace {

swarm_options signing(std::size_t members, std::uint64_t seed, std::size_t open_ones = 0) {
  swarm_options o;
  o.members = members;
  o.seed = seed;
  auto lives = std::make_shared<std::map<std::size_t, int>>();  // shared by copies of the options
  o.notaries = [open_ones, lives](std::size_t who) -> std::unique_ptr<notary> {
    return std::make_unique<stub_notary>(swarm::name_of(who), who >= open_ones, (*lives)[who]++);
  };
  return o;
}

}  // namespace

TEST_CASE("signed: a swarm meets, restarts, moves and leaves as one that does not sign") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    swarm s(signing(16, seed, seed % 2 == 0 ? 8 : 0));  // some only sign and do not ask for it
    s.start_all();
    CHECK(s.run_until([&] { return s.all_see_all(); }, 10s));
    s.kill(5);
    CHECK(s.run_until([&] { return s.all_see(5, liveness::dead); }, 60s));
    s.run_for(180s);
    s.restart(5);
    CHECK(s.run_until([&] { return s.all_see_all(); }, 30s));
    s.leave(6);
    s.run_for(20s);
    CHECK(s.all_see(6, liveness::left));
    s.kill(7);
    s.run_for(40s);
    s.restart(7, true);
    CHECK(s.run_until([&] { return s.all_see_all(); }, 60s));
    CHECK(s.wrong_deaths() == 0);
  }
}

namespace {

// Has the gossip key, the certificate of n0 and everything that was ever said; no other key.
class attacker {
 public:
  attacker(swarm& s, std::uint64_t seed, bool accuses)
      : s_(s), dice_(seed), accuses_(accuses), own_("n0", true, 77) {}

  void strike() {
    const std::size_t victim = 1 + dice_.below(s_.size() - 1);
    const std::size_t to = 1 + dice_.below(s_.size() - 1);
    const std::string name = swarm::name_of(victim);
    const member* const known = s_.at(to).members().find(name);
    if (known != nullptr && known->signed_by && recorded_.size() < 500)
      recorded_.push_back(
          {known->incarnation, name, known->at, known->meta, our_versions, *known->signed_by});
    const auto any = static_cast<std::uint32_t>(dice_.below(1u << 20));
    alive_claim forged{any, name, known == nullptr ? evil() : known->at, "evil"};
    switch (dice_.below(accuses_ ? 8 : 6)) {
      case 0:
        return hit(to, forged);
      case 1:
        forged.signed_by = own_.sign(forged);
        return hit(to, forged);
      case 2:
        if (known != nullptr && known->signed_by) forged.signed_by = *known->signed_by;
        return hit(to, forged);
      case 3:
        return hit(to, alive_claim{1, "fake" + std::to_string(any), evil(), ""});
      case 4:
        return hit(to, dead_claim{any, name, name});
      case 5:
        if (!recorded_.empty()) hit(to, recorded_[dice_.below(recorded_.size())]);
        return;
      case 6:
        return hit(to, suspect_claim{any % 64, name, "fake" + std::to_string(any)});
      default:
        return hit(to, dead_claim{any % 64, name, "fake" + std::to_string(any)});
    }
  }

 private:
  static endpoint evil() { return {"10.9.9.9", 7946, false}; }
  void hit(std::size_t to, const message& m) {
    if (s_.up(to)) s_.deliver(to, m, evil());
  }

  swarm& s_;
  random_stream dice_;
  bool accuses_;
  stub_notary own_;
  std::vector<alive_claim> recorded_;
};

void check_views(swarm& s, std::uint64_t seed) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    CHECK(s.at(i).self().incarnation < 2'000);
    for (const auto& m : s.at(i).members().all()) {
      CHECK_MESSAGE(!m->name.starts_with("fake"), "seed ", seed);
      CHECK_MESSAGE(m->meta.empty(), "seed ", seed);
      CHECK_MESSAGE(m->at.host != "10.9.9.9", "seed ", seed);
      CHECK_MESSAGE(m->state != liveness::left, "seed ", seed);
      CHECK_MESSAGE(m->signed_by != nullptr, "seed ", seed);
    }
  }
}

}  // namespace

TEST_CASE("signed: an attacker inside the cluster can accuse, and do nothing else") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    swarm s(signing(12, seed));
    s.start_all();
    s.run_for(15s);
    attacker lies(s, seed, false);
    for (int i = 0; i < 2'000; ++i) {
      lies.strike();
      s.run_for(20ms);
    }
    check_views(s, seed);
    CHECK_MESSAGE(s.deaths().empty(), "seed ", seed);
    attacker accuses(s, seed + 100, true);
    for (int i = 0; i < 2'000; ++i) {
      accuses.strike();
      s.run_for(20ms);
    }
    check_views(s, seed);
    CHECK_MESSAGE(s.run_until([&] { return s.all_see_all(); }, 60s), "seed ", seed);
    const auto agree = [&] {
      for (std::size_t i = 1; i < 12; ++i)
        if (s.at(i).digest() != s.at(0).digest()) return false;
      return s.all_see_all();
    };
    CHECK_MESSAGE(s.run_until(agree, 60s), "seed ", seed);
  }
}

TEST_CASE("signed: cut and changed bytes of signed claims are no messages") {
  one o;
  const native::codec form;
  dead_claim leaving{3, "a", "a"};
  leaving.signed_by = o.key_of("a").sign(leaving);
  for (const message& m : {message(o.claim("a", 1, 3)), message(leaving)}) {
    const std::string bytes = form.encode(m);
    const auto back = native::decode(bytes);
    REQUIRE(back);
    CHECK(form.encode(*back) == bytes);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
      CHECK(!native::decode(std::string_view(bytes).substr(0, cut)));
    CHECK(!native::decode(bytes + "x"));
  }
}

}  // namespace mw::swim::testing
