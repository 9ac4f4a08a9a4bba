// frame: headers to bytes and back.
// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include "frame_flags.h"

#include <mw/assert.h>

#include <array>

namespace mw::wire {
namespace {

template <std::size_t Count>
std::string_view name_in(const std::array<std::string_view, Count>& names, std::size_t at) {
  return at < Count ? names[at] : std::string_view("unknown");
}

}  // namespace

void write_header(const frame_head& head, std::size_t size, checksum sum, std::byte* to) {
  const std::size_t length = length_min + size + (head.checked ? checksum_bytes(sum) : 0);
  MW_ASSERT(length <= frame_max, "whoever writes frames cuts messages into fragments that fit");
  MW_ASSERT(!head.checked || sum != checksum::none, "a checked frame has a kind of checksum");
  flags::write(length, flags::of(head), head.id, to);
}

header_fields read_header(const std::byte* from) {
  return flags::read(from);
}
frame_head head_of(const header_fields& fields) {
  return flags::head(fields.flags, fields.id);
}
bool known_kind(std::uint16_t bits) {
  return !flags::unknown_kind(bits);
}
bool known_bits(std::uint16_t bits) {
  return (bits & flags::reserved) == 0;
}
bool known_compression(std::uint16_t bits) {
  return !flags::unknown_compression(bits);
}

std::string_view to_string(frame_kind kind) noexcept {
  static constexpr std::array<std::string_view, flags::kinds_known> names{
      "hello",       "confirm",    "one_way", "request", "request_item",
      "request_end", "reply_item", "reply",   "refusal", "cancel",
      "credit",      "ping",       "pong",    "goodbye", "reset"};
  return name_in(names, static_cast<std::size_t>(kind));
}
std::string_view to_string(compression kind) noexcept {
  static constexpr std::array<std::string_view, flags::compressions_known> names{"none", "lz4",
                                                                                 "zstd"};
  return name_in(names, static_cast<std::size_t>(kind));
}
std::string_view to_string(checksum kind) noexcept {
  static constexpr std::array<std::string_view, 3> names{"none", "crc32c", "xxh3"};
  return name_in(names, static_cast<std::size_t>(kind));
}

}  // namespace mw::wire
