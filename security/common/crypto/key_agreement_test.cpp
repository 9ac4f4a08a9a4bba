// key_agreement_test: X25519 of RFC 7748, and keys that would give nothing away but zero.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/key_agreement.h"

#include "common/crypto/testing/hex.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::crypto {
namespace {

using testing::from_hex;
using testing::secret_from;
using testing::to_hex;

x25519_point point(bytes_view bytes) {
  x25519_point out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

std::string agree(const library& with, std::string_view secret, std::string_view other) {
  const auto made =
      x25519(with, secret_from<x25519_size>(from_hex(secret)), point(from_hex(other)));
  return made ? to_hex(made->view()) : "refused";
}

}  // namespace

TEST_CASE("key agreement: the vectors of RFC 7748, 5.2 and 6.1") {
  const auto with = testing::repeatable();
  CHECK(agree(*with, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
              "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c") ==
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  CHECK(agree(*with, "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
              "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493") ==
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
  const std::string bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
  CHECK(agree(*with, bob, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a") ==
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  CHECK(to_hex(x25519_public(*with, secret_from<x25519_size>(from_hex(bob))).value()) ==
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
}

TEST_CASE("key agreement: a thousand rounds of RFC 7748, 5.2") {
  const auto with = testing::repeatable();
  testing::byte_list k =
      from_hex("0900000000000000000000000000000000000000000000000000000000000000");
  testing::byte_list u = k;
  for (int round = 1; round <= 1000; ++round) {
    const auto next = x25519(*with, secret_from<x25519_size>(k), point(u)).value();
    u = k;
    k.assign(next.view().begin(), next.view().end());
    if (round == 1)
      CHECK(to_hex(k) == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
  }
  CHECK(to_hex(k) == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST_CASE("key agreement: keys of low order are refused") {
  const auto with = testing::repeatable();
  const std::string own = "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4";
  for (const char* low : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000000",
                          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"})
    CHECK(agree(*with, own, low) == "refused");
}

}  // namespace mw::crypto
