// file_content: sectors that were synced, and what becomes of those that were not.
// SPDX-License-Identifier: Apache-2.0
#include "file_content.h"

#include <algorithm>
#include <cstring>

namespace mw::sim {

void file_content::append(bytes_view more) {
  dirty_from_ = std::min(dirty_from_, now_.size());
  now_.insert(now_.end(), more.begin(), more.end());
}

void file_content::truncate(std::size_t size) {
  dirty_from_ = std::min({dirty_from_, now_.size(), size});
  now_.resize(size);
}

void file_content::sync() {
  if (dirty_from_ == clean) return;
  durable_.resize(now_.size());
  std::copy(now_.begin() + static_cast<std::ptrdiff_t>(std::min(dirty_from_, now_.size())),
            now_.end(),
            durable_.begin() + static_cast<std::ptrdiff_t>(std::min(dirty_from_, now_.size())));
  dirty_from_ = clean;
}

void file_content::sync_badly(dice& chance) {
  if (dirty_from_ == clean) return;
  (void)write_back(now_.size(), chance, 500'000);
  dirty_from_ = clean;
}

sector_loss file_content::lose_power(dice& chance) {
  sector_loss loss;
  if (dirty_from_ != clean) {
    // All of it, nothing, or a mixture: the extremes are the interesting cases of many protocols.
    const std::uint64_t mode = chance.below(4);
    const std::uint32_t keep_ppm = mode == 0 ? 0 : mode == 1 ? 1'000'000 : 500'000;
    const std::size_t low = std::min(durable_.size(), now_.size());
    const std::size_t high = std::max(durable_.size(), now_.size());
    const std::size_t size = mode == 0   ? durable_.size()
                             : mode == 1 ? now_.size()
                                         : low + chance.below(high - low + 1);
    loss = write_back(size, chance, keep_ppm);
  }
  now_ = durable_;
  dirty_from_ = clean;
  return loss;
}

bool file_content::flip_bit(std::uint64_t offset) {
  if (offset >= now_.size()) return false;
  now_[offset] ^= std::byte{1};
  if (offset < durable_.size()) durable_[offset] ^= std::byte{1};
  return true;
}

// Some dirty sectors reach the disk, and the file there ends at `size`.
sector_loss file_content::write_back(std::size_t size, dice& chance, std::uint32_t keep_ppm) {
  sector_loss loss;
  const std::size_t end = std::max(now_.size(), durable_.size());
  durable_.resize(size);
  for (std::size_t at = dirty_from_ / sector_bytes * sector_bytes; at < end; at += sector_bytes) {
    const bool keep = chance.ppm(keep_ppm) && at < size;
    ++(keep ? loss.kept : loss.lost);
    if (!keep) continue;
    const std::size_t count =
        std::min({sector_bytes, size - at, now_.size() - std::min(at, now_.size())});
    if (count > 0) std::memcpy(durable_.data() + at, now_.data() + at, count);
  }
  return loss;
}

}  // namespace mw::sim
