// buffer: reference-counted slices of immutable bytes; the only zero-copy type.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace mw {

// One allocation: this header, then `capacity` bytes. Freed when the last slice goes.
struct buffer_block {
  std::atomic<std::uint32_t> references;
  std::uint32_t capacity;

  [[nodiscard]] std::byte* data() { return reinterpret_cast<std::byte*>(this + 1); }
};

// Allocates a block of `capacity` bytes with one reference, which the caller owns.
[[nodiscard]] buffer_block* allocate_block(std::size_t capacity);
void free_block(buffer_block* block) noexcept;

// A window on a block. Copying shares the block; slicing never copies bytes. The bytes do not
// change while a slice that shows them exists, so slices may cross lanes.
class slice {
 public:
  slice() = default;
  // Adopts one reference of `block`.
  slice(buffer_block* block, std::size_t offset, std::size_t size)
      : block_(block), data_(block->data() + offset), size_(size) {}
  slice(const slice& other) noexcept
      : block_(other.block_), data_(other.data_), size_(other.size_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  slice(slice&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  slice& operator=(slice other) noexcept {
    swap(other);
    return *this;
  }
  ~slice() {
    if (block_ != nullptr && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
      free_block(block_);
  }

  [[nodiscard]] static slice copy_of(bytes_view bytes);
  [[nodiscard]] static slice copy_of(std::string_view text) { return copy_of(as_bytes(text)); }

  [[nodiscard]] bytes_view view() const { return {data_, size_}; }
  [[nodiscard]] std::string_view text() const { return as_text(view()); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  // A part of this slice; `offset + size` must lie inside it.
  [[nodiscard]] slice part(std::size_t offset, std::size_t size) const;

  void swap(slice& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

 private:
  buffer_block* block_ = nullptr;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace mw
