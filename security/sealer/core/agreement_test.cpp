// agreement_test: rotation, restarts, and announcements that are forged, repeated or stale.
// SPDX-License-Identifier: Apache-2.0
#include "testing/world.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace mw::sealing {
namespace {

using testing::byte_list;
using testing::world;

void two(world& w) {
  w.boot("a");
  w.boot("b");
  w.connect("a", "b");
  w.settle();
}

bool both_ways(world& w, const std::string& a = "a", const std::string& b = "b") {
  return w.open(a, b, w.seal(a, b, "there")) == "there" &&
         w.open(b, a, w.seal(b, a, "back")) == "back";
}

byte_list announcement_of(world& w, const std::string& node) {
  const own_key& key = w.core(node).keys().current();
  return write_announcement({1, key.claim, key.signature});
}

}  // namespace

TEST_CASE("agreement: keys rotate by time, and messages under way still open") {
  world w;
  w.bounds.rotate_every = 10min;
  w.bounds.grace = 1min;
  w.bounds.age_max = 1h;
  two(w);
  std::set<std::uint64_t> names;
  for (int round = 0; round < 10; ++round) {
    const byte_list before = w.seal("a", "b", "before");
    const std::uint32_t epoch = w.core("a").keys().current().epoch;
    while (w.core("a").keys().current().epoch == epoch) {
      w.advance(10s);
      REQUIRE(both_ways(w));
    }
    names.insert(w.core("a").keys().current().name);
    if (round == 0) {
      w.advance(3min);
      CHECK(w.open("a", "b", before) == "[denied]");  // its key is gone
    }
    const byte_list last = w.seal("b", "a", "last of the old");
    w.core("a").rotate_now();
    w.advance(5s);
    CHECK(w.open("b", "a", last) == "last of the old");
  }
  CHECK(names.size() == 10);
  CHECK(w.core("a").keys().size() <= 3);
}

TEST_CASE("agreement: without the other side the old key serves until its grace ends") {
  world w;
  w.bounds.grace = 1min;
  two(w);
  w.wire = [](std::string_view, outgoing&) { return false; };  // nothing about keys gets through
  w.core("a").rotate_now();
  w.advance(30s);
  CHECK(w.open("a", "b", w.seal("a", "b", "old key")) == "old key");
  w.advance(60s);
  CHECK(w.seal("a", "b", "x").empty());
  w.wire = nullptr;
  w.advance(60s);
  CHECK(both_ways(w));
}

TEST_CASE("agreement: records run out: a successor before, a hard stop at the end") {
  world w;
  w.bounds.rotate_records = 100;
  two(w);
  int sealed = 0;
  // Time stands still, so nothing can be agreed: exactly a hundred.
  while (!w.seal("a", "b", "x").empty()) ++sealed;
  CHECK(sealed == 100);
  CHECK(w.refused("a", refusal::worn_out) == 1);
  w.advance(2s);
  CHECK(both_ways(w));
  // With time it never stops.
  for (int i = 0; i < 500; ++i) {
    REQUIRE(both_ways(w));
    if (i % 20 == 0) w.advance(1100ms);
  }
  CHECK(w.core("a").rotations() >= 4);
  CHECK(w.refused("a", refusal::worn_out) == 1);
}

TEST_CASE("agreement: bytes run out, too") {
  world w;
  w.bounds.rotate_bytes = 100'000;
  two(w);
  const std::string kilobyte(1000, 'x');
  int sealed = 0;
  while (!w.seal("a", "b", kilobyte).empty()) ++sealed;
  CHECK(sealed == 100);
  w.advance(2s);
  CHECK(both_ways(w));
}

TEST_CASE("agreement: both ends rotate at the same time") {
  world w;
  two(w);
  for (int i = 0; i < 20; ++i) {
    w.core("a").rotate_now();
    w.core("b").rotate_now();
    w.advance(30s);
    REQUIRE(both_ways(w));
  }
}

TEST_CASE("agreement: a node that restarts is agreed with again") {
  world w;
  two(w);
  for (int i = 0; i < 30; ++i) {
    const byte_list old = w.seal("a", "b", "for the life before");
    w.boot("b");
    CHECK(w.open("a", "b", old) == "[denied]");
    w.connect("a", "b");
    w.settle();
    w.advance(20s);
    REQUIRE(both_ways(w));
  }
}

