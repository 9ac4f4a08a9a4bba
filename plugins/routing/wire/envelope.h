// envelope: what stands in front of each message of the router; see PROTOCOL.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/bytes.h"

#include <mw/message_out.h>
#include <mw/router.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace mw::routing {

enum class envelope_kind : std::uint8_t {
  message = 0,
  table = 1,
  receipts = 2,
  keys = 3,  // of the sealer
  sealed_receipts = 4,
};

// Names a message for as long as it is delivered, however often it is sent. Producer 0: no name.
struct delivery_id {
  std::uint64_t producer = 0;
  std::uint32_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint8_t attempt = 0;  // 1 for the first
  friend bool operator==(const delivery_id&, const delivery_id&) = default;
};

struct envelope {
  static constexpr std::uint8_t hops_max = 16;
  static constexpr std::size_t fixed_size = 16;
  static constexpr std::size_t largest_size = fixed_size + 8 + 21;
  static constexpr std::uint32_t no_limit = 0xffffffff;  // of left_us
  static constexpr std::uint8_t version = 1;
  // The first four bytes of one with the fixed parts only: version and kind, no flag, hops, zero.
  static constexpr std::uint32_t plain_start =
      static_cast<std::uint32_t>(version << 4 | static_cast<int>(envelope_kind::message)) << 24;

  std::uint64_t service = 0;  // service_hash() of its name
  std::uint32_t left_us = no_limit;
  std::uint8_t hops = 0;     // calls between the first caller and this one
  bool streams = false;      // items follow
  bool sealed = false;       // the body is, see security/sealer/PROTOCOL.md
  bool one_of_many = false;  // counts against the broadcast budget
  mw::guarantee guarantee = mw::guarantee::at_most_once;
  std::uint64_t group = 0;  // service_hash() of the group it was sent to; 0: none
  delivery_id delivery;
  friend bool operator==(const envelope&, const envelope&) = default;
};

// The number of a name on the wire: hash_text() of the SDK, never zero.
[[nodiscard]] std::uint64_t service_hash(std::string_view name);

// Puts `head` in front of what is in `out`; returns how many bytes, for drop_front().
std::size_t push_envelope(message_out& out, const envelope& head);

[[nodiscard]] inline std::uint32_t left_to_wire(duration left) {
  if (left <= duration::zero()) return 0;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(left).count();
  return us >= envelope::no_limit ? envelope::no_limit : static_cast<std::uint32_t>(us);
}

// The same for a message with nothing but the fixed parts, which most are.
inline std::size_t push_plain_envelope(message_out& out, std::uint64_t service, duration left,
                                       std::uint8_t hops) {
  std::byte* to = out.push_front(envelope::fixed_size);
  to = write_number<std::uint32_t>(to, envelope::plain_start | std::uint32_t{hops} << 8);
  to = write_number<std::uint32_t>(to, left_to_wire(left));
  (void)write_number<std::uint64_t>(to, service);
  return envelope::fixed_size;
}

// The kind of the message; empty: nothing that this version knows.
[[nodiscard]] inline std::optional<envelope_kind> kind_of(bytes_view message) {
  if (message.empty()) return std::nullopt;
  const auto first = std::to_integer<std::uint8_t>(message.front());
  if (first >> 4 != envelope::version ||
      (first & 0x0f) > static_cast<std::uint8_t>(envelope_kind::sealed_receipts))
    return std::nullopt;
  return static_cast<envelope_kind>(first & 0x0f);
}
// Reads what stands in front; `body` becomes the rest. `invalid` names what is wrong.
[[nodiscard]] status read_any_envelope(bytes_view message, envelope& head, bytes_view& body);
// The same, quickly for a message with nothing but the fixed parts.
[[nodiscard]] inline status read_envelope(bytes_view message, envelope& head, bytes_view& body) {
  if (message.size() < envelope::fixed_size) [[unlikely]]
    return read_any_envelope(message, head, body);
  const auto start = read_number<std::uint32_t>(message.data());
  head.service = read_number<std::uint64_t>(message.data() + 8);
  if ((start & ~std::uint32_t{0xff00}) != envelope::plain_start || head.service == 0) [[unlikely]]
    return read_any_envelope(message, head, body);
  head.left_us = read_number<std::uint32_t>(message.data() + 4);
  head.hops = static_cast<std::uint8_t>(start >> 8);
  head.streams = head.sealed = head.one_of_many = false;
  head.guarantee = guarantee::at_most_once;
  head.group = 0;
  head.delivery = {};
  body = message.subspan(envelope::fixed_size);
  return {};
}

[[nodiscard]] inline duration left_from_wire(std::uint32_t left_us) {
  return std::chrono::microseconds(left_us);
}

// A failure as the body of a refusal: its kind and at most 1 KiB of its text.
inline constexpr std::size_t refusal_text_max = 1024;
void write_refusal(message_out& out, const failure& why);
// Control characters in the text become \xNN: it comes from a stranger and goes to logs.
[[nodiscard]] failure read_refusal(bytes_view message);

}  // namespace mw::routing
