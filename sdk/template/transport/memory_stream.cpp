// memory_stream: inboxes, room, and the order in which an end hears of things.
// SPDX-License-Identifier: Apache-2.0
#include "memory_stream.h"

#include <algorithm>

memory_stream::both_ends memory_stream::make(mw::host& host, const mw::endpoint& near,
                                             const mw::endpoint& far) {
  both_ends ends{std::make_unique<memory_stream>(host, near, far),
                 std::make_unique<memory_stream>(host, far, near)};
  ends.near->other_ = ends.far.get();
  ends.far->other_ = ends.near.get();
  return ends;
}

memory_stream::memory_stream(mw::host& host, mw::endpoint local, mw::endpoint remote)
    : local_(std::move(local)),
      remote_(std::move(remote)),
      next_turn_(host.make_timer([this] { tell_one(); })) {}

memory_stream::~memory_stream() {
  if (other_ == nullptr) return;
  other_->other_ = nullptr;
  other_->wake();
}

void memory_stream::start(mw::stream_events& events) {
  owner_ = &events;
  wake();
}

std::size_t memory_stream::write(mw::bytes_view bytes) {
  const std::size_t taken = std::min(bytes.size(), room());
  if (taken < bytes.size()) tell_when_unsent(inbox_limit / 2);
  if (taken > 0) post(mw::slice::copy_of(bytes.first(taken)));
  return taken;
}

bool memory_stream::write(mw::slice bytes) {
  if (bytes.size() > room()) {
    tell_when_unsent(inbox_limit - std::min(inbox_limit, bytes.size()));
    return false;
  }
  if (!bytes.empty()) post(std::move(bytes));
  return true;
}

std::size_t memory_stream::unsent() const {
  return other_ == nullptr ? 0 : other_->inbox_bytes_;
}

void memory_stream::tell_when_unsent(std::size_t unsent_max) {
  wants_room_ = unsent_max;
  wake();
}

void memory_stream::resume_reading() {
  paused_ = false;
  wake();
}

void memory_stream::finish() {
  finished_ = true;
  if (other_ != nullptr) other_->wake();
}

std::size_t memory_stream::room() const {
  if (other_ == nullptr || finished_) return 0;
  return inbox_limit - other_->inbox_bytes_;
}

void memory_stream::post(mw::slice bytes) {
  other_->inbox_bytes_ += bytes.size();
  other_->inbox_.push_back(std::move(bytes));
  other_->wake();
}

void memory_stream::wake() {
  if (!next_turn_->armed()) next_turn_->arm(mw::duration::zero());
}

bool memory_stream::finished_both_ways() const {
  return finished_ && told_end_ && other_ != nullptr && other_->told_end_;
}

// Wakes itself for what follows before it calls the owner, who may destroy this.
void memory_stream::tell_one() {
  if (owner_ == nullptr || told_closed_) return;
  if (other_ == nullptr || finished_both_ways()) {
    told_closed_ = true;
    return owner_->on_closed({mw::errc::disconnected, finished_ && told_end_
                                                          ? "both ends have finished"
                                                          : "the other end is gone"});
  }
  if (!paused_ && !inbox_.empty()) {
    const mw::slice bytes = std::move(inbox_.front());
    inbox_.pop_front();
    inbox_bytes_ -= bytes.size();
    if (other_->wants_room_) other_->wake();
    wake();
    return owner_->on_data(bytes.view());
  }
  if (wants_room_ && other_ != nullptr && !finished_ && unsent() <= *wants_room_) {
    wants_room_.reset();
    wake();
    return owner_->on_writable();
  }
  if (other_->finished_ && inbox_.empty() && !told_end_) {
    told_end_ = true;
    other_->wake();
    wake();
    return owner_->on_end();
  }
}
