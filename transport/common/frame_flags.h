// frame_flags: where each part of a frame's flags stands; shared by the writer and the cutter.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "frame.h"

#include <bit>
#include <cstring>

namespace mw::wire::flags {

// On the wire: never change one. Bits 12 to 15 are reserved and written as zero.
inline constexpr unsigned kind_mask = 0x000f;
inline constexpr unsigned compression_shift = 4;
inline constexpr unsigned compression_mask = 0x0030;
inline constexpr unsigned checked = 0x0040;
inline constexpr unsigned more = 0x0080;
inline constexpr unsigned first = 0x0100;
inline constexpr unsigned priority_shift = 9;
inline constexpr unsigned priority_mask = 0x0600;
inline constexpr unsigned critical = 0x0800;
inline constexpr unsigned reserved = 0xf000;

static_assert((kind_mask | compression_mask | checked | more | first | priority_mask | critical |
               reserved) == 0xffff,
              "each bit has one meaning");
static_assert(kind_mask + compression_mask + checked + more + first + priority_mask + critical +
                      reserved ==
                  0xffff,
              "no two meanings share a bit");
static_assert(static_cast<unsigned>(priority::critical) == priority_mask >> priority_shift,
              "all priorities fit");

inline constexpr unsigned kinds_known = static_cast<unsigned>(frame_kind::reset) + 1;
inline constexpr unsigned compressions_known = static_cast<unsigned>(compression::zstd) + 1;

// Big-endian integers at any address.
template <class T>
[[nodiscard]] inline T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}
template <class T>
inline void store(T value, std::byte* to) {
  value = load<T>(reinterpret_cast<const std::byte*>(&value));
  std::memcpy(to, &value, sizeof value);
}

[[nodiscard]] inline header_fields read(const std::byte* from) {
  return {load<std::uint32_t>(from), load<std::uint16_t>(from + 4), load<std::uint64_t>(from + 6)};
}
static_assert(sizeof(std::uint32_t) + sizeof(std::uint16_t) + sizeof(std::uint64_t) ==
              header_bytes);

[[nodiscard]] inline frame_head head(unsigned bits, std::uint64_t id) {
  return {.kind = static_cast<frame_kind>(bits & kind_mask),
          .packed = static_cast<compression>((bits & compression_mask) >> compression_shift),
          .checked = (bits & checked) != 0,
          .more = (bits & more) != 0,
          .first = (bits & first) != 0,
          .priority = static_cast<mw::priority>((bits & priority_mask) >> priority_shift),
          .critical = (bits & critical) != 0,
          .id = id};
}

[[nodiscard]] inline unsigned of(const frame_head& head) {
  unsigned bits = static_cast<unsigned>(head.kind);
  bits |= static_cast<unsigned>(head.packed) << compression_shift;
  bits |= static_cast<unsigned>(head.priority) << priority_shift;
  if (head.checked) bits |= checked;
  if (head.more) bits |= more;
  if (head.first) bits |= first;
  if (head.critical) bits |= critical;
  return bits;
}

// The three fields of a header; `length` counts what follows itself.
inline void write(std::size_t length, unsigned bits, std::uint64_t id, std::byte* to) {
  store(static_cast<std::uint32_t>(length), to);
  store(static_cast<std::uint16_t>(bits), to + 4);
  store(id, to + 6);
}

[[nodiscard]] inline bool unknown_kind(unsigned bits) {
  return (bits & kind_mask) >= kinds_known;
}
[[nodiscard]] inline bool unknown_compression(unsigned bits) {
  return (bits & compression_mask) >> compression_shift >= compressions_known;
}

}  // namespace mw::wire::flags
