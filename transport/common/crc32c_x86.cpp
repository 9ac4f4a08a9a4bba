// crc32c_x86: CRC32C by the instruction of SSE4.2, three streams at a time for what is longer.
// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#include <immintrin.h>
// clang knows C's name of the type, which this header uses, in C only.
#if defined(__clang__)
#define _Bool bool
#endif
#include <sys/platform/x86.h>
#undef _Bool

#include <algorithm>
#include <array>
#include <cstring>

namespace mw::wire::detail {
namespace {

// One stream waits for its own result, three cycles for each word; three of them keep the unit
// busy. Below this many bytes the merge would cost more than that.
constexpr std::size_t three_streams_from = 216;
constexpr std::size_t words_max = 256;  // of one stream until the next merge

// Entry n moves a checksum over 8 * n bytes that follow it: x^(64 n - 33) modulo the polynomial,
// with the lowest power in the highest bit. The other x^33 come from the product's and the
// instruction's form.
constexpr std::array<std::uint32_t, 2 * words_max + 1> make_moves() {
  std::array<std::uint32_t, 2 * words_max + 1> moves{};
  std::uint32_t power = 1;  // x^31
  for (std::size_t n = 1; n < moves.size(); ++n) {
    moves[n] = power;
    for (int bit = 0; bit < 64; ++bit) power = (power >> 1) ^ ((power & 1) != 0 ? 0x82f63b78 : 0);
  }
  return moves;
}
constexpr auto moves = make_moves();

std::uint64_t word_at(const std::byte* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

__attribute__((target("sse4.2,pclmul"))) std::uint64_t move_over(std::uint64_t crc,
                                                                 std::size_t words) {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(crc)),
                           _mm_cvtsi64_si128(static_cast<long long>(moves[words])), 0);
  return _mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)));
}

// Three neighbouring streams of `words` words each.
__attribute__((target("sse4.2,pclmul"))) std::uint64_t three_streams(std::uint64_t crc,
                                                                     const std::byte* at,
                                                                     std::size_t words) {
  std::uint64_t second = 0;
  std::uint64_t third = 0;
  const std::size_t distance = words * sizeof(std::uint64_t);
  for (std::size_t i = 0; i < words; ++i, at += sizeof(std::uint64_t)) {
    crc = _mm_crc32_u64(crc, word_at(at));
    second = _mm_crc32_u64(second, word_at(at + distance));
    third = _mm_crc32_u64(third, word_at(at + 2 * distance));
  }
  return move_over(crc, 2 * words) ^ move_over(second, words) ^ third;
}

}  // namespace

bool crc32c_by_instruction_works() {
  return CPU_FEATURE_ACTIVE(SSE4_2) && CPU_FEATURE_ACTIVE(PCLMULQDQ);
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t crc32c_by_instruction(std::uint32_t start,
                                                                             bytes_view bytes) {
  std::uint64_t crc = ~start;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  while (left >= three_streams_from) {
    const std::size_t words = std::min(left / (3 * sizeof(std::uint64_t)), words_max);
    crc = three_streams(crc, at, words);
    at += 3 * sizeof(std::uint64_t) * words;
    left -= 3 * sizeof(std::uint64_t) * words;
  }
  for (; left >= sizeof(std::uint64_t); left -= 8, at += 8) crc = _mm_crc32_u64(crc, word_at(at));
  auto narrow = static_cast<std::uint32_t>(crc);
  if (left >= sizeof(std::uint32_t)) {
    std::uint32_t half;
    std::memcpy(&half, at, sizeof half);
    narrow = _mm_crc32_u32(narrow, half);
    left -= sizeof half;
    at += sizeof half;
  }
  for (; left > 0; --left, ++at) narrow = _mm_crc32_u8(narrow, std::to_integer<unsigned char>(*at));
  return ~narrow;
}

}  // namespace mw::wire::detail

#else

namespace mw::wire::detail {

bool crc32c_by_instruction_works() {
  return false;
}
std::uint32_t crc32c_by_instruction(std::uint32_t crc, bytes_view bytes) {
  return crc32c_by_table(crc, bytes);
}

}  // namespace mw::wire::detail

#endif
