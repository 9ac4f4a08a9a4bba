// compress: LZ4 blocks and Zstd frames behind one bounded interface.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/frame.h"

#include <mw/result.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mw::wire {

namespace detail {
class lz4_block;
class zstd_frame;
}  // namespace detail

// A packed payload is the size of what it unpacks to, as u32, then the block or frame.
inline constexpr std::size_t packed_prefix = 4;
// Nothing unpacks to more than so many times its bytes. What packs better is sent as it is.
inline constexpr std::size_t ratio_max = 100;

// Whether trying pays: at least `from` bytes, which do not look like noise. Looks at 512 of them.
[[nodiscard]] bool should_compress(bytes_view bytes, std::size_t from);

// Keeps its contexts and its memory, so one of them serves all links of a lane. What it keeps
// grows to the largest input so far.
class packer {
 public:
  packer();
  ~packer();

  // The packed payload, valid until the next call; empty when it would not be smaller by a
  // sixteenth, or smaller than ratio_max allows.
  [[nodiscard]] bytes_view pack(compression kind, bytes_view bytes);

 private:
  std::unique_ptr<detail::lz4_block> lz4_;
  std::unique_ptr<detail::zstd_frame> zstd_;
  std::vector<std::byte> out_;
};

// The size that a packed payload says it unpacks to, checked against `limit` and ratio_max before
// anybody allocates for it. `invalid`: the peer lies, or broke the limit.
[[nodiscard]] result<std::size_t> unpacked_size(bytes_view packed, std::size_t limit);

// As packer; what it keeps grows to the largest output so far, which `limit` bounds.
class unpacker {
 public:
  unpacker();
  ~unpacker();

  // Fills all of `to`, which must be as large as unpacked_size() says. `invalid`: the bytes are
  // damaged, give more or less, or hold more than one frame; `to` then holds anything.
  [[nodiscard]] status unpack(compression kind, bytes_view packed, std::span<std::byte> to);

  // The same to memory of its own; valid until the next call.
  [[nodiscard]] result<bytes_view> unpack(compression kind, bytes_view packed, std::size_t limit);

 private:
  std::unique_ptr<detail::zstd_frame> zstd_;
  std::unique_ptr<std::byte[]> out_;
  std::size_t capacity_ = 0;
};

}  // namespace mw::wire
