// wire_test: bytes, packs, compression, keys: each against vectors and against damage.
// SPDX-License-Identifier: Apache-2.0
#include "wire/aead.h"
#include "wire/bytes.h"
#include "wire/keyring.h"
#include "wire/lzw.h"
#include "wire/pack.h"

#include <mw/random.h>

#include <doctest/doctest.h>

namespace mw::swim {
namespace {

std::string unhex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return out;
}

}  // namespace

TEST_CASE("ip: texts and bytes") {
  for (const std::string_view text :
       {"127.0.0.1", "10.1.255.0", "::1", "fe80::1:2", "2001:db8::", "1:2:3:4:5:6:7:8", "::"})
    CHECK(ip_text(ip_bytes(text)) == text);
  CHECK(ip_text(ip_bytes("::ffff:10.0.0.1")) == "10.0.0.1");
  for (const std::string_view bad : {"", "1.2.3", "1.2.3.256", "1.2.3.4.5", "a.b.c.d", "1:2", ":::",
                                     "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "name.example"})
    CHECK(ip_bytes(bad).empty());
}

TEST_CASE("pack: every form comes back, and hostile ones do not hang") {
  std::string out;
  packer p(out);
  p.map(3).raw("a").number(70'000).raw("b").array(2).real(1.5).boolean(true).raw("c").nil();
  unpacker in(out);
  CHECK(in.map() == 3);
  CHECK(in.raw() == "a");
  CHECK(in.number() == 70'000);
  in.skip();
  CHECK(in.array() == 2);
  CHECK(in.real() == 1.5);
  CHECK(in.boolean());
  in.skip();
  CHECK(in.nil());
  CHECK(!in.failed());
  const std::string many = unhex("dfffffffff");
  unpacker lie(many);
  CHECK(lie.map() == 0);
  CHECK(lie.failed());
  const std::string nested(100, '\x91');
  unpacker deep(nested);
  deep.skip();
  CHECK(deep.failed());
}

TEST_CASE("lzw: comes back, is bounded, and is what Go writes") {
  // compress/lzw of Go, LSB, 8 bits, for "TOBEORNOTTOBEORTOBEORNOT".
  CHECK(lzw_compress("") == unhex("000302"));
  random_stream random(3);
  for (std::size_t size : {1u, 2u, 10u, 1'000u, 30'000u}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text.push_back(static_cast<char>('a' + random.below(size < 100 ? 2 : 7)));
    const std::string small = lzw_compress(text);
    CHECK(lzw_expand(small, size) == text);
    CHECK(!lzw_expand(small, size - 1));
    for (std::size_t cut = 0; cut < small.size(); cut += 1 + small.size() / 50)
      CHECK(!lzw_expand(std::string_view(small).substr(0, cut), size));
  }
  std::string same(100'000, 'x');
  CHECK(lzw_expand(lzw_compress(same), same.size()) == same);
  CHECK(lzw_compress(same).size() < 1'000);
  std::string noise;
  for (int i = 0; i < 50'000; ++i) noise.push_back(static_cast<char>(random.next()));
  CHECK(lzw_expand(lzw_compress(noise), noise.size()) == noise);
}

TEST_CASE("aead: a vector of the GCM specification, and every flipped bit") {
  const std::string key(16, '\0');
  const std::string nonce(12, '\0');
  const std::string sealed = aead_seal(key, nonce, "", std::string(16, '\0'));
  CHECK(sealed == unhex("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"));
  CHECK(aead_open(key, nonce, "", sealed) == std::string(16, '\0'));
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    std::string bad = sealed;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    CHECK(!aead_open(key, nonce, "", bad));
  }
  CHECK(!aead_open(key, nonce, "x", sealed));
  CHECK(!aead_open(std::string(16, '\1'), nonce, "", sealed));
}

TEST_CASE("hkdf: test case 1 of RFC 5869") {
  CHECK(hkdf_sha256(std::string(22, '\x0b'), unhex("000102030405060708090a0b0c"),
                    unhex("f0f1f2f3f4f5f6f7f8f9"), 32) ==
        unhex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
}

TEST_CASE("base64: canonical only") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(from_base64("Zm9vYg==") == "foob");
  for (const std::string_view bad : {"Zg=", "Zh==", "Zg==Zg==", "====", "Zg=a", "Z g=", "Zg"})
    CHECK(!from_base64(bad));
}

TEST_CASE("keyring: rotation, and what it refuses") {
  keyring ring;
  const std::string one(16, '1');
  const std::string two(32, '2');
  CHECK(!ring.install("short"));
  CHECK(ring.install(one));
  CHECK(ring.install(two));
  CHECK(ring.install(two));
  CHECK(ring.keys().size() == 2);
  CHECK(ring.primary() == one);
  CHECK(ring.remove(one).error().kind() == errc::denied);
  CHECK(ring.use(two));
  CHECK(ring.primary() == two);
  CHECK(ring.use(std::string(16, '9')).error().kind() == errc::not_found);
  CHECK(*ring.find(keyring::id_of(one)) == one);
  const auto back = parse_keyring_file(keyring_file(ring));
  REQUIRE(back);
  CHECK(back->keys() == ring.keys());
  CHECK(ring.remove(one));
  CHECK(ring.find(keyring::id_of(one)) == nullptr);
  for (char c = 'a'; c < 'd'; ++c) CHECK(ring.install(std::string(16, c)));
  CHECK(ring.install(std::string(16, 'z')).error().kind() == errc::overloaded);
  for (const std::string_view bad : {"", "[", "[\"x\"]", "[\"Zg==\"]", "{}", "[] x"})
    CHECK(!parse_keyring_file(bad));
}

}  // namespace mw::swim
