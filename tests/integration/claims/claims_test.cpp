// claims_test: who can speak for whom: real keys, real certificates, good ones and every bad one.
// SPDX-License-Identifier: Apache-2.0
#include "claims/signed_notary.h"
#include "common/x509/facts.h"
#include "common/x509/test_certs.h"
#include "native/codec.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mw::swim::claims {
namespace {

const x509::test_pki& pki() {
  static const x509::test_pki made(wall_time{std::chrono::hours(24 * 365 * 50)});
  return made;
}

const endpoint place{"10.0.0.1", 7946, false};

// Knows leaves by their bytes; revokes by name.
struct name_book final : authn {
  result<peer_identity> identify(bytes_view leaf, peer_side) override {
    const auto at = nodes.find(std::string(as_text(leaf)));
    if (at == nodes.end() || at->second == revoked) return failure(errc::denied, "AUTH000");
    peer_identity out;
    out.node = at->second;
    return out;
  }
  status still_good(const peer_identity&) const override { return {}; }
  std::unique_ptr<authn_watch> watch(function<void()>) override { return nullptr; }

  std::map<std::string, std::string> nodes;
  std::string revoked;
};

credential_set set_of(const x509::good_certificate& shown) {
  credential_set out;
  out.chain = shown.certificates;
  out.key = secret(shown.key);
  out.trust = pki().root.certificate;
  return out;
}

struct world {
  name_book names;
  wall_time now = pki().now;

  std::unique_ptr<signed_notary> member(const std::string& name, const x509::good_certificate& by,
                                        const std::string& label = "demo", double rate = 1'000) {
    names.nodes[x509::leaf_der(by.certificates)] = name;
    notary_facts facts;
    facts.label = label;
    facts.node = name;
    facts.checks_rate = rate;
    facts.seed = std::string(31, 's') + name.back();
    facts.names = &names;
    facts.wall = [this] { return now; };
    auto made = std::make_unique<signed_notary>(std::move(facts));
    const status taken = made->refresh(set_of(by));
    REQUIRE_MESSAGE(taken.ok(), (taken ? "" : taken.error().text()));
    return made;
  }
};

alive_claim claim_of(signed_notary& by, const std::string& node, std::uint32_t incarnation = 1) {
  alive_claim out{incarnation, node, place, "tags"};
  out.signed_by = by.sign(out);
  return out;
}

std::uint64_t refused(const signed_notary& n, refusal why) {
  return n.refused()[static_cast<std::size_t>(why)];
}

}  // namespace

TEST_CASE("claims: members with keys of every kind believe each other") {
  for (const x509::key_kind kind :
       {x509::key_kind::p256, x509::key_kind::p384, x509::key_kind::ed25519, x509::key_kind::rsa}) {
    world w;
    const auto a = w.member("n1", pki().node("n1", kind));
    const auto b = w.member("n2", pki().node("n2"));
    const alive_claim said = claim_of(*a, "n1");
    CHECK(b->judge(said, {}) == belief::card_unknown);
    REQUIRE(a->card(said.signed_by->card) != nullptr);
    const std::string card = *a->card(said.signed_by->card);
    CHECK(b->learn(card, {}) == belief::yes);
    CHECK(b->judge(said, {}) == belief::yes);
    // Once more costs nothing.
    const std::uint64_t checked = b->checked();
    CHECK(b->judge(said, {}) == belief::yes);
    CHECK(b->learn(card, {}) == belief::yes);
    CHECK(b->checked() == checked);
    // It is told on, with its card, to a third.
    const auto c = w.member("n3", pki().node("n3"));
    CHECK(c->learn(*b->card(said.signed_by->card), {}) == belief::yes);
    CHECK(c->judge(said, {}) == belief::yes);
    dead_claim leaving{1, "n1", "n1"};
    leaving.signed_by = a->sign(leaving);
    CHECK(c->judge(leaving, {}) == belief::yes);
    MESSAGE("a card of " << static_cast<int>(kind) << " has " << card.size() << " bytes");
    CHECK(card.size() <= card_bytes_max);
  }
}

