// compress_lz4: one LZ4 block from bytes and back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <memory>
#include <span>

namespace mw::wire::detail {

class lz4_block {
 public:
  // Bytes used of `to`; zero when it does not fit.
  [[nodiscard]] std::size_t pack(bytes_view from, std::span<std::byte> to);
  // Whether `from` is a block that gives exactly the bytes of `to`.
  [[nodiscard]] static bool unpack(bytes_view from, std::span<std::byte> to);

 private:
  std::unique_ptr<std::byte[]> state_;  // 16 KiB, from the first pack() on
};

}  // namespace mw::wire::detail
