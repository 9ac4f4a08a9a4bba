// aead_test: AES-GCM of NIST's collection and ChaCha20-Poly1305 of RFC 8439; every bit counts.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/aead.h"

#include "common/crypto/testing/hex.h"

#include <doctest/doctest.h>

namespace mw::crypto {
namespace {

using testing::from_hex;
using testing::to_hex;

struct vector {
  aead_algorithm which;
  const char* key;
  const char* nonce;
  const char* authenticated;
  const char* message;
  const char* sealed;
  const char* tag;
};

constexpr const char* zeros = "0000000000000000000000000000000000000000000000000000000000000000";
constexpr const char* fe = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";

// Cases 13 to 16 of "The Galois/Counter Mode of Operation"; RFC 8439, 2.8.2.
const vector vectors[] = {
    {aead_algorithm::aes_256_gcm, zeros, "000000000000000000000000", "", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {aead_algorithm::aes_256_gcm, zeros, "000000000000000000000000", "",
     "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18",
     "d0d1c8a799996bf0265b98b5d48ab919"},
    {aead_algorithm::aes_256_gcm, fe, "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b"
     "5"
     "25b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "8"
     "38c5f61e6393ba7a0abcc9f662898015ad",
     "b094dac5d93471bdec1a502270e3cc6c"},
    {aead_algorithm::aes_256_gcm, fe, "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b"
     "5"
     "25b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "8"
     "38c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    {aead_algorithm::chacha20_poly1305,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
     "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a20496620492"
     "0636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073"
     "756e73637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da927"
     "28b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b48"
     "31d7bc3ff4def08e4b7a9de576d26586cec64b6116",
     "1ae10b594f09e26a7e902ecbd0600691"},
};

bool opens(const library& with, const vector& v, const testing::byte_list& sealed,
           const testing::byte_list& authenticated, const testing::byte_list& tag) {
  auto key = aead_key::make(with, v.which, aead_key::use::open, from_hex(v.key)).value();
  testing::byte_list out(sealed.size());
  return key.begin(from_hex(v.nonce), authenticated) && key.update(sealed, out.data()) &&
         key.finish_open(tag) && to_hex(out) == v.message;
}

}  // namespace

TEST_CASE("aead: the published vectors, sealed and opened") {
  const auto with = testing::repeatable();
  for (const vector& v : vectors) {
    CAPTURE(v.tag);
    auto key = aead_key::make(*with, v.which, aead_key::use::seal, from_hex(v.key)).value();
    const testing::byte_list message = from_hex(v.message);
    // Twice with the same context, and in pieces of every size.
    for (std::size_t piece = 1; piece <= message.size() + 1; ++piece) {
      testing::byte_list out(message.size());
      REQUIRE(key.begin(from_hex(v.nonce), from_hex(v.authenticated)));
      for (std::size_t at = 0; at < message.size(); at += piece)
        REQUIRE(key.update(bytes_view(message).subspan(at, std::min(piece, message.size() - at)),
                           out.data() + at));
      std::array<std::byte, aead_tag_size> tag{};
      REQUIRE(key.finish_seal(tag));
      REQUIRE(to_hex(out) == v.sealed);
      REQUIRE(to_hex(tag) == v.tag);
    }
    CHECK(opens(*with, v, from_hex(v.sealed), from_hex(v.authenticated), from_hex(v.tag)));
  }
}

TEST_CASE("aead: one bit of message, tag or authenticated bytes changed is refused") {
  const auto with = testing::repeatable();
  for (const vector& v : vectors) {
    const testing::byte_list whole[3] = {from_hex(v.sealed), from_hex(v.authenticated),
                                         from_hex(v.tag)};
    for (std::size_t part = 0; part < 3; ++part)
      for (std::size_t bit = 0; bit < whole[part].size() * 8; ++bit) {
        testing::byte_list changed[3] = {whole[0], whole[1], whole[2]};
        changed[part][bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
        REQUIRE(!opens(*with, v, changed[0], changed[1], changed[2]));
      }
    testing::byte_list shorter = whole[2];
    shorter.pop_back();
    CHECK(!opens(*with, v, whole[0], whole[1], shorter));
  }
}

TEST_CASE("aead: keys and nonces of a wrong size are refused") {
  const auto with = testing::repeatable();
  const testing::byte_list key(32);
  for (const auto which : {aead_algorithm::aes_256_gcm, aead_algorithm::chacha20_poly1305}) {
    for (std::size_t size = 0; size < 64; ++size) {
      const auto made = aead_key::make(*with, which, aead_key::use::seal, testing::byte_list(size));
      CHECK(made.ok() == (size == 32));
    }
    CHECK(!aead_key::make(*with, which, aead_key::use::seal, key, 0));
    auto good = aead_key::make(*with, which, aead_key::use::seal, key).value();
    CHECK(!good.begin(testing::byte_list(11), {}));
  }
  CHECK(!aead_key::make(*with, aead_algorithm::chacha20_poly1305, aead_key::use::seal, key, 8));
}

}  // namespace mw::crypto
