// cutter_memory: blocks for frames that arrive in pieces, shared by all links of a plug-in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checksum.h"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace mw::wire {

// Links hold a block only while a frame is half here, so few blocks serve many links: what comes
// back is kept for the next, up to `spare_max` bytes. Must outlive its cutters.
class cutter_memory {
 public:
  struct block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t capacity = 0;
  };

  // Blocks up to this size are powers of two and are kept; larger ones are freed when they return.
  static constexpr std::size_t kept_max = std::size_t{256} << 10;
  static constexpr std::size_t smallest = 256;

  explicit cutter_memory(std::size_t spare_max = std::size_t{1} << 20);

  // A block of at least `size` bytes, of less than twice as many unless that is below `smallest`.
  [[nodiscard]] block take(std::size_t size);
  void give(block&& returned);

  [[nodiscard]] std::unique_ptr<running_checksum> take_checksum();
  void give(std::unique_ptr<running_checksum> returned);

  // Bytes of blocks that links hold now, and of those that wait for the next link.
  [[nodiscard]] std::size_t held() const { return held_; }
  [[nodiscard]] std::size_t spare() const { return spare_; }

 private:
  static constexpr std::size_t sizes = 11;  // 256 B to 256 KiB
  static constexpr std::size_t checksums_max = 16;

  std::array<std::vector<std::unique_ptr<std::byte[]>>, sizes> kept_;
  std::vector<std::unique_ptr<running_checksum>> checksums_;
  std::size_t spare_max_;
  std::size_t held_ = 0;
  std::size_t spare_ = 0;
};

}  // namespace mw::wire
