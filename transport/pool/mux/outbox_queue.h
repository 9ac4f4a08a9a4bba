// outbox_queue: one lane of an outbox: frames back to back in chunks, and messages cut on the way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/frame.h"

#include <mw/buffer.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mw::pool {

// A message that shares the sender's slices, or leaves in fragments.
struct outgoing {
  wire::frame_head head;  // of each of its frames, but for `first` and `more`
  std::vector<slice> parts;
  std::size_t size = 0;
  std::size_t sent = 0;
  std::size_t part = 0;    // the next byte to go is in this part,
  std::size_t offset = 0;  // at this place
  bool paid = false;       // its credit was taken as a whole, when it was sent
  // Takes the next `count` bytes, or what is left of the part. Not at the end.
  [[nodiscard]] slice next(std::size_t count);
};

// What waits in a lane: either whole frames, one behind the other, or one message.
struct outbox_node {
  static constexpr std::uint32_t usual = 16 * 1024;

  std::unique_ptr<outbox_node> next;
  std::unique_ptr<std::byte[]> bytes;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t capacity = 0;
  std::unique_ptr<outgoing> message;
};

// Chunks that nobody uses, so that a queue that comes and goes does not allocate. Shared by the
// links of a lane.
class chunk_cache {
 public:
  static constexpr std::size_t keep = 64;
  ~chunk_cache();
  chunk_cache() = default;
  chunk_cache(const chunk_cache&) = delete;
  chunk_cache& operator=(const chunk_cache&) = delete;

  [[nodiscard]] std::unique_ptr<outbox_node> take(std::size_t capacity);
  void put(std::unique_ptr<outbox_node> node);
  [[nodiscard]] std::size_t kept() const { return count_; }

 private:
  std::unique_ptr<outbox_node> first_;
  std::size_t count_ = 0;
};

// First in, first out. Owns no memory while it is empty.
class outbox_queue {
 public:
  outbox_queue() = default;
  outbox_queue(const outbox_queue&) = delete;
  outbox_queue& operator=(const outbox_queue&) = delete;
  ~outbox_queue() { clear(); }

  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  void add(bytes_view frame, chunk_cache& cache);
  void add(std::unique_ptr<outgoing> message);
  [[nodiscard]] outbox_node& front() { return *first_; }
  void pop(chunk_cache& cache);
  void clear();

  // Calls `visit(const outgoing&)` until it returns true; whether it did.
  template <class Visit>
  [[nodiscard]] bool any_message(Visit visit) const {
    for (const outbox_node* n = first_.get(); n != nullptr; n = n->next.get())
      if (n->message && visit(*n->message)) return true;
    return false;
  }

 private:
  void link(std::unique_ptr<outbox_node> node);

  std::unique_ptr<outbox_node> first_;
  outbox_node* last_ = nullptr;
};

}  // namespace mw::pool
