// compress_zstd: one Zstd frame from bytes and back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <memory>
#include <span>

namespace mw::wire::detail {

class zstd_frame {
 public:
  zstd_frame();
  ~zstd_frame();

  // Bytes used of `to`; zero when it does not fit.
  [[nodiscard]] std::size_t pack(bytes_view from, std::span<std::byte> to);
  // Whether `from` is one frame, all of it, that gives exactly the bytes of `to`.
  [[nodiscard]] bool unpack(bytes_view from, std::span<std::byte> to);

 private:
  struct contexts;
  std::unique_ptr<contexts> contexts_;
};

}  // namespace mw::wire::detail
