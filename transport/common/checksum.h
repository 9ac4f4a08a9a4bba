// checksum: CRC32C and XXH3-64 over frames, at once or piece by piece.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "frame.h"
#include "frame_flags.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace mw::wire {

// The checksum of all of `bytes`; `none` gives zero. CRC32C uses the processor's instructions where
// there are some, and a table otherwise.
[[nodiscard]] std::uint64_t checksum_of(checksum kind, bytes_view bytes);

// The same over bytes that come in pieces.
class running_checksum {
 public:
  running_checksum();
  ~running_checksum();
  running_checksum(running_checksum&&) noexcept;
  running_checksum& operator=(running_checksum&&) noexcept;

  // Starts anew. The first start with XXH3 allocates its state (576 bytes), which is then kept.
  void start(checksum kind);
  void add(bytes_view bytes);
  [[nodiscard]] std::uint64_t value() const;

 private:
  struct xxh3_state;
  std::unique_ptr<xxh3_state> xxh3_;
  checksum kind_ = checksum::none;
  std::uint32_t crc_ = 0;
};

// Trailers are big-endian; `to` and `from` have room for checksum_bytes(kind).
inline void write_trailer(checksum kind, std::uint64_t value, std::byte* to) {
  if (kind == checksum::crc32c) flags::store(static_cast<std::uint32_t>(value), to);
  if (kind == checksum::xxh3) flags::store(value, to);
}
[[nodiscard]] inline std::uint64_t read_trailer(checksum kind, const std::byte* from) {
  if (kind == checksum::crc32c) return flags::load<std::uint32_t>(from);
  if (kind == checksum::xxh3) return flags::load<std::uint64_t>(from);
  return 0;
}

namespace detail {
// XXH3 of at most so many bytes, which need no vectors.
inline constexpr std::size_t xxh3_short_max = 240;
[[nodiscard]] std::uint64_t xxh3_short(bytes_view bytes);
// CRC32C of `bytes` continued from `crc`, which is zero at the start. Both give the same.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, bytes_view bytes);
[[nodiscard]] std::uint32_t crc32c_by_table(std::uint32_t crc, bytes_view bytes);
// Only where crc32c_by_instruction_works().
[[nodiscard]] bool crc32c_by_instruction_works();
[[nodiscard]] std::uint32_t crc32c_by_instruction(std::uint32_t crc, bytes_view bytes);
}  // namespace detail

}  // namespace mw::wire
