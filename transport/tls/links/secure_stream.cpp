// secure_stream: what leaves: small writes become one record, large ones are sealed in place.
// SPDX-License-Identifier: Apache-2.0
#include "links/secure_stream.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace mw::tls {

namespace {
constexpr std::size_t record_max = 16 * 1024;
static_assert(sizeof(record_buffer::element_type) == record_max);
}  // namespace

secure_stream::secure_stream(works& shared, stream_ptr carrier, std::unique_ptr<engine> with,
                             peer_facts peer, bytes_view left)
    : shared_(shared),
      carrier_(std::move(carrier)),
      engine_(std::move(with)),
      peer_(std::move(peer)),
      kept_(left.begin(), left.end()),
      place_(static_cast<std::uint32_t>(shared.links.size())) {
  engine_->handshake_over();
  engine_->feed({});
  shared_.links.push_back(this);
  carrier_->pause_reading();
  carrier_->start(*this);
  flush_later();  // which lets the buffers of the handshake go
}

secure_stream::~secure_stream() {
  if (gone_ != nullptr) *gone_ = true;
  if (flushing_ || waking_ || warm_) shared_.forget(*this);
  if (gathered_) shared_.give_record(std::move(gathered_));
  shared_.links[place_] = shared_.links.back();
  shared_.links[place_]->place_ = place_;
  shared_.links.pop_back();
  // An alert or our end has been written; a reset would overtake it.
  if (closed_ && !carrier_closed_) shared_.farewells.keep(std::move(carrier_));
}

std::size_t secure_stream::take(bytes_view bytes) {
  const std::size_t taken = carrier_->write(bytes);
  shared_.metrics.sent(taken);
  return taken;
}

// Seals one record. What is returned has left, or lies in the engine half sent: then the same bytes
// have to come again once there is room.
std::size_t secure_stream::seal(bytes_view record) {
  const engine::transfer put = engine_->write(record, *this);
  blocked_ = put.what == engine::state::blocked;
  if (put.what == engine::state::failed) failed_to_write();
  return put.size;
}

// Nothing may be told inside a call of the owner.
void secure_stream::failed_to_write() {
  failed_ = blocked_ = true;
  if (!std::exchange(waking_, true)) shared_.wake(*this);
}

std::size_t secure_stream::gather(bytes_view bytes) {
  if (!gathered_) gathered_ = shared_.take_record();
  const std::size_t some = std::min(bytes.size(), record_max - gathered_size_);
  std::copy_n(bytes.data(), some, gathered_->data() + gathered_size_);
  gathered_size_ += static_cast<std::uint32_t>(some);
  return some;
}

void secure_stream::seal_gathered() {
  if (gathered_size_ == 0 || seal(bytes_view(*gathered_).first(gathered_size_)) == 0) return;
  gathered_size_ = 0;
  shared_.give_record(std::move(gathered_));
}

std::size_t secure_stream::write(bytes_view bytes) {
  if (!may_write()) return 0;
  std::size_t taken = 0;
  while (taken < bytes.size() && !blocked_ && held_left_ == 0) {
    const bytes_view rest = bytes.subspan(taken);
    if (gathered_size_ > 0 || rest.size() < record_max) {
      taken += gather(rest);
      if (gathered_size_ == record_max) seal_gathered();
    } else if (seal(rest.first(record_max)) > 0) {
      taken += record_max;
    } else {
      taken += gather(rest);  // it will be asked for again, and the caller's bytes go
    }
  }
  if (taken < bytes.size()) refused(std::numeric_limits<std::size_t>::max());
  if (gathered_size_ > 0 && !blocked_) flush_later();
  return taken;
}

bool secure_stream::write(slice bytes) {
  if (!may_write()) return false;
  if (blocked_ || held_left_ > 0) {
    refused(std::numeric_limits<std::size_t>::max());
    return false;
  }
  held_left_ = bytes.size();
  held_ = std::move(bytes);
  push_held();
  if (gathered_size_ > 0 && !blocked_) flush_later();
  return true;
}

std::span<std::byte> secure_stream::reserve(std::size_t count) {
  if (count > record_max || !may_write() || blocked_ || held_left_ > 0) return {};
  if (count > record_max - gathered_size_) seal_gathered();
  if (blocked_) return {};
  if (!gathered_) gathered_ = shared_.take_record();
  lent_ = true;
  return std::span<std::byte>(*gathered_).subspan(gathered_size_);
}

void secure_stream::commit(std::size_t count) {
  lent_ = false;
  gathered_size_ += static_cast<std::uint32_t>(count);
  if (gathered_size_ == record_max && !blocked_) seal_gathered();
  if (gathered_size_ > 0 && !blocked_) return flush_later();
  if (gathered_size_ == 0 && gathered_) shared_.give_record(std::move(gathered_));
}

// Records stay full: what is left of one is filled from the slice, its tail begins the next.
void secure_stream::push_held() {
  while (held_left_ > 0 && !blocked_) {
    const bytes_view rest = held_.view().last(held_left_);
    if (gathered_size_ > 0 || rest.size() < record_max) {
      held_left_ -= gather(rest);
      if (gathered_size_ == record_max) seal_gathered();
    } else {
      held_left_ -= seal(rest.first(record_max));
    }
  }
  if (held_left_ == 0) held_ = {};
}

void secure_stream::refused(std::size_t resume_at) {
  short_of_room_ = true;
  resume_at_ = resume_at;
}

std::size_t secure_stream::unsent() const {
  return gathered_size_ + held_left_ + carrier_->unsent();
}

void secure_stream::tell_when_unsent(std::size_t unsent_max) {
  if (!may_write()) return;
  refused(unsent_max);
  // Otherwise the carrier calls on its own, because it has refused something.
  if (!blocked_) carrier_->tell_when_unsent(unsent_max);
}

void secure_stream::flush_later() {
  if (!std::exchange(flushing_, true)) shared_.flush_at_turn_end(*this);
}

void secure_stream::flush() {
  flushing_ = false;
  if (!closed_ && !blocked_) push();
  busy_ = true;
  if (!warm_) warm_ = shared_.keep_warm(*this);
  if (!warm_ && !failed_) engine_->rest();
}

bool secure_stream::cooled() {
  if (std::exchange(busy_, false)) return false;
  warm_ = false;
  if (!failed_) engine_->rest();
  return true;
}

// Everything that waits, as far as the carrier takes it.
void secure_stream::push() {
  if (failed_ || lent_) return;  // what is lent comes back before the turn ends
  seal_gathered();
  push_held();
  if (!blocked_) seal_gathered();
  if (finishing_ && !blocked_) say_end();
}

void secure_stream::finish() {
  if (!may_write()) return;
  finishing_ = true;
  short_of_room_ = false;
  if (!blocked_) push();
}

void secure_stream::say_end() {
  if (finished_ || failed_) return;
  switch (engine_->close(*this)) {
    case engine::state::blocked:
      blocked_ = true;
      return;
    case engine::state::failed:
      return failed_to_write();
    default:
      finished_ = true;
      carrier_->finish();
  }
}

void secure_stream::on_writable() {
  if (closed_ || failed_) return;
  blocked_ = false;
  push();
  if (!short_of_room_ || blocked_ || held_left_ > 0) return;
  if (unsent() > resume_at_) return carrier_->tell_when_unsent(resume_at_);
  short_of_room_ = false;
  if (events_ != nullptr) events_->on_writable();  // the owner may destroy this: nothing may follow
}

}  // namespace mw::tls
