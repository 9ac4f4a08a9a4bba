// text: copies text and checks that it is UTF-8, eight bytes at a time while it is ASCII.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/toolkit/utf8.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mw::msgpack {

inline constexpr std::uint64_t high_bits = 0x8080808080808080;

inline std::uint64_t load_eight(const void* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// The bits of all bytes, or'ed: without high_bits it is ASCII. Pieces overlap at the end.
inline std::uint64_t bits_of(const char* text, std::size_t size) {
  std::uint64_t bits = 0;
  if (size >= 8) {
    const char* last = text + size - 8;
    for (; text < last; text += 8) bits |= load_eight(text);
    return bits | load_eight(last);
  }
  if (size >= 4) {
    std::uint32_t first;
    std::uint32_t last;
    std::memcpy(&first, text, 4);
    std::memcpy(&last, text + size - 4, 4);
    return first | last;
  }
  for (std::size_t i = 0; i < size; ++i) bits |= static_cast<unsigned char>(text[i]);
  return bits;
}

inline bool is_text(const char* text, std::size_t size) {
  if ((bits_of(text, size) & high_bits) == 0) [[likely]]
    return true;
  return is_utf8({text, size});
}

// Between `Part` and twice as many bytes.
template <std::size_t Part>
void copy_ends(std::byte* to, const std::byte* from, std::size_t size) {
  std::array<std::byte, Part> head;
  std::array<std::byte, Part> tail;
  std::memcpy(head.data(), from, Part);
  std::memcpy(tail.data(), from + size - Part, Part);
  std::memcpy(to, head.data(), Part);
  std::memcpy(to + size - Part, tail.data(), Part);
}

// memcpy for lengths that are mostly small: without a call, without reading beyond either end.
inline void copy_bytes(std::byte* to, const void* source, std::size_t size) {
  const auto* from = static_cast<const std::byte*>(source);
  if (size > 64) {
    std::memcpy(to, from, size);
  } else if (size >= 16) {
    // Both ends, which overlap in the middle.
    if (size > 32)
      copy_ends<32>(to, from, size);
    else
      copy_ends<16>(to, from, size);
  } else if (size >= 8) {
    copy_ends<8>(to, from, size);
  } else if (size >= 4) {
    copy_ends<4>(to, from, size);
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
}

}  // namespace mw::msgpack
