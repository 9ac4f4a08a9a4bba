// text: copies text and checks that it is UTF-8, eight bytes at a time while it is ASCII.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/toolkit/utf8.h>

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

// memcpy for lengths that are mostly small: without a call, without reading beyond either end.
inline void copy_bytes(std::byte* to, const void* source, std::size_t size) {
  const auto* from = static_cast<const std::byte*>(source);
  if (size > 64) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {
    const std::size_t last = size - 8;
    for (std::size_t i = 0; i < last; i += 8) std::memcpy(to + i, from + i, 8);
    std::memcpy(to + last, from + last, 8);
  } else if (size >= 4) {
    std::uint32_t head;
    std::uint32_t tail;
    std::memcpy(&head, from, 4);
    std::memcpy(&tail, from + size - 4, 4);
    std::memcpy(to, &head, 4);
    std::memcpy(to + size - 4, &tail, 4);
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
}

}  // namespace mw::msgpack