TEST_CASE("agreement: a restart that nobody told of heals by itself") {
  world w;
  two(w);
  w.boot("b");
  w.core("b").meet("a", w["a"].life, w.at);
  CHECK(w.open("a", "b", w.seal("a", "b", "x")) == "[denied]");
  w.settle();
  w.advance(3s);
  CHECK(both_ways(w));
}

// The property that everything stands on.
TEST_CASE("agreement: no key seals twice with one number, over crashes, lies and rotations") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    world w(seed);
    w.bounds.rotate_records = 64;
    random_stream random(seed);
    two(w);
    std::set<std::pair<std::string, std::uint64_t>> used;
    std::uint64_t sealed = 0;
    for (int step = 0; step < 400; ++step) {
      const std::string from = random.chance(0.5) ? "a" : "b";
      const std::string to = from == "a" ? "b" : "a";
      for (int i = 0; i < 8; ++i) {
        const byte_list envelope = w.seal(from, to, "x");
        const auto view = read_envelope(envelope);
        if (!view) continue;
        ++sealed;
        // The commitment stands for the key.
        const bool fresh =
            used.emplace(crypto::testing::to_hex(view->commitment), view->head.sequence).second;
        REQUIRE(fresh);
      }
      const std::uint64_t dice = random.below(12);
      if (dice == 0) w.boot(from);
      if (dice <= 1) w.connect("a", "b");
      if (dice == 2) w.core(from).meet(to, 1000 + static_cast<std::uint64_t>(step), w.at);  // a lie
      if (dice == 3) w.core(from).meet(to, 0, w.at);
      if (dice == 4) w.core(from).rotate_now();
      if (dice == 5 && !w.log.empty()) {
        // Anything ever said is said again.
        const auto& [who, old] = w.log[random.below(w.log.size())];
        w.core(old.to).receive(who, old.message, w.at);
      }
      if (dice >= 6) w.settle();
      if (dice >= 9) w.advance(duration(1s) * static_cast<int>(random.below(200)));
    }
    CHECK(sealed > 500);
    w.connect("a", "b");
    w.settle();
    w.advance(3min);
    CHECK(both_ways(w));
  }
}

