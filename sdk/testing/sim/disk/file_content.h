// file_content: the bytes of one file twice: as processes see them and as the disk holds them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dice.h"

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace mw::sim {

inline constexpr std::size_t sector_bytes = 512;  // what a disk writes as a whole or not at all

// What a power loss did to a file, in sectors that had not been synced.
struct sector_loss {
  std::size_t kept = 0;
  std::size_t lost = 0;
};

class file_content {
 public:
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return now_; }

  void append(bytes_view more);
  void truncate(std::size_t size);  // also grows, with zeros
  void sync();
  // A sync that failed: some sectors reached the disk, and the others never will, because the
  // system counts them as clean from now on.
  void sync_badly(dice& chance);
  // Keeps a random part of what was not synced.
  sector_loss lose_power(dice& chance);
  // False: there is no such byte.
  bool flip_bit(std::uint64_t offset);

 private:
  static constexpr std::size_t clean = std::numeric_limits<std::size_t>::max();

  sector_loss write_back(std::size_t size, dice& chance, std::uint32_t keep_ppm);

  std::vector<std::byte> now_;
  std::vector<std::byte> durable_;
  std::size_t dirty_from_ = clean;  // the two may differ from here on
};

}  // namespace mw::sim
