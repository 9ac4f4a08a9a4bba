// message_out: growing, and keeping what has arrived.
// SPDX-License-Identifier: Apache-2.0
#include <mw/message_out.h>

#include <algorithm>

namespace mw {

// Capacity is zero at first while the marks stand behind the headroom: written so that an unused
// object owns no memory.
void message_out::grow(std::size_t count) {
  const std::size_t wanted = std::max({used_ + count, capacity_ * 2, std::size_t{1024}});
  auto larger = std::make_unique_for_overwrite<std::byte[]>(wanted);
  if (capacity_ != 0) std::memcpy(larger.get() + front_, bytes_.get() + front_, used_ - front_);
  bytes_ = std::move(larger);
  capacity_ = wanted;
}

slice payload::keep() const {
  return keep(bytes);
}

slice payload::keep(bytes_view part) const {
  if (owner == nullptr || part.empty()) return slice::copy_of(part);
  return owner->part(static_cast<std::size_t>(part.data() - owner->view().data()), part.size());
}

}  // namespace mw
