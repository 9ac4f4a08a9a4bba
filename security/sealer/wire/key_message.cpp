// key_message: one form for each message; lengths are checked before anything is kept.
// SPDX-License-Identifier: Apache-2.0
#include "wire/key_message.h"

#include "common/crypto/signature.h"
#include "wire/bytes.h"

#include <algorithm>

namespace mw::sealing {
namespace {

constexpr std::uint8_t key_message_version = 1;

using byte_list = std::vector<std::byte>;

byte_list begin(key_message_kind kind) {
  return {std::byte{key_message_version}, static_cast<std::byte>(kind)};
}

failure malformed(const char* what) {
  return {errc::invalid, std::string("malformed key message: ") + what};
}

bool begins(reader& in, key_message_kind kind) {
  const auto first = in.number<std::uint8_t>();
  return first == key_message_version &&
         in.number<std::uint8_t>() == static_cast<std::uint8_t>(kind);
}

// Behind its length in one byte; never empty.
std::string short_text(reader& in) {
  return std::string(as_text(in.take(in.number<std::uint8_t>())));
}

template <std::size_t Size>
void read_into(reader& in, std::array<std::byte, Size>& out) {
  const bytes_view bytes = in.take(Size);
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

}  // namespace

byte_list write_claim(const key_claim& claim) {
  byte_list out;
  add_number<std::uint8_t>(out, key_message_version);
  add_number<std::uint8_t>(out, static_cast<std::uint8_t>(claim.algorithm));
  add_number<std::uint32_t>(out, claim.epoch);
  add_number<std::uint32_t>(out, claim.valid_s);
  add_number<std::uint64_t>(out, claim.issued_ms);
  add_bytes(out, claim.boot);
  add_bytes(out, claim.point);
  for (const std::string& text : {claim.node, claim.cluster}) {
    add_number<std::uint8_t>(out, text.size());
    add_bytes(out, as_bytes(text));
  }
  add_number<std::uint8_t>(out, claim.chain.size());
  for (const byte_list& certificate : claim.chain) {
    add_number<std::uint16_t>(out, certificate.size());
    add_bytes(out, certificate);
  }
  return out;
}

result<key_claim> read_claim(bytes_view bytes) {
  reader in(bytes);
  key_claim out;
  const auto first = in.number<std::uint8_t>();
  const auto algorithm = in.number<std::uint8_t>();
  out.epoch = in.number<std::uint32_t>();
  out.valid_s = in.number<std::uint32_t>();
  out.issued_ms = in.number<std::uint64_t>();
  read_into(in, out.boot);
  read_into(in, out.point);
  out.node = short_text(in);
  out.cluster = short_text(in);
  const auto certificates = in.number<std::uint8_t>();
  if (!in.ok() || first != key_message_version) return malformed("its head");
  if (algorithm != static_cast<std::uint8_t>(crypto::aead_algorithm::aes_256_gcm) &&
      algorithm != static_cast<std::uint8_t>(crypto::aead_algorithm::chacha20_poly1305))
    return malformed("an unknown algorithm");
  out.algorithm = static_cast<crypto::aead_algorithm>(algorithm);
  if (out.node.empty() || out.cluster.empty()) return malformed("no name of node or cluster");
  if (certificates == 0 || certificates > chain_max) return malformed("1 to 4 certificates");
  for (std::size_t i = 0; i < certificates; ++i) {
    const auto size = in.number<std::uint16_t>();
    const bytes_view der = in.take(size);
    if (!in.ok() || size == 0 || size > certificate_max) return malformed("a certificate's size");
    out.chain.emplace_back(der.begin(), der.end());
  }
  if (!in.done()) return malformed("bytes behind the last certificate");
  return out;
}

byte_list write_announcement(const announcement& message) {
  byte_list out = begin(key_message_kind::announce);
  add_number<std::uint64_t>(out, message.stamp);
  add_number<std::uint16_t>(out, message.claim.size());
  add_bytes(out, message.claim);
  add_number<std::uint8_t>(out, message.signature.size());
  add_bytes(out, message.signature);
  return out;
}

result<announcement> read_announcement(bytes_view message) {
  reader in(message);
  if (!begins(in, key_message_kind::announce)) return malformed("not an announcement");
  announcement out;
  out.stamp = in.number<std::uint64_t>();
  out.claim = in.take(in.number<std::uint16_t>());
  out.signature = in.take(in.number<std::uint8_t>());
  if (!in.done()) return malformed("an announcement of another length");
  if (out.signature.empty() || out.signature.size() > crypto::signature_size_max)
    return malformed("the size of the signature");
  return out;
}

byte_list mac_input(const have& message) {
  byte_list out = begin(key_message_kind::have);
  add_number<std::uint64_t>(out, message.stamp);
  add_number<std::uint64_t>(out, message.echo);
  add_number<std::uint64_t>(out, message.sender_key);
  add_number<std::uint64_t>(out, message.receiver_key);
  add_number<std::uint8_t>(out, message.wants_answer ? 1 : 0);
  return out;
}

byte_list write_have(const have& message) {
  byte_list out = mac_input(message);
  add_bytes(out, message.mac);
  return out;
}

result<have> read_have(bytes_view message) {
  reader in(message);
  if (!begins(in, key_message_kind::have)) return malformed("not a have");
  have out;
  out.stamp = in.number<std::uint64_t>();
  out.echo = in.number<std::uint64_t>();
  out.sender_key = in.number<std::uint64_t>();
  out.receiver_key = in.number<std::uint64_t>();
  const auto flags = in.number<std::uint8_t>();
  read_into(in, out.mac);
  if (!in.done() || flags > 1) return malformed("a have of another length");
  out.wants_answer = flags == 1;
  return out;
}

byte_list write_ask() {
  return begin(key_message_kind::ask);
}

result<key_message_kind> kind_of(bytes_view message) {
  if (message.size() < 2 || message.size() > key_message_max ||
      message[0] != std::byte{key_message_version})
    return malformed("its first bytes");
  const auto kind = std::to_integer<std::uint8_t>(message[1]);
  if (kind < 1 || kind > 3) return malformed("its kind");
  if (kind == 3 && message.size() != 2) return malformed("an ask of another length");
  return static_cast<key_message_kind>(kind);
}

}  // namespace mw::sealing
