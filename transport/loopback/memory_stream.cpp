// memory_stream: inboxes, room, and the order in which an end hears of things.
// SPDX-License-Identifier: Apache-2.0
#include "memory_stream.h"

#include <algorithm>
#include <utility>

namespace mw::loopback {

namespace {

constexpr std::size_t copy_max = 4096;  // beyond, a reference is cheaper than a copy
constexpr int runs_per_turn = 64;       // so that two ends that answer each other starve nobody

}  // namespace

void inbox::copy(bytes_view bytes) {
  copied_.insert(copied_.end(), bytes.begin(), bytes.end());
  if (!empty() && runs_.back().shared.empty())
    runs_.back().count += bytes.size();
  else
    runs_.push_back({{}, bytes.size()});
}

void inbox::keep(slice bytes) {
  if (bytes.size() <= copy_max) return copy(bytes.view());
  const std::size_t size = bytes.size();
  runs_.push_back({std::move(bytes), size});
}

bytes_view inbox::front() const {
  const run& first = runs_[next_];
  if (first.shared.empty()) return bytes_view(copied_).subspan(copied_heard_, first.count);
  return first.shared.view().last(first.count);
}

void inbox::consume(std::size_t count) {
  run& first = runs_[next_];
  first.count -= count;
  if (first.shared.empty()) copied_heard_ += count;
  if (first.count > 0) return;
  first.shared = {};
  if (++next_ < runs_.size()) return;
  runs_.clear();
  copied_.clear();
  next_ = copied_heard_ = 0;
}

memory_stream::both_ends memory_stream::make(const host& h, const endpoint& near,
                                             const endpoint& far, byte_size send_limit) {
  both_ends ends{std::make_unique<memory_stream>(h, near, far, send_limit),
                 std::make_unique<memory_stream>(h, far, near, send_limit)};
  ends.near->other_ = ends.far.get();
  ends.far->other_ = ends.near.get();
  return ends;
}

memory_stream::memory_stream(const host& h, const endpoint& local, const endpoint& remote,
                             byte_size limit)
    : local_(local),
      remote_(remote),
      limit_(static_cast<std::size_t>(limit.count)),
      next_turn_(h.make_timer([this] { tell(); })) {}

memory_stream::~memory_stream() {
  if (gone_ != nullptr) *gone_ = true;
  if (other_ == nullptr) return;
  other_->other_ = nullptr;
  other_->wake();
}

void memory_stream::start(stream_events& events) {
  owner_ = &events;
  wake();
}

std::size_t memory_stream::write(bytes_view bytes) {
  if (!may_write()) return 0;
  const std::size_t room = limit_ - std::min(limit_, other_->unheard_);
  const std::size_t taken = std::min(bytes.size(), room);
  if (taken < bytes.size()) {
    short_of_room_ = true;
    resume_at_ = limit_ / 2;
  }
  if (taken == 0) return 0;
  other_->arriving_->copy(bytes.first(taken));
  other_->unheard_ += taken;
  other_->wake();
  return taken;
}

bool memory_stream::write(slice bytes) {
  if (!may_write()) return false;
  const std::size_t size = bytes.size();
  // A slice above the limit is taken when it is alone: it could never be sent otherwise.
  if (other_->unheard_ > 0 && other_->unheard_ + size > limit_) {
    short_of_room_ = true;
    resume_at_ = std::min(limit_ / 2, limit_ - std::min(limit_, size));
    return false;
  }
  if (size == 0) return true;
  other_->arriving_->keep(std::move(bytes));
  other_->unheard_ += size;
  other_->wake();
  return true;
}

std::size_t memory_stream::unsent() const {
  return other_ == nullptr ? 0 : other_->unheard_;
}

void memory_stream::tell_when_unsent(std::size_t unsent_max) {
  if (!may_write()) return;
  short_of_room_ = true;
  resume_at_ = unsent_max;
  wake();
}

void memory_stream::resume_reading() {
  paused_ = false;
  wake();
}

void memory_stream::finish() {
  finished_ = true;
  wake();
  if (other_ != nullptr) other_->wake();
}

void memory_stream::wake() {
  if (!next_turn_->armed()) next_turn_->arm(duration::zero());
}

template <class Call>
bool memory_stream::survives(Call call) {
  bool gone = false;
  gone_ = &gone;
  call();
  if (gone) return false;
  gone_ = nullptr;
  return true;
}

void memory_stream::tell() {
  if (owner_ == nullptr || told_closed_) return;
  if (other_ == nullptr) return tell_closed();
  if (!tell_data() || !tell_writable() || !tell_end()) return;
  if (other_ == nullptr || (finished_ && told_end_ && other_->told_end_)) tell_closed();
}

bool memory_stream::tell_data() {
  for (int runs = 0; !paused_ && other_ != nullptr && anything_to_hear(); ++runs) {
    if (runs == runs_per_turn) {
      wake();
      break;
    }
    if (!tell_run()) return false;
  }
  return true;
}

bool memory_stream::tell_run() {
  const std::span<std::byte> place = owner_->read_into();
  if (hearing_->empty()) hearing_.swap(arriving_);
  bytes_view next = hearing_->front();
  if (!place.empty()) {
    next = next.first(std::min(next.size(), place.size()));
    std::copy(next.begin(), next.end(), place.begin());
  }
  unheard_ -= next.size();
  if (other_->short_of_room_) other_->wake();
  // The bytes outlive the stream for as long as the call lasts.
  std::unique_ptr<inbox> heard = std::move(hearing_);
  const bytes_view shown = place.empty() ? next : bytes_view(place.first(next.size()));
  if (!survives([this, shown] { owner_->on_data(shown); })) return false;
  heard->consume(next.size());
  hearing_ = std::move(heard);
  return true;
}

bool memory_stream::tell_writable() {
  if (!short_of_room_ || !may_write() || other_->unheard_ > resume_at_) return true;
  short_of_room_ = false;
  return survives([this] { owner_->on_writable(); });
}

bool memory_stream::tell_end() {
  if (other_ == nullptr || !other_->finished_ || told_end_ || paused_ || anything_to_hear())
    return true;
  told_end_ = true;
  other_->wake();
  return survives([this] { owner_->on_end(); });
}

// The owner may destroy this in the call: nothing may follow it.
void memory_stream::tell_closed() {
  told_closed_ = true;
  const bool well = finished_ && told_end_;
  owner_->on_closed(
      {errc::disconnected, "link with " + to_string(remote_) +
                               (well ? ": both ends have finished" : ": the other end is gone")});
}

}  // namespace mw::loopback
