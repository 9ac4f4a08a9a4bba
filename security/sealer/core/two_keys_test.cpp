// two_keys_test: AES-GCM opens one message under two keys if one wants; an envelope does not.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/testing/hex.h"
#include "core/pair_keys.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <algorithm>

namespace mw::sealing {
namespace {

// An element of GF(2^128) as GCM writes it: the first bit is the lowest power.
struct element {
  std::uint64_t high = 0, low = 0;
  friend element operator^(element a, element b) { return {a.high ^ b.high, a.low ^ b.low}; }
  friend bool operator==(const element&, const element&) = default;
};

element operator*(element a, element b) {
  element out;
  for (int i = 0; i < 128; ++i) {
    const std::uint64_t bit = i < 64 ? a.high >> (63 - i) & 1 : a.low >> (127 - i) & 1;
    if (bit != 0) out = out ^ b;
    const bool carry = (b.low & 1) != 0;
    b = {b.high >> 1, b.low >> 1 | b.high << 63};
    if (carry) b.high ^= 0xe100000000000000;
  }
  return out;
}

// The power 2^128 - 2.
element inverse(element a) {
  element out{std::uint64_t{1} << 63, 0};
  for (int i = 0; i < 127; ++i) {
    a = a * a;
    out = out * a;
  }
  return out;
}

element read_block(bytes_view bytes) {
  std::array<std::byte, 16> block{};
  std::copy(bytes.begin(), bytes.end(), block.begin());
  element out;
  for (std::size_t i = 0; i < 8; ++i) {
    out.high = out.high << 8 | std::to_integer<std::uint64_t>(block[i]);
    out.low = out.low << 8 | std::to_integer<std::uint64_t>(block[8 + i]);
  }
  return out;
}

void write_block(element from, std::byte* to) {
  for (std::size_t i = 0; i < 8; ++i) {
    to[i] = static_cast<std::byte>(static_cast<std::uint8_t>(from.high >> (56 - 8 * i)));
    to[8 + i] = static_cast<std::byte>(static_cast<std::uint8_t>(from.low >> (56 - 8 * i)));
  }
}

element encrypt_block(bytes_view key, const std::array<std::byte, 16>& block) {
  EVP_CIPHER_CTX* const work = EVP_CIPHER_CTX_new();
  std::array<std::byte, 32> out{};
  int size = 0;
  EVP_EncryptInit_ex(work, EVP_aes_256_ecb(), nullptr,
                     reinterpret_cast<const unsigned char*>(key.data()), nullptr);
  EVP_EncryptUpdate(work, reinterpret_cast<unsigned char*>(out.data()), &size,
                    reinterpret_cast<const unsigned char*>(block.data()), 16);
  EVP_CIPHER_CTX_free(work);
  return read_block(bytes_view(out).first(16));
}

// What an attacker knows of one key that he holds.
struct known_key {
  element hash_key;  // H
  element mask;      // E(J0)

  known_key(bytes_view key, const std::array<std::byte, 12>& nonce)
      : hash_key(encrypt_block(key, {})) {
    std::array<std::byte, 16> first{};
    std::copy(nonce.begin(), nonce.end(), first.begin());
    first[15] = std::byte{1};
    mask = encrypt_block(key, first);
  }
  [[nodiscard]] element tag(bytes_view authenticated, element block) const {
    element sum;
    for (std::size_t at = 0; at < authenticated.size(); at += 16)
      sum = (sum ^ read_block(authenticated.subspan(
                       at, std::min<std::size_t>(16, authenticated.size() - at)))) *
            hash_key;
    sum = (sum ^ block) * hash_key;
    return (sum ^ element{authenticated.size() * 8, 128}) * hash_key ^ mask;
  }
};

}  // namespace

TEST_CASE("sealer: a message that opens under two keys is of one of them only") {
  const auto with = crypto::testing::repeatable();
  direction::material one, two;
  with->fill(one.key.span());
  with->fill(two.key.span());
  with->fill(one.commitment);
  with->fill(two.commitment);
  with->fill(one.nonce);
  two.nonce = one.nonce;
  const envelope_head head{.sender_key = 1, .receiver_key = 2};
  const head_bytes written = write_head(head);
  context_bytes context;
  REQUIRE(context.write({"a", "b", "login", {}, false}));
  std::vector<std::byte> authenticated(written.begin(), written.end());
  authenticated.insert(authenticated.end(), context.view().begin(), context.view().end());

  // The one block for which both tags are the same.
  const known_key first(one.key.view(), one.nonce), second(two.key.view(), two.nonce);
  const element difference = first.tag(authenticated, {}) ^ second.tag(authenticated, {});
  const element square = first.hash_key * first.hash_key ^ second.hash_key * second.hash_key;
  const element block = difference * inverse(square);
  REQUIRE(first.tag(authenticated, block) == second.tag(authenticated, block));

  std::vector<std::byte> envelope(16 + tail_size);
  write_block(block, envelope.data());
  write_block(first.tag(authenticated, block), envelope.data() + 16);
  std::copy(one.commitment.begin(), one.commitment.end(), envelope.begin() + 32);
  std::copy(written.begin(), written.end(), envelope.begin() + 64);
  const auto view = read_envelope(envelope);
  REQUIRE(view.has_value());

  using crypto::aead_key;
  constexpr auto gcm = crypto::aead_algorithm::aes_256_gcm;
  auto opens_one = direction::make(*with, one, gcm, aead_key::use::open).value();
  auto opens_two = direction::make(*with, two, gcm, aead_key::use::open).value();
  std::array<std::byte, 16> text_one{}, text_two{};
  // The cipher itself takes it under both, with two meanings.
  CHECK(opens_one.open(*view, context.view(), text_one.data()));
  CHECK(opens_two.open(*view, context.view(), text_two.data()));
  CHECK(text_one != text_two);
  // The commitment is what tells them apart.
  CHECK(opens_one.commits(view->commitment));
  CHECK(!opens_two.commits(view->commitment));
}

}  // namespace mw::sealing
