// native_test: golden bytes, attacks on packets, and what a comparison costs.
// SPDX-License-Identifier: Apache-2.0
#include "native/codec.h"
#include "native/comparison.h"
#include "native/envelope.h"
#include "native/stream.h"
#include "testing/stub_notary.h"
#include "wire/stream_party.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace mw::swim::native {
namespace {

const endpoint place_a{"10.0.0.1", 7946, false};
const endpoint place_b{"10.0.0.2", 7946, false};
const endpoint elsewhere{"10.6.6.6", 7946, false};

std::string hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

struct peer {
  peer(std::string name, bool encrypted, std::string cluster = "demo", std::uint64_t salt = 1,
       char key = 'k')
      : random(salt) {
    if (encrypted) REQUIRE(ring.install(std::string(32, key)));
    wire = std::make_unique<envelope>(facts{std::move(name), std::move(cluster), &ring, salt, {}},
                                      [this] { return random.next(); });
  }
  std::string say(const message& m, time_point now = {}) {
    return wire->close({place_b, "", {codec().encode(m)}, false}, now);
  }
  keyring ring;
  random_stream random;
  std::unique_ptr<envelope> wire;
};

proof sample_proof() {
  proof out;
  for (std::size_t i = 0; i < out.card.size(); ++i) out.card[i] = static_cast<std::uint8_t>(i);
  for (std::size_t i = 0; i < out.signature.size(); ++i)
    out.signature[i] = static_cast<std::uint8_t>(255 - i);
  return out;
}

// Carries answers between two until nobody answers; what each heard.
struct heard {
  std::vector<heard_message> by_a, by_b;
};
heard talk(peer& a, const endpoint& at_a, peer& b, const endpoint& at_b, const std::string& first,
           time_point now = {}) {
  heard out;
  std::vector<std::pair<bool, std::string>> way{{true, first}};  // true: to b
  for (int i = 0; i < 20 && !way.empty(); ++i) {
    const auto [to_b, bytes] = way.front();
    way.erase(way.begin());
    opened_packet o = (to_b ? b : a).wire->open(bytes, to_b ? at_a : at_b, now);
    for (auto& m : o.messages) (to_b ? out.by_b : out.by_a).push_back(m);
    for (auto& answer : o.answers) {
      CHECK(answer.bytes.size() <= bytes.size() + 11);
      way.emplace_back(!to_b, answer.bytes);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("native: golden bytes, as PROTOCOL.md shows them") {
  std::ifstream file(MW_SWIM_PROTOCOL);
  std::stringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  const coordinate c{{0.5, 0, 0, 0, 0, 0, 0, 0}, 1.5, 0.25, 0.125};
  const std::pair<const char*, message> samples[] = {
      {"ping", ping{7, "n2", {}, "n1"}},
      {"ping_request", ping_request{8, place_b, "n2", true, {}, "n1"}},
      {"ack", ack{7, c, 0x0102030405060708}},
      {"nack", nack{8}},
      {"suspect", suspect_claim{3, "n2", "n1"}},
      {"alive", alive_claim{3, "n2", place_b, "m"}},
      {"dead", dead_claim{3, "n2", "n2"}},
      {"user", user_bytes{"hi"}},
      {"alive_signed", alive_claim{3, "n2", place_b, "m", our_versions, sample_proof()}},
      {"left_signed", dead_claim{3, "n2", "n2", sample_proof()}},
  };
  for (const auto& [name, m] : samples) {
    const std::string bytes = codec().encode(m);
    const std::string line = std::string(name) + " " + hex(bytes);
    CHECK_MESSAGE(document.find("\n" + line + "\n") != std::string::npos, line);
    const auto back = decode(bytes);
    REQUIRE(back);
    CHECK(codec().encode(*back) == bytes);
    for (std::size_t cut = 1; cut < bytes.size() && std::string(name) != "user"; ++cut)
      CHECK(!decode(std::string_view(bytes).substr(0, cut)));
  }
  peer a("n1", false, "demo", 0x1122334455667788);
  const std::string line = "packet " + hex(a.say(nack{8}, {258ms}));
  CHECK_MESSAGE(document.find("\n" + line + "\n") != std::string::npos, line);
}

TEST_CASE("native: nothing counts before its sender has proved that it is there") {
  for (const bool encrypted : {false, true}) {
    peer a("a", encrypted, "demo", 1);
    peer b("b", encrypted, "demo", 2);
    const std::string first = a.say(ping{1, "b", {}, "a"});
    const opened_packet alone = b.wire->open(first, place_a, {});
    CHECK(alone.messages.empty());
    REQUIRE(alone.answers.size() == 1);
    CHECK(alone.answers[0].bytes.size() <= first.size());
    CHECK(b.wire->held() == 1);
    const heard all = talk(b, place_b, a, place_a, alone.answers[0].bytes);
    CHECK(b.wire->held() == 0);
    CHECK(all.by_a.size() == 1);  // the first to speak: it heard the ping once a had proved itself
    CHECK(b.wire->open(a.say(nack{2}), place_a, {}).messages.size() == 1);
  }
}

TEST_CASE("native: replays, wrong keys, other clusters, spoofed sources, damage") {
  peer a("a", true, "demo", 1);
  peer b("b", true, "demo", 2);
  (void)talk(a, place_a, b, place_b, a.say(ping{1, "b", {}, "a"}));
  const std::string good = a.say(nack{5});
  CHECK(b.wire->open(good, place_a, {}).messages.size() == 1);
  CHECK(b.wire->open(good, place_a, {}).why == drop::replayed);
  // Another address has proved nothing.
  const opened_packet spoofed = b.wire->open(a.say(nack{6}), elsewhere, {});
  CHECK(spoofed.messages.empty());
  // A recording, played to a node that has never heard its sender.
  peer fresh("c", true, "demo", 3);
  CHECK(fresh.wire->open(good, place_a, {}).messages.empty());
  CHECK(fresh.wire->open(good, place_a, {}).why == drop::replayed);
  peer other_key("d", true, "demo", 4, 'x');
  CHECK(other_key.wire->open(good, place_a, {}).why == drop::key);
  peer other_cluster("d", true, "prod", 4);
  CHECK(other_cluster.wire->open(good, place_a, {}).why == drop::label);
  peer open("e", false, "demo", 5);
  CHECK(open.wire->open(good, place_a, {}).why == drop::key);
  CHECK(b.wire->open(open.say(nack{1}), place_a, {}).why == drop::plaintext);
  const std::string next = a.say(nack{9});
  for (std::size_t i = 0; i < next.size(); ++i) {
    std::string bad = next;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK(b.wire->open(bad, place_a, {}).messages.empty());
  }
  CHECK(b.wire->open(next, place_a, {}).messages.size() == 1);
}

TEST_CASE("native: what was held back for an hour is not heard, and its sender may go on") {
  peer a("a", true, "demo", 1);
  peer b("b", true, "demo", 2);
  (void)talk(a, place_a, b, place_b, a.say(ping{1, "b", {}, "a"}));
  const std::string late = a.say(dead_claim{3, "x", "y"}, {1s});
  CHECK(b.wire->open(a.say(nack{1}, {3600s}), place_a, {3600s}).messages.size() == 1);
  const opened_packet refused = b.wire->open(late, place_a, {3601s});
  CHECK(refused.why == drop::stale);
  CHECK(refused.messages.empty());
  (void)talk(b, place_b, a, place_a, refused.answers.at(0).bytes, {3601s});
  CHECK(b.wire->open(a.say(nack{2}, {3602s}), place_a, {3602s}).messages.size() == 1);
}

TEST_CASE("native: a million invented senders take bounded room") {
  peer b("b", false, "demo", 2);
  std::uint64_t salt = 10;
  for (int i = 0; i < 200'000; ++i) {
    peer fake("f", false, "demo", ++salt);
    (void)b.wire->open(fake.say(ping{1, "b", {}, "f"}), elsewhere, {});
  }
  CHECK(b.wire->senders() <= envelope::senders_max);
  CHECK(b.wire->held() <= envelope::held_max);
}

namespace {

struct end final : knowledge {
  end(std::string name, const endpoint& at, std::uint64_t seed, notary* signer = nullptr)
      : random(seed), core({}, {std::move(name), at, "", 1}, form, random, signer) {
    core.start({});
  }
  engine& live_core() override { return core; }
  std::string user_state() override { return "state"; }
  void merge_user_state(std::string_view, bool) override {}
  void user_message(const std::string&) override {}
  time_point now() const override { return {1s}; }
  codec form;
  random_stream random;
  engine core;
};

std::size_t converse(stream_party& d, stream_party& a) {
  std::size_t bytes = 0;
  std::string there = d.begin().write;
  std::string back;
  for (int i = 0; i < 20 && (!there.empty() || !back.empty()); ++i) {
    bytes += there.size() + back.size();
    const stream_step by_a = there.empty() ? stream_step{} : a.feed(std::exchange(there, {}));
    CHECK(by_a.why == drop::none);
    back += by_a.write;
    const stream_step by_d = back.empty() ? stream_step{} : d.feed(std::exchange(back, {}));
    CHECK(by_d.why == drop::none);
    there += by_d.write;
  }
  return bytes;
}

void fill(end& e, std::size_t members) {
  for (std::size_t i = 0; i < members; ++i)
    e.core.receive(
        alive_claim{
            1,
            "member-" + std::to_string(i),
            {"10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1), 7946, false},
            "tags of this member"},
        endpoint{}, {});
}

}  // namespace

TEST_CASE("native: one difference among 1,024 members costs less than 4 KiB both ways") {
  for (const bool encrypted : {false, true}) {
    keyring ring;
    if (encrypted) REQUIRE(ring.install(std::string(32, 'k')));
    random_stream random(9);
    const stream_facts with{"demo", &ring, [&random] {
                              std::string s(16, '\0');
                              for (char& c : s) c = static_cast<char>(random.next());
                              return s;
                            }};
    end a("a", place_a, 1);
    end b("b", place_b, 2);
    fill(a, 1'024);
    fill(b, 1'024);
    a.core.receive(alive_claim{1, "b", place_b, ""}, place_a, {});
    b.core.receive(alive_claim{1, "a", place_a, ""}, place_a, {});
    CHECK(a.core.digest() == b.core.digest());
    b.core.receive(alive_claim{2, "member-77", {"10.1.0.78", 7946, false}, "other"}, place_a, {});
    CHECK(a.core.digest() != b.core.digest());
    const auto d = make_dialler(with, a, {stream_task::kind::sync, place_b, "b", 0});
    const auto acceptor = make_acceptor(with, b, place_a);
    const std::size_t cost = converse(*d, *acceptor);
    MESSAGE("bytes both ways: " << cost);
    CHECK(cost <= 4'096);
    CHECK(a.core.digest() == b.core.digest());
    // An empty one learns everything.
    end c("c", elsewhere, 3);
    const auto joins = make_dialler(with, c, {stream_task::kind::join, place_b, "", 0});
    const auto host = make_acceptor(with, b, place_a);
    (void)converse(*joins, *host);
    CHECK(c.core.members().living() == 1'026);
    CHECK(b.core.members().find("c") != nullptr);
    CHECK(b.core.digest() == c.core.digest());
  }
}

TEST_CASE(
    "native: conversations bring the cards that signed claims need, and hand out single ones") {
  keyring ring;
  REQUIRE(ring.install(std::string(32, 'k')));
  const stream_facts with{"demo", &ring, [] { return std::string(16, 's'); }};
  testing::stub_notary by_a("a"), by_b("b"), by_c("c");
  end a("a", place_a, 1, &by_a);
  end b("b", place_b, 2, &by_b);
  end c("c", elsewhere, 3, &by_c);
  for (int i = 0; i < 200; ++i) {
    const std::string name = "member-" + std::to_string(i);
    testing::stub_notary key(name);
    alive_claim claim{1, name, {"10.1.0." + std::to_string(i + 1), 7946, false}, "tags"};
    claim.signed_by = key.sign(claim);
    b.core.take_cards({*key.card(key.own_card())}, {});
    b.core.receive(claim, endpoint{}, {});
  }
  CHECK(b.core.members().size() == 200);
  const auto meet = [&](end& from, const endpoint& at) {
    const auto d = make_dialler(with, from, {stream_task::kind::join, place_b, "", 0});
    const auto other = make_acceptor(with, b, {at.host, 0, false});
    return converse(*d, *other);
  };
  (void)meet(a, place_a);
  CHECK(a.core.digest() == b.core.digest());
  CHECK(a.core.members().size() == 201);
  // Leavings are proved, too, and one difference costs little.
  b.core.leave({2s});
  MESSAGE("bytes both ways: " << meet(a, place_a));
  CHECK(a.core.members().find("b")->state == liveness::left);
  // Cards alone: what is known, nothing else.
  stream_task ask{stream_task::kind::cards, place_b, "b", 0};
  ask.cards = {by_b.own_card(), card_id{}};
  const auto d = make_dialler(with, c, ask);
  const auto other = make_acceptor(with, b, elsewhere);
  (void)converse(*d, *other);
  CHECK(c.core.card(by_b.own_card()) != nullptr);
  CHECK(c.core.members().size() == 0);
}

TEST_CASE("native: streams of other clusters, keys and ends are refused") {
  keyring one, two, none;
  REQUIRE(one.install(std::string(32, '1')));
  REQUIRE(two.install(std::string(32, '2')));
  const auto salt = [] { return std::string(16, 's'); };
  const stream_facts with_one{"demo", &one, salt}, with_two{"demo", &two, salt},
      open{"demo", &none, salt}, other{"prod", &one, salt};
  end a("a", place_a, 1);
  end b("b", place_b, 2);
  const stream_task task{stream_task::kind::ping, place_b, "b", 5};
  const auto refused = [&](const stream_facts& from, const stream_facts& to) {
    const auto d = make_dialler(from, a, task);
    const auto acceptor = make_acceptor(to, b, place_a);
    return acceptor->feed(d->begin().write).why;
  };
  CHECK(refused(with_one, with_one) == drop::none);
  CHECK(refused(with_two, with_one) == drop::key);
  CHECK(refused(open, with_one) == drop::plaintext);
  CHECK(refused(with_one, open) == drop::key);
  CHECK(refused(other, with_one) == drop::label);
}

}  // namespace mw::swim::native