TEST_CASE("claims: nobody speaks for others, and no field can be changed") {
  world w;
  const auto a = w.member("n1", pki().node("n1"));
  const auto b = w.member("n2", pki().node("n2"));
  const auto judge = w.member("n3", pki().node("n3"));
  for (const auto* one : {a.get(), b.get()})
    REQUIRE(judge->learn(*const_cast<signed_notary*>(one)->card(one->own_card()), {}) ==
            belief::yes);
  // n2 with a certificate of its own says something about n1.
  CHECK(judge->judge(claim_of(*b, "n1"), {}) == belief::no);
  CHECK(refused(*judge, refusal::other_node) == 1);
  // It says that n1's card stands for it.
  alive_claim borrowed = claim_of(*b, "n1", 9);
  borrowed.signed_by->card = a->own_card();
  CHECK(judge->judge(borrowed, {}) == belief::no);
  CHECK(refused(*judge, refusal::forged) == 1);
  const alive_claim good = claim_of(*a, "n1", 5);
  CHECK(judge->judge(good, {}) == belief::yes);
  alive_claim inflated = good;
  inflated.incarnation = 6;
  alive_claim moved = good;
  moved.at.port = 7947;
  alive_claim elsewhere = good;
  elsewhere.at.host = "10.0.0.2";
  alive_claim tagged = good;
  tagged.meta += "x";
  alive_claim renamed = good;
  renamed.node = "n2";
  alive_claim bare = good;
  bare.signed_by.reset();
  alive_claim flipped = good;
  flipped.signed_by->signature[17] ^= 1;
  for (const alive_claim& bad : {inflated, moved, elsewhere, tagged, renamed, bare, flipped})
    CHECK(judge->judge(bad, {}) == belief::no);
  CHECK(refused(*judge, refusal::bare) == 1);
  // An alive claim is not a leaving, and the other way round.
  dead_claim left{5, "n1", "n1"};
  left.signed_by = good.signed_by;
  CHECK(judge->judge(left, {}) == belief::no);
  CHECK(judge->take_last().starts_with("n1: "));
}

TEST_CASE("claims: what was signed for another cluster counts in that one only") {
  world w;
  const x509::good_certificate paper = pki().node("n1");
  const auto there = w.member("n1", paper, "staging");
  const auto here = w.member("n2", pki().node("n2"), "demo");
  CHECK(here->learn(*there->card(there->own_card()), {}) == belief::no);
  CHECK(refused(*here, refusal::card_denied) == 1);
  const auto same = w.member("n1", paper, "demo");
  REQUIRE(here->learn(*same->card(same->own_card()), {}) == belief::yes);
  alive_claim carried = claim_of(*there, "n1");
  carried.signed_by->card = same->own_card();
  CHECK(here->judge(carried, {}) == belief::no);
}

TEST_CASE("claims: cards with bad certificates, of nobody, cut or changed are refused") {
  world w;
  const auto judge = w.member("n9", pki().node("n9"));
  const std::string key = public_half(std::string(32, 'k'));
  std::size_t seen = 0;
  for (const x509::bad_certificate& bad : pki().all_bad()) {
    const bool about_use = bad.chain == x509::refusal::none || !bad.crl.empty() || !bad.sendable;
    // Only handshakes have two ends.
    const bool about_ends = bad.name.find("clientAuth alone") != std::string::npos ||
                            bad.name.find("serverAuth alone") != std::string::npos;
    if (about_use || about_ends) continue;
    credential_set set;
    set.chain = bad.certificates;
    set.key = secret(bad.key);
    const auto shown = papers::make(set);
    if (!shown) continue;
    card forged{"n1", key, (*shown)->chain(), {}};
    auto signature = (*shown)->sign(card_statement("demo", "n1", key));
    if (!signature) continue;
    forged.signature = *signature;
    w.names.nodes[forged.certificates.front()] = "n1";
    CHECK_MESSAGE(judge->learn(encode(forged), {}) == belief::no, bad.name);
    ++seen;
  }
  CHECK(seen >= 8);
  const auto a = w.member("n1", pki().node("n1"));
  const std::string good = *a->card(a->own_card());
  for (std::size_t i = 0; i < good.size(); i += 7) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK(judge->learn(changed, {std::chrono::seconds(i)}) != belief::yes);
    CHECK(judge->learn(good.substr(0, i), {std::chrono::seconds(i)}) != belief::yes);
  }
  CHECK(judge->cards() == 0);
  // Good, but for a node that our identities do not know.
  w.names.revoked = "n1";
  CHECK(judge->learn(good, {1h}) == belief::no);
  CHECK(judge->learn(std::string(card_bytes_max + 1, 'x'), {2h}) == belief::no);
}

