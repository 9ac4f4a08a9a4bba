// crypto_vectors_test: the vectors of Project Wycheproof over our own wrappers, if they are there.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/aead.h"
#include "common/crypto/hash.h"
#include "common/crypto/key_agreement.h"
#include "common/crypto/signature.h"
#include "vector_file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

namespace mw::crypto::vectors {
namespace {

using testing::byte_list;
using testing::to_hex;
using tests::each_case;
using tests::vector_case;

// Empty: the folder is not there, and the test says so.
std::string file_of(const std::string& name) {
  const std::string path = std::string(MW_WYCHEPROOF) + "/" + name + "_test.json";
  if (std::filesystem::exists(path)) return path;
  MESSAGE("SKIPPED: " << path << " is not there (set MW_WYCHEPROOF to a folder of testvectors_v1)");
  return {};
}

void ran(const std::string& name, std::uint64_t count, std::uint64_t wanted) {
  MESSAGE(name << ": " << count << " vectors ran");
  CHECK(count >= wanted);
}

// Sealed and opened, both have to agree with the file.
bool aead_holds(const library& with, aead_algorithm which, const vector_case& v) {
  const byte_list nonce = v.bytes("iv"), message = v.bytes("msg"), sealed = v.bytes("ct"),
                  tag = v.bytes("tag"), aad = v.bytes("aad");
  auto seals = aead_key::make(with, which, aead_key::use::seal, v.bytes("key"), nonce.size());
  auto opens = aead_key::make(with, which, aead_key::use::open, v.bytes("key"), nonce.size());
  if (!seals || !opens) return false;
  byte_list out(sealed.size());
  if (!opens->begin(nonce, aad) || !opens->update(sealed, out.data()) || !opens->finish_open(tag))
    return false;
  CHECK(out == message);
  byte_list again(message.size());
  std::array<std::byte, aead_tag_size> made{};
  REQUIRE(seals->begin(nonce, aad));
  REQUIRE(seals->update(message, again.data()));
  REQUIRE(seals->finish_seal(made));
  return again == sealed && to_hex(made) == v.texts.at("tag");
}

}  // namespace

TEST_CASE("vectors: AES-GCM with keys of 128, 192 and 256 bits") {
  const std::string path = file_of("aes_gcm");
  if (path.empty()) return;
  const auto with = testing::repeatable();
  std::uint64_t too_long = 0;
  const std::uint64_t count = each_case(path, [&](const vector_case& v) {
    const std::uint64_t bits = v.numbers.at("keySize");
    const auto which = bits == 128   ? aead_algorithm::aes_128_gcm
                       : bits == 192 ? aead_algorithm::aes_192_gcm
                                     : aead_algorithm::aes_256_gcm;
    // OpenSSL takes nonces up to 128 bytes; longer ones must be refused, never cut.
    const bool fits = v.numbers.at("ivSize") <= 1024;
    too_long += fits ? 0 : 1;
    CHECK_MESSAGE(aead_holds(*with, which, v) == (v.result == "valid" && fits), "test ", v.id);
  });
  MESSAGE("AES-GCM: " << too_long << " of them with nonces above 128 bytes, which are refused");
  CHECK(too_long <= 3);
  ran("AES-GCM", count, 316);
}

TEST_CASE("vectors: ChaCha20-Poly1305") {
  const std::string path = file_of("chacha20_poly1305");
  if (path.empty()) return;
  const auto with = testing::repeatable();
  const std::uint64_t count = each_case(path, [&](const vector_case& v) {
    CHECK_MESSAGE(aead_holds(*with, aead_algorithm::chacha20_poly1305, v) == (v.result == "valid"),
                  "test ", v.id);
  });
  ran("ChaCha20-Poly1305", count, 325);
}

TEST_CASE("vectors: HKDF-SHA256") {
  const std::string path = file_of("hkdf_sha256");
  if (path.empty()) return;
  const auto with = testing::repeatable();
  const std::uint64_t count = each_case(path, [&](const vector_case& v) {
    const auto key = hkdf_extract(*with, v.bytes("salt"), v.bytes("ikm"));
    byte_list out(v.numbers.at("size"));
    const bool good = hkdf_expand(*with, key.view(), {v.bytes("info")}, out).ok() &&
                      to_hex(out) == v.texts.at("okm");
    CHECK_MESSAGE(good == (v.result == "valid"), "test ", v.id);
  });
  ran("HKDF-SHA256", count, 86);
}

TEST_CASE("vectors: HMAC-SHA256") {
  const std::string path = file_of("hmac_sha256");
  if (path.empty()) return;
  const auto with = testing::repeatable();
  const std::uint64_t count = each_case(path, [&](const vector_case& v) {
    const auto mac = hmac_sha256(*with, v.bytes("key"), {v.bytes("msg")});
    const bool good =
        equal_in_constant_time(bytes_view(mac).first(v.numbers.at("tagSize") / 8), v.bytes("tag"));
    CHECK_MESSAGE(good == (v.result == "valid"), "test ", v.id);
  });
  ran("HMAC-SHA256", count, 174);
}

TEST_CASE("vectors: X25519") {
  const std::string path = file_of("x25519");
  if (path.empty()) return;
  const auto with = testing::repeatable();
  const std::uint64_t count = each_case(path, [&](const vector_case& v) {
    x25519_point point{};
    const byte_list other = v.bytes("public");
    REQUIRE(other.size() == point.size());
    std::copy(other.begin(), other.end(), point.begin());
    const auto made = x25519(*with, testing::secret_from<x25519_size>(v.bytes("private")), point);
    // Acceptable: twists and odd forms work; a shared secret of zero is refused by us.
    const bool zero = v.has_flag("ZeroSharedSecret");
    CHECK_MESSAGE(made.ok() == !zero, "test ", v.id);
    if (made) CHECK_MESSAGE(to_hex(made->view()) == v.texts.at("shared"), "test ", v.id);
    if (v.result == "valid") CHECK_MESSAGE(made.ok(), "test ", v.id);
  });
  ran("X25519", count, 518);
}

TEST_CASE("vectors: Ed25519 and ECDSA P-256 with SHA-256") {
  const auto with = testing::repeatable();
  for (const auto& [name, wanted] :
       {std::pair<std::string, std::uint64_t>{"ed25519", 151}, {"ecdsa_secp256r1_sha256", 484}}) {
    const std::string path = file_of(name);
    if (path.empty()) continue;
    const std::uint64_t count = each_case(path, [&](const vector_case& v) {
      const auto key = public_key::from_der(*with, v.bytes("publicKeyDer"));
      const bool good = key.ok() && key->verify(v.bytes("msg"), v.bytes("sig"));
      CHECK_MESSAGE(good == (v.result == "valid"), "test ", v.id);
    });
    ran(name, count, wanted);
  }
}

}  // namespace mw::crypto::vectors
