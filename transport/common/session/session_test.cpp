// session_test: what two sides agree on, what they refuse, and changed hellos that are noticed.
// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include "common/frame_payload.h"
#include "hello_samples.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>

namespace mw::wire {
namespace {

using samples::hex;

hello side(std::string node, unsigned seed) {
  hello h = samples::sample_hello();
  h.node = std::move(node);
  h.nonce.fill(static_cast<std::byte>(seed));
  return h;
}

spoken_hello spoken(hello says) {
  auto bytes = write_hello(says).value();
  return {std::move(says), std::move(bytes)};
}

// Both sides' outcome, which must be the same.
result<session> agreed(const hello& dialler, const hello& listener) {
  const auto a = spoken(dialler);
  const auto b = spoken(listener);
  auto one = negotiate(a, b, role::dialler);
  auto other = negotiate(b, a, role::listener);
  REQUIRE(one.ok() == other.ok());
  if (!one) {
    CHECK(one.error().kind() == other.error().kind());
    return one;
  }
  CHECK(one->version == other->version);
  CHECK(one->sum == other->sum);
  CHECK(one->packed == other->packed);
  CHECK(one->frame_max == other->frame_max);
  CHECK(one->transcript == other->transcript);
  CHECK(one->peer == listener);
  CHECK(other->peer == dialler);
  return one;
}

std::string refusal(const hello& dialler, const hello& listener) {
  auto got = agreed(dialler, listener);
  return got ? std::string("agreed")
             : std::string(to_string(got.error().kind())) + ": " + got.error().text();
}

TEST_CASE("session: the smaller limits and the best common choices") {
  hello a = side("n1", 1);
  hello b = side("n2", 2);
  a.frame_max = 8192;
  b.message_max = 9000;
  a.stream_window = 5000;
  b.link_window = 6000;
  a.exchanges = 7;
  b.compressions = compression_set(compression::none, compression::lz4, compression::zstd);
  a.compressions = b.compressions;
  const session got = agreed(a, b).value();
  CHECK(got.version == 1);
  CHECK(got.sum == checksum::xxh3);
  CHECK(got.packed == compression::lz4);
  CHECK(got.frame_max == 8192);
  CHECK(got.message_max == 9000);
  CHECK(got.stream_window == 5000);
  CHECK(got.link_window == 6000);
  CHECK(got.exchanges == 7);
  CHECK(got.limits().frame_max == 8192);
  CHECK(got.limits().sum == checksum::xxh3);
  b.checksums.remove(checksum::xxh3);
  CHECK(agreed(a, b).value().sum == checksum::crc32c);
  a.checksums.add(checksum::none);
  CHECK(agreed(a, b).value().sum == checksum::crc32c);
  b.checksums.add(checksum::none);
  CHECK(agreed(a, b).value().sum == checksum::none);
  a.compressions.remove(compression::lz4);
  CHECK(agreed(a, b).value().packed == compression::zstd);
  a.compressions = compression_set(compression::none);
  CHECK(agreed(a, b).value().packed == compression::none);
  a.frame_max = b.frame_max = 0xffffffff;
  CHECK(agreed(a, b).value().frame_max == frame_max);
}

TEST_CASE("session: refusals name both sides' values") {
  const hello ours = side("n1", 1);
  hello theirs = side("n2", 2);
  theirs.cluster = "other";
  CHECK(refusal(ours, theirs) ==
        "denied: another cluster (ours: demo, theirs: other): nodes talk only within theirs, see "
        "node.cluster");
  theirs = side("n2", 2);
  theirs.codec = "msgpack/2";
  CHECK(refusal(ours, theirs) ==
        "unsupported: another codec (ours: msgpack/1, theirs: msgpack/2): configure the same at "
        "both sides");
  theirs = side("n2", 2);
  theirs.checksums = checksum_set(checksum::none);
  CHECK(refusal(ours, theirs) ==
        "unsupported: no common checksum (ours: crc32c, xxh3, theirs: none): allow the same at "
        "both sides");
  theirs = side("n1", 2);
  theirs.life = 9;
  CHECK(refusal(ours, theirs) ==
        "denied: a second node named n1 in cluster demo (life ours: 72623859790382856, theirs: "
        "9): give each node an id of its own, see node.id");
  CHECK(refusal(ours, ours).starts_with("invalid: node n1 reached itself"));
  theirs = ours;
  theirs.nonce[0] ^= std::byte{1};  // each link of a process has a nonce of its own
  CHECK(refusal(ours, theirs).starts_with("invalid: node n1 reached itself"));
}

TEST_CASE("session: old and new peers meet in the middle, or say what they speak") {
  const auto speaking = [](std::uint16_t low, std::uint16_t high, unsigned seed) {
    hello h = side("n" + std::to_string(seed), seed);
    h.low = low;
    h.high = high;
    return h;
  };
  CHECK(agreed(speaking(1, 1, 1), speaking(1, 3, 2)).value().version == 1);
  CHECK(agreed(speaking(2, 5, 1), speaking(1, 3, 2)).value().version == 3);
  CHECK(agreed(speaking(3, 3, 1), speaking(1, 3, 2)).value().version == 3);
  CHECK(refusal(speaking(1, 1, 1), speaking(2, 3, 2)) ==
        "unsupported: no common version of the link format (ours: 1 to 1, theirs: 2 to 3): update "
        "the older side");
  // A newer peer's further fields change nothing but the transcript.
  const auto ours = spoken(side("n1", 1));
  const auto plain = spoken(side("n2", 2));
  spoken_hello newer = plain;
  newer.sent = samples::with_field(newer.sent, 90, as_bytes("news"));
  newer.says = read_hello(newer.sent).value();
  const session with = negotiate(ours, newer, role::dialler).value();
  const session without = negotiate(ours, plain, role::dialler).value();
  CHECK(with.peer == without.peer);
  CHECK(with.transcript != without.transcript);
}

TEST_CASE("session: what is offered depends on who can change the bytes") {
  hello wanted = side("n1", 1);
  wanted.checksums = checksum_set(checksum::none, checksum::crc32c);
  wanted.compressions = compression_set(compression::none, compression::zstd);
  const hello plain = offered(wanted, {});
  CHECK(plain.checksums == checksum_set(checksum::crc32c));
  CHECK(plain.compressions == compression_set(compression::none));
  CHECK(offered(wanted, {.authenticated = true}) == wanted);
  CHECK(offered(wanted, {.compress_unauthenticated = true}).compressions == wanted.compressions);
  wanted.checksums = checksum_set(checksum::none);
  CHECK(offered(wanted, {}).checksums == wanted.checksums);
  wanted.compressions = compression_set(compression::lz4);
  CHECK(offered(wanted, {.authenticated = true}).compressions.has(compression::none));
}

struct pair {
  handshake a = handshake::begin(side("n1", 1), {}, role::dialler).value();
  handshake b = handshake::begin(side("n2", 2), {}, role::listener).value();
};
constexpr frame_head hello_frame{.kind = frame_kind::hello};
constexpr frame_head confirm_frame{.kind = frame_kind::confirm};

TEST_CASE("handshake: hellos, confirms, done") {
  pair p;
  CHECK(p.a.on_frame(hello_frame, p.b.hello_payload()).value() == handshake::step::send_confirm);
  CHECK(p.b.on_frame(hello_frame, p.a.hello_payload()).value() == handshake::step::send_confirm);
  CHECK(p.a.on_frame(confirm_frame, p.b.confirm_payload()).value() == handshake::step::done);
  CHECK(p.b.on_frame(confirm_frame, p.a.confirm_payload()).value() == handshake::step::done);
  CHECK(p.a.agreed().peer.node == "n2");
  CHECK(p.b.take().peer.node == "n1");
  CHECK_FALSE(p.a.on_frame(confirm_frame, p.b.confirm_payload()));
}

TEST_CASE("handshake: a downgrade on the way is noticed by both") {
  pair p;
  const auto weaken = [](bytes_view payload) {
    hello h = read_hello(payload).value();
    h.checksums.remove(checksum::xxh3);
    return write_hello(h).value();
  };
  REQUIRE(p.a.on_frame(hello_frame, weaken(p.b.hello_payload())));
  REQUIRE(p.b.on_frame(hello_frame, weaken(p.a.hello_payload())));
  CHECK(p.a.agreed().sum == checksum::crc32c);
  auto at_a = p.a.on_frame(confirm_frame, p.b.confirm_payload());
  auto at_b = p.b.on_frame(confirm_frame, p.a.confirm_payload());
  REQUIRE_FALSE(at_a);
  REQUIRE_FALSE(at_b);
  CHECK(at_a.error().kind() == errc::denied);
  CHECK(at_a.error().text().starts_with("node n2 confirms other hellos"));
}

TEST_CASE("handshake: every byte of the confirm counts") {
  for (std::size_t at = 0; at < 32; ++at) {
    pair p;
    REQUIRE(p.a.on_frame(hello_frame, p.b.hello_payload()));
    REQUIRE(p.b.on_frame(hello_frame, p.a.hello_payload()));
    digest wrong;
    const bytes_view right = p.b.confirm_payload();
    std::copy(right.begin(), right.end(), wrong.begin());
    wrong[at] ^= std::byte{1};
    CHECK_FALSE(p.a.on_frame(confirm_frame, wrong));
  }
  pair p;
  REQUIRE(p.a.on_frame(hello_frame, p.b.hello_payload()));
  CHECK_FALSE(p.a.on_frame(confirm_frame, {}));
}

TEST_CASE("handshake: nothing else passes before it is done") {
  for (unsigned kind = 1; kind <= 14; ++kind) {
    pair p;
    auto early = p.a.on_frame({.kind = static_cast<frame_kind>(kind)}, {});
    REQUIRE_FALSE(early);
    CHECK(early.error().kind() ==
          (kind == static_cast<unsigned>(frame_kind::goodbye) ? errc::internal : errc::invalid));
  }
  pair p;
  REQUIRE(p.a.on_frame(hello_frame, p.b.hello_payload()));
  CHECK_FALSE(p.a.on_frame({.kind = frame_kind::request, .id = 1}, {}));
  for (const frame_head& odd : {frame_head{.kind = frame_kind::hello, .packed = compression::zstd},
                                frame_head{.kind = frame_kind::hello, .more = true},
                                frame_head{.kind = frame_kind::hello, .first = false},
                                frame_head{.kind = frame_kind::hello, .id = 1}}) {
    pair q;
    CHECK_FALSE(q.a.on_frame(odd, q.b.hello_payload()));
  }
}

TEST_CASE("handshake: a refusal of the peer is shown as what it said") {
  pair p;
  std::array<std::byte, farewell_max> bytes;
  const std::size_t size = write_farewell({errc::denied, "another cluster"}, bytes);
  auto got = p.a.on_frame({.kind = frame_kind::goodbye}, bytes_view(bytes).first(size));
  REQUIRE_FALSE(got);
  CHECK(got.error().kind() == errc::denied);
  CHECK(got.error().text() == "the peer refuses: another cluster");
}

TEST_CASE("sha256: published values") {
  const auto of = [](std::string_view text) {
    sha256 hash;
    for (const char& c : text) hash.add(as_bytes({&c, 1}));
    return hex(hash.finish());
  };
  CHECK(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  sha256 million;
  const std::string thousand(1000, 'a');
  for (int i = 0; i < 1000; ++i) million.add(as_bytes(thousand));
  CHECK(hex(million.finish()) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("session: the transcript is the documented one") {
  const auto a = spoken(side("n1", 1));
  const auto b = spoken(side("n2", 2));
  sha256 hash;
  hash.add(as_bytes("meshwright link 1"));
  for (const auto* sent : {&a.sent, &b.sent}) {
    std::array<std::byte, 4> size;
    write_u32(static_cast<std::uint32_t>(sent->size()), size.data());
    hash.add(size);
    hash.add(*sent);
  }
  CHECK(negotiate(a, b, role::dialler).value().transcript == hash.finish());
}

}  // namespace
}  // namespace mw::wire
