// outbox_queue: see outbox_queue.h. Chains are unlinked in loops: their destructors would recurse.
// SPDX-License-Identifier: Apache-2.0
#include "mux/outbox_queue.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mw::pool {

slice outgoing::next(std::size_t count) {
  const slice& from = parts[part];
  const std::size_t taken = std::min(count, from.size() - offset);
  slice piece = from.part(offset, taken);
  offset += taken;
  sent += taken;
  if (offset == from.size()) {
    parts[part] = {};  // not needed any more: its owner may get the memory back
    ++part;
    offset = 0;
  }
  return piece;
}

chunk_cache::~chunk_cache() {
  while (first_) first_ = std::move(first_->next);
}

std::unique_ptr<outbox_node> chunk_cache::take(std::size_t capacity) {
  if (capacity <= outbox_node::usual && first_) {
    std::unique_ptr<outbox_node> node = std::move(first_);
    first_ = std::move(node->next);
    --count_;
    return node;
  }
  auto node = std::make_unique<outbox_node>();
  node->capacity = std::max(outbox_node::usual, static_cast<std::uint32_t>(capacity));
  node->bytes = std::make_unique_for_overwrite<std::byte[]>(node->capacity);
  return node;
}

void chunk_cache::put(std::unique_ptr<outbox_node> node) {
  if (count_ >= keep || node->capacity != outbox_node::usual || node->message) return;
  node->begin = node->end = 0;
  node->next = std::move(first_);
  first_ = std::move(node);
  ++count_;
}

void outbox_queue::link(std::unique_ptr<outbox_node> node) {
  outbox_node* const added = node.get();
  (last_ == nullptr ? first_ : last_->next) = std::move(node);
  last_ = added;
}

void outbox_queue::add(bytes_view frame, chunk_cache& cache) {
  if (last_ == nullptr || last_->message || last_->capacity - last_->end < frame.size())
    link(cache.take(frame.size()));
  std::memcpy(last_->bytes.get() + last_->end, frame.data(), frame.size());
  last_->end += static_cast<std::uint32_t>(frame.size());
}

void outbox_queue::add(std::unique_ptr<outgoing> message) {
  auto node = std::make_unique<outbox_node>();
  node->message = std::move(message);
  link(std::move(node));
}

void outbox_queue::pop(chunk_cache& cache) {
  std::unique_ptr<outbox_node> gone = std::move(first_);
  first_ = std::move(gone->next);
  if (!first_) last_ = nullptr;
  cache.put(std::move(gone));
}

void outbox_queue::clear() {
  while (first_) first_ = std::move(first_->next);
  last_ = nullptr;
}

}  // namespace mw::pool