TEST_CASE("agreement: forged announcements are refused, bit by bit") {
  world w;
  w.boot("a");
  const byte_list good = announcement_of(w, "a");
  std::size_t refused_before = 0;
  for (std::size_t bit = 10 * 8; bit < good.size() * 8; ++bit) {  // the stamp is nobody's claim
    byte_list changed = good;
    changed[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    world fresh(bit);
    fresh.boot("b");
    fresh.core("b").receive("a", changed, fresh.at);
    const auto& all = fresh.core("b").refused();
    std::size_t count = 0;
    for (const std::uint64_t n : all) count += n;
    REQUIRE(count == 1);
    refused_before += count;
    bool known = false;
    fresh.core("b").each_peer([&](const peer& p) { known = known || !p.pairs.empty(); });
    REQUIRE(!known);
  }
  CHECK(refused_before == (good.size() - 10) * 8);
}

TEST_CASE("agreement: announcements under another name, of another cluster, cut or grown") {
  world w;
  two(w);
  w.boot("c");
  const byte_list of_a = announcement_of(w, "a");
  w.core("c").receive("b", of_a, w.at);
  CHECK(w.refused("c", refusal::key_wrong_node) == 1);
  for (std::size_t size = 0; size < of_a.size(); ++size) {
    world fresh;
    fresh.boot("c");
    fresh.core("c").receive("a", bytes_view(of_a).first(size), fresh.at);
    REQUIRE(fresh.refused("c", refusal::key_malformed) == 1);
  }
  byte_list longer = of_a;
  longer.push_back(std::byte{0});
  w.core("c").receive("a", longer, w.at);
  CHECK(w.refused("c", refusal::key_malformed) == 1);
  const auto library = crypto::testing::repeatable(99);
  testing::fake_notary papers(*library, "a");
  sealing_core other(*library, papers, {"a", "elsewhere"}, w.bounds);
  REQUIRE(other.start(w.at));
  const own_key& key = other.keys().current();
  w.core("c").receive("a", write_announcement({1, key.claim, key.signature}), w.at);
  CHECK(w.refused("c", refusal::key_wrong_cluster) == 1);
}

TEST_CASE("agreement: stale and future announcements are refused") {
  world w;
  w.boot("a");
  const byte_list good = announcement_of(w, "a");
  for (const auto& [shift, fine] : {std::pair<duration, bool>(-6min, false),
                                    {-4min, true},
                                    {24h + 2min + 4min, true},
                                    {24h + 2min + 6min, false},
                                    {-1'800'000'000s, false}}) {
    world later;
    later.at.wall.since_epoch += shift;
    later.boot("b");
    later.core("b").receive("a", good, later.at);
    CHECK((later.refused("b", refusal::key_stale) == 0) == fine);
  }
}

TEST_CASE("agreement: repeating the announcement of an earlier life changes nothing") {
  world w;
  two(w);
  const byte_list old = announcement_of(w, "b");
  w.boot("b");
  w.connect("a", "b");
  w.settle();
  w.advance(5s);
  REQUIRE(both_ways(w));
  for (int i = 0; i < 50; ++i) {
    w.core("a").receive("b", old, w.at);
    w.settle();
    w.advance(1s);
    REQUIRE(both_ways(w));
  }
  // Also when our own key changes meanwhile.
  w.core("a").rotate_now();
  w.advance(1s);
  w.core("a").receive("b", old, w.at);
  w.advance(5min);
  CHECK(both_ways(w));
}

TEST_CASE("agreement: a peer that talks too much is not listened to, and costs no signatures") {
  world w;
  w.boot("b");
  w.boot("a");
  byte_list bad = announcement_of(w, "a");
  bad.back() ^= std::byte{1};
  for (int i = 0; i < 1000; ++i) w.core("b").receive("a", bad, w.at);
  CHECK(w.refused("b", refusal::key_too_often) == 992);
  CHECK(w["b"].papers->proofs == 8);
}

TEST_CASE("agreement: peers are bounded, and those that went make room") {
  world w;
  w.bounds.peers_max = 3;
  w.boot("a");
  for (const char* name : {"b", "c", "d"}) {
    w.boot(name);
    w.connect("a", name);
  }
  w.settle();
  CHECK(w.core("a").agreed() == 3);
  w.boot("e");
  w.connect("a", "e");
  CHECK(w.refused("a", refusal::peers_full) == 1);
  w.core("a").meet("b", 0, w.at);
  w.core("a").rotate_now();
  w.advance(10min);
  w.connect("a", "e");
  w.settle();
  w.advance(5s);
  CHECK(both_ways(w, "a", "e"));
}

TEST_CASE("agreement: a revoked identity loses its keys at once") {
  world w;
  two(w);
  const byte_list sealed = w.seal("b", "a", "from b");
  w["a"].papers->revoked = "b";
  w.core("a").check_identities();
  CHECK(w.open("b", "a", sealed) == "[denied]");
  CHECK(w.seal("a", "b", "x").empty());
  CHECK(w.core("a").agreed() == 0);
}

TEST_CASE("agreement: a man in the middle who answers with a key of his own is refused") {
  world w;
  w.boot("a");
  w.boot("b");
  // He is an honest member, mallory, and puts his own claims in place of theirs.
  w.boot("mallory");
  w.wire = [&](std::string_view, outgoing& message) {
    if (kind_of(message.message).value() == key_message_kind::announce)
      message.message = announcement_of(w, "mallory");
    return true;
  };
  w.connect("a", "b");
  w.settle();
  w.advance(1min);
  CHECK(w.seal("a", "b", "x").empty());
  CHECK(w.refused("a", refusal::key_wrong_node) > 0);
  w.wire = nullptr;
  w.advance(2min);
  CHECK(both_ways(w));
}

TEST_CASE("agreement: a rotation that cannot be signed keeps the key in force") {
  world w;
  two(w);
  w["a"].papers->signs = false;
  w.core("a").rotate_now();
  w.advance(10s);
  CHECK(w.core("a").rotation_failures() > 0);
  CHECK(both_ways(w));
  w["a"].papers->signs = true;
  w.advance(10s);
  CHECK(w.core("a").rotations() == 1);
  CHECK(both_ways(w));
}

}  // namespace mw::sealing
