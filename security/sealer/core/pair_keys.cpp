// pair_keys: HKDF-SHA256 over X25519, bound to both claims; the nonce is the counter.
// SPDX-License-Identifier: Apache-2.0
#include "core/pair_keys.h"

#include "wire/bytes.h"

#include <mw/assert.h>

#include <algorithm>

namespace mw::sealing {
namespace {

constexpr std::string_view claim_label = "meshwright sealer 1 claim";
constexpr std::string_view pair_label = "meshwright sealer 1 pair";

}  // namespace

crypto::digest hash_claim(const crypto::library& with, bytes_view claim) {
  return crypto::sha256(with, {as_bytes(claim_label), claim});
}

std::vector<std::byte> claim_to_sign(bytes_view claim) {
  std::vector<std::byte> out;
  add_bytes(out, as_bytes(claim_label));
  add_bytes(out, claim);
  return out;
}

std::uint64_t short_name(const crypto::digest& claim) {
  return reader(claim).number<std::uint64_t>();
}

direction::material direction::derive(const crypto::library& with,
                                      const crypto::x25519_secret& shared, const key_end& from,
                                      const key_end& to) {
  const bool in_order = from.claim < to.claim;
  const crypto::digest& low = in_order ? from.claim : to.claim;
  const crypto::digest& high = in_order ? to.claim : from.claim;
  const crypto::digest salt = crypto::sha256(with, {as_bytes(pair_label), low, high});
  const auto root = crypto::hkdf_extract(with, salt, shared.view());
  // The claims name the nodes; which of them seals is what tells the directions apart.
  const std::byte algorithm = static_cast<std::byte>(from.algorithm);
  const auto expand = [&](std::string_view what, std::span<std::byte> out) {
    const auto done = crypto::hkdf_expand(
        with, root.view(), {as_bytes(what), {&algorithm, 1}, from.claim, to.claim}, out);
    MW_ASSERT(done.ok(), "32 bytes are not too many");
  };
  material out;
  expand("key", out.key.span());
  expand("commitment", out.commitment);
  expand("nonce", out.nonce);
  expand("confirm", out.confirm.span());
  return out;
}

result<direction> direction::make(const crypto::library& with, const material& from,
                                  crypto::aead_algorithm algorithm, crypto::aead_key::use what) {
  MW_TRY(crypto::aead_key key, crypto::aead_key::make(with, algorithm, what, from.key.view()));
  return direction(std::move(key), from, algorithm);
}

bool direction::begin(std::uint64_t sequence, bytes_view head, bytes_view context) {
  auto nonce = nonce_;
  for (std::size_t i = 0; i < sizeof(sequence); ++i)
    nonce[nonce.size() - 1 - i] ^=
        static_cast<std::byte>(static_cast<std::uint8_t>(sequence >> (8 * i)));
  // In one piece: a call into the library costs more than the copy.
  std::array<std::byte, envelope_head::size + context_bytes::size_max> both;
  MW_ASSERT(head.size() + context.size() <= both.size(), "a context was written by context_bytes");
  std::copy(context.begin(), context.end(), std::copy(head.begin(), head.end(), both.begin()));
  return key_.begin(nonce, bytes_view(both).first(head.size() + context.size()));
}

bool direction::seal(const envelope_head& head, bytes_view context, const message_out& body,
                     bytes_view extra, message_out& into) {
  const head_bytes written = write_head(head);
  if (!begin(head.sequence, written, context)) return false;
  bool good = true;
  const auto encrypt = [&](bytes_view piece) {
    if (piece.empty()) return;
    good = good && key_.update(piece, into.push_back(piece.size()));
  };
  for_each_piece(body, encrypt);
  encrypt(extra);
  std::byte* const tail = into.push_back(tail_size);
  good = good &&
         key_.finish_seal(std::span<std::byte, crypto::aead_tag_size>(tail, crypto::aead_tag_size));
  std::copy(commitment_.begin(), commitment_.end(), tail + crypto::aead_tag_size);
  std::copy(written.begin(), written.end(), tail + crypto::aead_tag_size + crypto::hash_size);
  return good;
}

bool direction::commits(bytes_view commitment) const {
  return crypto::equal_in_constant_time(commitment_, commitment);
}

bool direction::open(const envelope_view& from, bytes_view context, std::byte* out) {
  return begin(from.head.sequence, from.head_bytes, context) && key_.update(from.encrypted, out) &&
         key_.finish_open(from.tag);
}

}  // namespace mw::sealing
