// signature_test: Ed25519 of RFC 8032, ECDSA P-256 of RFC 6979, and what must not verify.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/signature.h"

#include "common/crypto/testing/hex.h"

#include <doctest/doctest.h>

namespace mw::crypto {
namespace {

using testing::from_hex;
using testing::to_hex;

struct vector {
  const char* seed;
  const char* key;
  const char* message;
  const char* signature;
};

const vector rfc_8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"}};

// The key of RFC 6979, A.2.5, as a certificate holds it.
constexpr const char* p256 =
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr const char* sample_signature =
    "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
constexpr const char* test_signature =
    "3045022100f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
    "0220019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";

// SEC1 key on P-256, made for this test.
constexpr const char* ecdsa_pem = R"(-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIOrhmUgCYvcV2c5Oe7YIDZpBvxB8qQeYXB20GFcC4JvuoAoGCCqGSM49
AwEHoUQDQgAEd8Xw8K085mNgEU6+M3KHJkOVXf3RWKd1V7DPfoEPD4b6vb9h8i83
tNKKShVoz03TNpNnd6V9iv0VQRGMt4Q3sA==
-----END EC PRIVATE KEY-----
)";

}  // namespace

TEST_CASE("signature: Ed25519 of RFC 8032, signed and verified") {
  const auto with = testing::repeatable();
  for (const vector& v : rfc_8032) {
    const auto key = private_key::from_ed25519(*with, from_hex(v.seed)).value();
    CHECK(to_hex(key.sign(from_hex(v.message)).value()) == v.signature);
    const auto half = public_key::from_ed25519(*with, from_hex(v.key)).value();
    const auto good = from_hex(v.signature);
    CHECK(half.verify(from_hex(v.message), good));
    CHECK(!half.verify(from_hex("00"), good));
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      auto changed = good;
      changed[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
      REQUIRE(!half.verify(from_hex(v.message), changed));
    }
    for (std::size_t size = 0; size < good.size(); ++size)
      REQUIRE(!half.verify(from_hex(v.message), bytes_view(good).first(size)));
  }
}

TEST_CASE("signature: ECDSA P-256 of RFC 6979 verifies") {
  const auto with = testing::repeatable();
  const auto key = public_key::from_der(*with, from_hex(p256)).value();
  CHECK(key.kind() == signature_kind::ecdsa_p256);
  CHECK(key.verify(as_bytes("sample"), from_hex(sample_signature)));
  CHECK(key.verify(as_bytes("test"), from_hex(test_signature)));
  CHECK(!key.verify(as_bytes("sample"), from_hex(test_signature)));
  CHECK(!key.verify(as_bytes("sampl"), from_hex(sample_signature)));
}

TEST_CASE("signature: ECDSA draws its numbers from our source: equal seeds, equal signatures") {
  std::string first, second, other;
  for (const auto& [seed, out] :
       {std::pair(7, &first), std::pair(7, &second), std::pair(8, &other)}) {
    const auto with = testing::repeatable(static_cast<std::uint64_t>(seed));
    const auto key = private_key::from_pem(*with, ecdsa_pem).value();
    const auto signature = key.sign(as_bytes("message")).value();
    CHECK(key.half().verify(as_bytes("message"), signature));
    *out = to_hex(signature);
  }
  CHECK(first == second);
  CHECK(first != other);
}

TEST_CASE("signature: what is not a key of ours is refused") {
  const auto with = testing::repeatable();
  CHECK(private_key::from_pem(*with, "").error().kind() == errc::invalid);
  CHECK(private_key::from_pem(*with, "-----BEGIN PRIVATE KEY-----\nAAAA\n").error().kind() ==
        errc::invalid);
  auto longer = from_hex(p256);
  longer.push_back(std::byte{0});
  CHECK(!public_key::from_der(*with, longer));
  for (std::size_t size = 0; size + 1 < longer.size(); ++size)
    REQUIRE(!public_key::from_der(*with, bytes_view(longer).first(size)));
  CHECK(!public_key::from_ed25519(*with, bytes_view(longer).first(31)));
  // An X25519 key signs nothing.
  auto x25519 = from_hex("302a300506032b656e032100");
  x25519.insert(x25519.end(), 32, std::byte{9});
  CHECK(public_key::from_der(*with, x25519).error().kind() == errc::unsupported);
}

}  // namespace mw::crypto
