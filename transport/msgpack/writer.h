// writer: msgpack's forms at the end of a message_out, each integer in its shortest one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/message_out.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mw::msgpack {

static_assert(std::endian::native == std::endian::little,
              "numbers are swapped to the wire's order");

inline std::uint16_t swapped(std::uint16_t x) {
  return __builtin_bswap16(x);
}
inline std::uint32_t swapped(std::uint32_t x) {
  return __builtin_bswap32(x);
}
inline std::uint64_t swapped(std::uint64_t x) {
  return __builtin_bswap64(x);
}

// The put_… functions write to memory that has room for head_max bytes and return where they ended.
inline constexpr std::size_t head_max = 9;

inline std::byte* put_byte(std::byte* to, unsigned value) {
  *to = static_cast<std::byte>(value);
  return to + 1;
}
template <class T>
std::byte* put_tagged(std::byte* to, unsigned tag, T value) {
  *to = static_cast<std::byte>(tag);
  value = swapped(value);
  std::memcpy(to + 1, &value, sizeof value);
  return to + 1 + sizeof value;
}

inline std::byte* put_nil(std::byte* to) {
  return put_byte(to, 0xc0);
}
inline std::byte* put_boolean(std::byte* to, bool value) {
  return put_byte(to, value ? 0xc3 : 0xc2);
}
inline std::byte* put_natural(std::byte* to, std::uint64_t value) {
  if (value < 0x80) return put_byte(to, static_cast<unsigned>(value));
  if (value <= 0xff) return put_byte(put_byte(to, 0xcc), static_cast<unsigned>(value));
  if (value <= 0xffff) return put_tagged(to, 0xcd, static_cast<std::uint16_t>(value));
  if (value <= 0xffffffff) return put_tagged(to, 0xce, static_cast<std::uint32_t>(value));
  return put_tagged(to, 0xcf, value);
}
inline std::byte* put_integer(std::byte* to, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= 0) return put_natural(to, bits);
  if (value >= -32) return put_byte(to, static_cast<unsigned>(bits) & 0xff);
  if (value >= INT8_MIN) return put_byte(put_byte(to, 0xd0), static_cast<unsigned>(bits) & 0xff);
  if (value >= INT16_MIN) return put_tagged(to, 0xd1, static_cast<std::uint16_t>(bits));
  if (value >= INT32_MIN) return put_tagged(to, 0xd2, static_cast<std::uint32_t>(bits));
  return put_tagged(to, 0xd3, bits);
}
inline std::byte* put_real(std::byte* to, float value) {
  return put_tagged(to, 0xca, std::bit_cast<std::uint32_t>(value));
}
inline std::byte* put_real(std::byte* to, double value) {
  return put_tagged(to, 0xcb, std::bit_cast<std::uint64_t>(value));
}
// Lengths and counts have 32 bits: the caller has checked.
inline std::byte* put_array(std::byte* to, std::size_t count) {
  if (count < 16) return put_byte(to, 0x90U | static_cast<unsigned>(count));
  if (count <= 0xffff) return put_tagged(to, 0xdc, static_cast<std::uint16_t>(count));
  return put_tagged(to, 0xdd, static_cast<std::uint32_t>(count));
}
inline std::byte* put_map(std::byte* to, std::size_t count) {
  if (count < 16) return put_byte(to, 0x80U | static_cast<unsigned>(count));
  if (count <= 0xffff) return put_tagged(to, 0xde, static_cast<std::uint16_t>(count));
  return put_tagged(to, 0xdf, static_cast<std::uint32_t>(count));
}
inline std::byte* put_text_head(std::byte* to, std::size_t size) {
  if (size < 32) return put_byte(to, 0xa0U | static_cast<unsigned>(size));
  if (size <= 0xff) return put_byte(put_byte(to, 0xd9), static_cast<unsigned>(size));
  if (size <= 0xffff) return put_tagged(to, 0xda, static_cast<std::uint16_t>(size));
  return put_tagged(to, 0xdb, static_cast<std::uint32_t>(size));
}
inline std::byte* put_blob_head(std::byte* to, std::size_t size) {
  if (size <= 0xff) return put_byte(put_byte(to, 0xc4), static_cast<unsigned>(size));
  if (size <= 0xffff) return put_tagged(to, 0xc5, static_cast<std::uint16_t>(size));
  return put_tagged(to, 0xc6, static_cast<std::uint32_t>(size));
}

// Hands out the spare room of a message_out, so that its counters are touched a few times for each
// message instead of for each value.
class writer {
 public:
  explicit writer(message_out& out) : out_(out) {}

  // Where to begin, with room for `count` bytes. Null when the message has no such room left.
  [[nodiscard]] std::byte* begin(std::size_t count) {
    if (count > out_.limit() - std::min(out_.limit(), out_.size()) + slack) return nullptr;
    const std::size_t room = std::max(count, out_.room());
    begin_ = out_.reserve(room);
    end_ = begin_ + room;
    return begin_;
  }
  // `at`, or where to go on when there are fewer than `count` bytes behind it.
  [[nodiscard]] std::byte* room(std::byte* at, std::size_t count) {
    if (static_cast<std::size_t>(end_ - at) >= count) [[likely]]
      return at;
    return commit(at) ? begin(count) : nullptr;
  }
  // What was written up to `at` is part of the message. False: it is too large.
  [[nodiscard]] bool commit(std::byte* at) {
    out_.commit(static_cast<std::size_t>(at - begin_));
    begin_ = at;
    return !out_.overflowed();
  }
  // Behind what was committed, by reference when it is large.
  [[nodiscard]] bool append(const slice& bytes) {
    out_.append(bytes);
    return !out_.overflowed();
  }

  [[nodiscard]] std::size_t size(const std::byte* at) const {
    return out_.size() + static_cast<std::size_t>(at - begin_);
  }
  [[nodiscard]] const message_out& out() const { return out_; }

 private:
  // Heads are reserved at their largest: a message may end right at its limit all the same.
  static constexpr std::size_t slack = 64;

  message_out& out_;
  std::byte* begin_ = nullptr;
  std::byte* end_ = nullptr;
};

}  // namespace mw::msgpack
