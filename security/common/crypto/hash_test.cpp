// hash_test: SHA-256, HMAC of RFC 4231, HKDF of RFC 5869.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/hash.h"

#include "common/crypto/testing/hex.h"

#include <doctest/doctest.h>

namespace mw::crypto {
namespace {

using testing::from_hex;
using testing::to_hex;

std::string times(const char* hex, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += hex;
  return out;
}

std::string hex_of(std::string_view text) {
  return to_hex(as_bytes(text));
}

}  // namespace

TEST_CASE("hash: SHA-256 of nothing and of abc, whole and in pieces") {
  const auto with = testing::repeatable();
  CHECK(to_hex(sha256(*with, {})) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(to_hex(sha256(*with, {as_bytes("abc")})) == abc);
  CHECK(to_hex(sha256(*with, {as_bytes("a"), as_bytes(""), as_bytes("bc")})) == abc);
}

TEST_CASE("hash: HMAC-SHA256 of RFC 4231") {
  const auto with = testing::repeatable();
  struct vector {
    std::string key, data, mac;
  };
  const std::string larger =
      "This is a test using a larger than block-size key and a larger than "
      "block-size data. The key needs to be hashed before being used by the "
      "HMAC algorithm.";
  const vector all[] = {
      {times("0b", 20), hex_of("Hi There"),
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {hex_of("Jefe"), hex_of("what do ya want for nothing?"),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {times("aa", 20), times("dd", 50),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"0102030405060708090a0b0c0d0e0f10111213141516171819", times("cd", 50),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {times("0c", 20), hex_of("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"},
      {times("aa", 131), hex_of("Test Using Larger Than Block-Size Key - Hash Key First"),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {times("aa", 131), hex_of(larger),
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}};
  for (const vector& v : all)
    CHECK(to_hex(hmac_sha256(*with, from_hex(v.key), {from_hex(v.data)})).substr(0, v.mac.size()) ==
          v.mac);
}

TEST_CASE("hash: HKDF-SHA256 of RFC 5869") {
  const auto with = testing::repeatable();
  struct vector {
    const char* input;
    const char* salt;
    const char* info;
    const char* output;
  };
  const vector all[] = {
      {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
       "f0f1f2f3f4f5f6f7f8f9",
       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
      {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
      {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2"
       "d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
       "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8"
       "d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
       "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcd"
       "ddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e5"
       "90e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
  };
  for (const vector& v : all) {
    const auto key = hkdf_extract(*with, from_hex(v.salt), from_hex(v.input));
    testing::byte_list out(std::string_view(v.output).size() / 2);
    REQUIRE(hkdf_expand(*with, key.view(), {from_hex(v.info)}, out));
    CHECK(to_hex(out) == v.output);
  }
}

TEST_CASE("hash: HKDF gives 8160 bytes and not one more") {
  const auto with = testing::repeatable();
  const auto key = hkdf_extract(*with, {}, as_bytes("input"));
  testing::byte_list out(8160);
  CHECK(hkdf_expand(*with, key.view(), {}, out));
  testing::byte_list prefix(100);
  CHECK(hkdf_expand(*with, key.view(), {}, prefix));
  CHECK(std::equal(prefix.begin(), prefix.end(), out.begin()));
  out.resize(8161);
  CHECK(hkdf_expand(*with, key.view(), {}, out).error().kind() == errc::invalid);
}

}  // namespace mw::crypto
