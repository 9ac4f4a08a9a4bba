// envelope: at the end, so that a body is encrypted without being moved.
// SPDX-License-Identifier: Apache-2.0
#include "wire/envelope.h"

#include "wire/bytes.h"

#include <algorithm>

namespace mw::sealing {
namespace {

constexpr std::uint8_t envelope_version = 1;
constexpr std::uint8_t flag_signed = 1;

bool is_ours(std::uint8_t algorithm) {
  return algorithm == static_cast<std::uint8_t>(crypto::aead_algorithm::aes_256_gcm) ||
         algorithm == static_cast<std::uint8_t>(crypto::aead_algorithm::chacha20_poly1305);
}

}  // namespace

head_bytes write_head(const envelope_head& head) {
  head_bytes out;
  std::byte* to = out.data();
  to = put_number<std::uint64_t>(to, head.sender_key);
  to = put_number<std::uint64_t>(to, head.receiver_key);
  to = put_number<std::uint64_t>(to, head.sequence);
  to = put_number<std::uint32_t>(to, head.sent_ms);
  to = put_number<std::uint8_t>(to, 0);
  to = put_number<std::uint8_t>(to, head.is_signed ? flag_signed : 0);
  to = put_number<std::uint8_t>(to, static_cast<std::uint8_t>(head.algorithm));
  put_number<std::uint8_t>(to, envelope_version);
  return out;
}

std::optional<envelope_view> read_envelope(bytes_view envelope) {
  if (envelope.size() < tail_size) return std::nullopt;
  envelope_view out;
  out.encrypted = envelope.first(envelope.size() - tail_size);
  reader tail(envelope.last(tail_size));
  out.tag = tail.take(crypto::aead_tag_size);
  out.commitment = tail.take(crypto::hash_size);
  out.head_bytes = tail.rest();
  out.head.sender_key = tail.number<std::uint64_t>();
  out.head.receiver_key = tail.number<std::uint64_t>();
  out.head.sequence = tail.number<std::uint64_t>();
  out.head.sent_ms = tail.number<std::uint32_t>();
  const auto reserved = tail.number<std::uint8_t>();
  const auto flags = tail.number<std::uint8_t>();
  const auto algorithm = tail.number<std::uint8_t>();
  if (tail.number<std::uint8_t>() != envelope_version || reserved != 0 ||
      (flags & ~flag_signed) != 0)
    return std::nullopt;
  if (!is_ours(algorithm) || out.head.sequence >= envelope_head::records_max) return std::nullopt;
  out.head.algorithm = static_cast<crypto::aead_algorithm>(algorithm);
  out.head.is_signed = flags != 0;
  return out;
}

bool context_bytes::write(const seal_context& context) {
  size_ = 0;
  for (const std::string_view text : {context.from, context.to, context.purpose}) {
    if (text.size() > name_max) return false;
    bytes_[size_++] = static_cast<std::byte>(text.size());
    std::copy_n(as_bytes(text).begin(), text.size(), bytes_.begin() + static_cast<long>(size_));
    size_ += text.size();
  }
  if (context.bound.size() > bound_max) return false;
  put_number<std::uint16_t>(bytes_.data() + size_, context.bound.size());
  size_ += 2;
  std::copy(context.bound.begin(), context.bound.end(), bytes_.begin() + static_cast<long>(size_));
  size_ += context.bound.size();
  return true;
}

}  // namespace mw::sealing
