// serf_test: memberlist's forms, byte by byte, and hostile packets and streams.
// SPDX-License-Identifier: Apache-2.0
#include "serf/codec.h"
#include "serf/envelope.h"
#include "serf/push_pull.h"
#include "serf/stream_cutter.h"
#include "wire/bytes.h"
#include "wire/lzw.h"
#include "wire/pack.h"

#include <doctest/doctest.h>

namespace mw::swim::serf {
namespace {

struct bench {
  explicit bench(bool encrypted, std::string label = {}) {
    if (encrypted) REQUIRE(ring.install(std::string(32, 'k')));
    with.keys = &ring;
    with.label = std::move(label);
    with.nonce = [this] { return std::string(11, 'n') + static_cast<char>(++count); };
  }
  keyring ring;
  char count = 0;
  layers with;
};

const endpoint there{"10.0.0.1", 7946, false};

packet of(std::vector<message> messages) {
  packet p{there, "n2", {}, false};
  for (const message& m : messages) p.parts.push_back(codec(0).encode(m));
  return p;
}

}  // namespace

TEST_CASE("serf: the bytes of a ping and of an alive claim") {
  CHECK(codec(0).encode(ping{5, "n1", {}, {}}) ==
        std::string("\x00\x82\xa4Node\xa2n1\xa5SeqNo\x05", 17));
  const std::string alive = codec(0).encode(alive_claim{1, "a", there, "m", our_versions});
  CHECK(alive == std::string("\x04\x86\xa4"
                             "Addr\xa4\x0a\x00\x00\x01\xabIncarnation\x01\xa4Meta\xa1m\xa4Node\xa1"
                             "a\xa4Port\xcd\x1f\x0a\xa3Vsn\xa6\x01\x05\x02\x02\x05\x05",
                             alive.size()));
}

TEST_CASE("serf: packets come back, plain, encrypted and labelled") {
  for (const bool encrypted : {false, true}) {
    for (const std::string label : {"", "blue"}) {
      bench b(encrypted, label);
      envelope e(b.with);
      const coordinate c;
      const std::string bytes =
          e.close(of({ping{1, "n2", {}, {}}, ack{2, c, {}}, nack{3}, suspect_claim{4, "x", "y"},
                      dead_claim{5, "x", "y"}, alive_claim{6, "x", there, std::string(300, 'm')},
                      user_bytes{"hello"}, ping_request{7, there, "n3", true, {}, {}}}),
                  {});
      const opened_packet back = e.open(bytes, there, {});
      CHECK(back.why == drop::none);
      REQUIRE(back.messages.size() == 8);
      CHECK(std::get<ack>(back.messages[1].what).where.has_value());
      CHECK(std::get<alive_claim>(back.messages[5].what).meta.size() == 300);
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string bad = bytes;
        bad[i] = static_cast<char>(bad[i] ^ 0x41);
        const opened_packet broken = e.open(bad, there, {});
        if (encrypted) CHECK(broken.messages.empty());
        CHECK((broken.why != drop::none || !encrypted));
      }
      bench other(encrypted, "red");
      CHECK(envelope(other.with).open(bytes, there, {}).why == drop::label);
    }
  }
  bench plain(false);
  bench sealed(true);
  CHECK(envelope(sealed.with).open(envelope(plain.with).close(of({nack{1}}), {}), there, {}).why !=
        drop::none);
}

TEST_CASE("serf: nesting and bombs end") {
  bench b(false);
  envelope e(b.with);
  std::string nested = codec(0).encode(nack{1});
  for (int i = 0; i < 10; ++i) {
    std::string outer("\x07\x01", 2);
    put(outer, static_cast<std::uint16_t>(nested.size()));
    nested = outer + nested;
  }
  CHECK(e.open(nested, there, {}).why == drop::malformed);
  std::string bomb(1, '\x09');
  packer(bomb).map(2).raw("Algo").number(0).raw("Buf").raw(lzw_compress(std::string(1 << 20, 'x')));
  CHECK(e.open(bomb, there, {}).why == drop::malformed);
  // The versions of memberlist's issue: too short an array.
  std::string shorter = codec(0).encode(alive_claim{1, "a", there, "", our_versions});
  shorter.resize(shorter.size() - 7);
  shorter += std::string("\xa2\x01\x05", 3);
  CHECK(!decode(shorter));
}

TEST_CASE("serf: a state comes back, in any pieces, and no byte after it is taken") {
  push_pull p;
  p.join = true;
  p.user_state = "opaque";
  for (int i = 0; i < 40; ++i)
    p.members.push_back(
        {{7, "n" + std::to_string(i), there, "meta", our_versions}, static_cast<liveness>(i % 4)});
  for (const bool encrypted : {false, true}) {
    bench b(encrypted, "l");
    const std::string bytes = close_stream(b.with, encode(p), true);
    for (const std::size_t piece : {1u, 7u, 100'000u}) {
      stream_cutter cutter(true);
      auto state = stream_cutter::state::more;
      for (std::size_t at = 0; at < bytes.size(); at += piece) {
        CHECK(state == stream_cutter::state::more);
        state = cutter.feed(std::string_view(bytes).substr(at, piece));
      }
      REQUIRE(state == stream_cutter::state::whole);
      CHECK(cutter.label() == "l");
      const unwrapped opened = open_stream(b.with, cutter.text());
      REQUIRE(opened.why == drop::none);
      const auto back = decode_push_pull(opened.bytes);
      REQUIRE(back);
      CHECK(back->members.size() == 40);
      CHECK(back->members[3].state == liveness::left);
      CHECK(back->user_state == "opaque");
      CHECK(back->join);
    }
    stream_cutter longer(true);
    CHECK(longer.feed(bytes + "x") == stream_cutter::state::broken);
  }
}

}  // namespace mw::swim::serf
