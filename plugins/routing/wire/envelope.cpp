// envelope: sixteen bytes, and more only when a flag says so.
// SPDX-License-Identifier: Apache-2.0
#include "wire/envelope.h"

#include "wire/bytes.h"

#include <mw/toolkit/hash.h>

#include <algorithm>

namespace mw::routing {
namespace {

constexpr std::uint8_t flag_streams = 0x01;
constexpr std::uint8_t flag_one_of_many = 0x02;
constexpr std::uint8_t flag_group = 0x04;
constexpr std::uint8_t flag_delivery = 0x08;
constexpr std::uint8_t flag_exactly_once = 0x10;
constexpr std::uint8_t flag_sealed = 0x20;
constexpr std::uint8_t flags_known = 0x3f;

std::uint8_t flags_of(const envelope& e) {
  std::uint8_t flags = 0;
  if (e.streams) flags |= flag_streams;
  if (e.one_of_many) flags |= flag_one_of_many;
  if (e.sealed) flags |= flag_sealed;
  if (e.group != 0) flags |= flag_group;
  if (e.guarantee != guarantee::at_most_once) flags |= flag_delivery;
  if (e.guarantee == guarantee::exactly_once) flags |= flag_exactly_once;
  return flags;
}

guarantee guarantee_of(std::uint8_t flags) {
  if ((flags & flag_delivery) == 0) return guarantee::at_most_once;
  return (flags & flag_exactly_once) != 0 ? guarantee::exactly_once : guarantee::at_least_once;
}

failure malformed(std::string text) {
  return {errc::invalid, "malformed envelope: " + std::move(text)};
}

}  // namespace

std::uint64_t service_hash(std::string_view name) {
  const std::uint64_t hash = hash_text(name);
  return hash == 0 ? 1 : hash;
}

namespace {

std::byte* write_fixed(std::byte* to, std::uint8_t flags, std::uint8_t hops, std::uint32_t left_us,
                       std::uint64_t service) {
  to = write_number<std::uint32_t>(to, envelope::plain_start |
                                           static_cast<std::uint32_t>(flags) << 16 |
                                           static_cast<std::uint32_t>(hops) << 8);
  to = write_number<std::uint32_t>(to, left_us);
  return write_number<std::uint64_t>(to, service);
}

}  // namespace

std::size_t push_envelope(message_out& out, const envelope& head) {
  const std::uint8_t flags = flags_of(head);
  const std::size_t size = envelope::fixed_size + ((flags & flag_group) != 0 ? 8u : 0u) +
                           ((flags & flag_delivery) != 0 ? 21u : 0u);
  std::byte* to = out.push_front(size);
  to = write_fixed(to, flags, head.hops, head.left_us, head.service);
  if ((flags & flag_group) != 0) to = write_number<std::uint64_t>(to, head.group);
  if ((flags & flag_delivery) == 0) return size;
  to = write_number<std::uint64_t>(to, head.delivery.producer);
  to = write_number<std::uint32_t>(to, head.delivery.epoch);
  to = write_number<std::uint64_t>(to, head.delivery.sequence);
  to = write_number<std::uint8_t>(to, head.delivery.attempt);
  return size;
}

namespace {

// The parts behind the fixed ones, which few messages have.
void read_rest(reader& in, std::uint8_t flags, envelope& head) {
  if ((flags & flag_group) != 0) head.group = in.number<std::uint64_t>();
  if ((flags & flag_delivery) == 0) return;
  head.delivery.producer = in.number<std::uint64_t>();
  head.delivery.epoch = in.number<std::uint32_t>();
  head.delivery.sequence = in.number<std::uint64_t>();
  head.delivery.attempt = in.number<std::uint8_t>();
}

status check_envelope(const envelope& head, std::uint8_t first, std::uint8_t flags,
                      std::uint8_t reserved) {
  if (first != envelope::plain_start >> 24) return malformed("first byte " + std::to_string(first));
  if ((flags & ~flags_known) != 0 || reserved != 0)
    return malformed("flags " + std::to_string(flags) + " of a newer version");
  if (head.service == 0 || ((flags & flag_group) != 0 && head.group == 0))
    return malformed("a name of number zero");
  if ((flags & flag_exactly_once) != 0 && (flags & flag_delivery) == 0)
    return malformed("exactly once without a delivery id");
  if ((flags & flag_delivery) != 0 && (head.delivery.producer == 0 || head.delivery.attempt == 0))
    return malformed("a delivery id of number zero");
  return {};
}

}  // namespace

status read_any_envelope(bytes_view message, envelope& head, bytes_view& body) {
  if (message.size() < envelope::fixed_size) [[unlikely]]
    return malformed("only " + std::to_string(message.size()) + " bytes");
  reader in(message);
  const auto first = in.number<std::uint8_t>();
  const auto flags = in.number<std::uint8_t>();
  head.hops = in.number<std::uint8_t>();
  const auto reserved = in.number<std::uint8_t>();
  head.left_us = in.number<std::uint32_t>();
  head.service = in.number<std::uint64_t>();
  head.group = 0;
  head.delivery = {};
  read_rest(in, flags, head);
  if (!in.ok()) return malformed("only " + std::to_string(message.size()) + " bytes");
  MW_CHECK(check_envelope(head, first, flags, reserved));
  head.streams = (flags & flag_streams) != 0;
  head.sealed = (flags & flag_sealed) != 0;
  head.one_of_many = (flags & flag_one_of_many) != 0;
  head.guarantee = guarantee_of(flags);
  body = in.rest();
  return {};
}

void write_refusal(message_out& out, const failure& why) {
  std::byte* to = out.reserve(1);
  (void)write_number<std::uint8_t>(to, why.code());
  out.commit(1);
  out.append(as_bytes(std::string_view(why.text()).substr(0, refusal_text_max)));
}

failure read_refusal(bytes_view message) {
  reader in(message);
  const auto code = in.number<std::uint8_t>();
  const bytes_view rest = in.rest();
  const std::string_view text = as_text(rest.first(std::min(rest.size(), refusal_text_max)));
  constexpr std::string_view digits = "0123456789abcdef";
  std::string clean;
  clean.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20 && byte != 0x7f)
      clean += c;
    else
      clean.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  if (clean.empty()) clean = "refused without a reason";
  return failure::from_wire(code, std::move(clean));
}

}  // namespace mw::routing
