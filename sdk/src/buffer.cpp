// buffer: allocation of blocks and slicing.
// SPDX-License-Identifier: Apache-2.0
#include <mw/assert.h>
#include <mw/buffer.h>

#include <cstring>
#include <limits>
#include <new>

namespace mw {

buffer_block* allocate_block(std::size_t capacity) {
  MW_ASSERT(capacity <= std::numeric_limits<std::uint32_t>::max(), "blocks are at most 4 GiB");
  void* memory = ::operator new(sizeof(buffer_block) + capacity);
  return ::new (memory) buffer_block{1, static_cast<std::uint32_t>(capacity)};
}

void free_block(buffer_block* block) noexcept {
  block->~buffer_block();
  ::operator delete(block);
}

slice slice::copy_of(bytes_view bytes) {
  if (bytes.empty()) return {};
  buffer_block* block = allocate_block(bytes.size());
  std::memcpy(block->data(), bytes.data(), bytes.size());
  return {block, 0, bytes.size()};
}

slice slice::part(std::size_t offset, std::size_t size) const {
  MW_ASSERT(offset <= size_ && size <= size_ - offset, "a part lies inside its slice");
  slice out(*this);
  out.data_ += offset;
  out.size_ = size;
  return out;
}

}  // namespace mw