TEST_CASE("claims: a certificate that ends or is revoked signs nothing any more") {
  world w;
  const auto a = w.member("n1", pki().node("n1"));
  const auto b = w.member("n2", pki().node("n2"));
  REQUIRE(b->learn(*a->card(a->own_card()), {}) == belief::yes);
  CHECK(b->judge(claim_of(*a, "n1", 1), {}) == belief::yes);
  w.names.revoked = "n1";
  CHECK(b->judge(claim_of(*a, "n1", 2), {}) == belief::yes);  // nobody has said so yet
  b->look_again();
  CHECK(b->judge(claim_of(*a, "n1", 3), {}) == belief::no);
  CHECK(refused(*b, refusal::expired) == 1);
  CHECK(b->judge(claim_of(*a, "n1", 4), {}) == belief::card_unknown);
  w.names.revoked.clear();
  REQUIRE(b->learn(*a->card(a->own_card()), {}) == belief::yes);
  w.now = wall_time{pki().until.since_epoch + 1s};
  CHECK(b->judge(claim_of(*a, "n1", 5), {}) == belief::no);
  CHECK(refused(*b, refusal::expired) == 2);
}

TEST_CASE("claims: checks have a budget, and cards of one node a bound") {
  world w;
  const auto a = w.member("n1", pki().node("n1"));
  const auto b = w.member("n2", pki().node("n2"), "demo", 20);
  REQUIRE(b->learn(*a->card(a->own_card()), {}) == belief::yes);
  std::size_t later = 0;
  for (std::uint32_t i = 1; i <= 100; ++i)
    later += b->judge(claim_of(*a, "n1", i), {}) == belief::later ? 1 : 0;
  CHECK(later == 84);  // the card has cost four
  CHECK(refused(*b, refusal::busy) == 84);
  CHECK(b->judge(claim_of(*a, "n1", 100), {1s}) == belief::yes);
  const x509::good_certificate paper = pki().node("n1");
  w.names.nodes[x509::leaf_der(paper.certificates)] = "n1";
  for (int life = 0; life < 10; ++life) {
    notary_facts facts;
    facts.label = "demo";
    facts.node = "n1";
    facts.seed = std::string(32, static_cast<char>('A' + life));
    facts.names = &w.names;
    facts.wall = [&w] { return w.now; };
    signed_notary again(std::move(facts));
    REQUIRE(again.refresh(set_of(paper)).ok());
    CHECK(b->learn(*again.card(again.own_card()), {std::chrono::seconds(10 + life)}) ==
          belief::yes);
  }
  CHECK(b->cards() == signed_notary::cards_each);
}

TEST_CASE("claims: the card of a member takes less than two KiB") {
  world w;
  const auto b = w.member("n2", pki().node("n2"), "demo", 100'000);
  std::vector<std::string> cards;
  for (int i = 0; i < 64; ++i) {
    const std::string name = "node-" + std::to_string(i);
    const auto a = w.member(name, pki().node(name));
    cards.push_back(*a->card(a->own_card()));
  }
  REQUIRE(b->learn(cards[0], {}) == belief::yes);  // what OpenSSL keeps for itself
  const std::size_t before = ::mallinfo2().uordblks;
  for (const std::string& one : cards) CHECK(b->learn(one, {}) == belief::yes);
  const std::size_t each = (::mallinfo2().uordblks - before) / 63;
  MESSAGE("bytes of the heap for each card: " << each);
  CHECK(b->cards() == 64);
  CHECK(each <= 2'048);
}

TEST_CASE("claims: credentials of another node are refused at the start, with both names") {
  world w;
  const auto paper = pki().node("n1");
  w.names.nodes[x509::leaf_der(paper.certificates)] = "n1";
  notary_facts facts;
  facts.label = "demo";
  facts.node = "n2";
  facts.seed = std::string(32, 's');
  facts.names = &w.names;
  facts.wall = [&w] { return w.now; };
  signed_notary n2(std::move(facts));
  const status taken = n2.refresh(set_of(paper));
  REQUIRE(!taken.ok());
  CHECK(taken.error().text().find("'n1', this node is 'n2'") != std::string::npos);
  CHECK(n2.card(n2.own_card()) == nullptr);
}

}  // namespace mw::swim::claims
