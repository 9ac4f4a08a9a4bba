// secure_stream_in: what arrives, and the several ways to end.
// SPDX-License-Identifier: Apache-2.0
#include "links/secure_stream.h"

#include <mw/assert.h>

#include <algorithm>
#include <utility>

namespace mw::tls {

template <class Call>
bool secure_stream::survives(Call call) {
  bool gone = false;
  bool* const outer = std::exchange(gone_, &gone);
  call();
  if (gone) {
    if (outer != nullptr) *outer = true;
    return false;
  }
  gone_ = outer;
  return true;
}

void secure_stream::start(stream_events& events) {
  events_ = &events;
  const bool something =
      !kept_.empty() || engine_->holds_input() || carrier_closed_ || carrier_ended_ || failed_;
  if (something && !std::exchange(waking_, true)) shared_.wake(*this);
  if (!paused_) carrier_->resume_reading();
}

void secure_stream::pause_reading() {
  paused_ = true;
  carrier_->pause_reading();
}

void secure_stream::resume_reading() {
  paused_ = false;
  if (events_ == nullptr) return;
  const bool something =
      !kept_.empty() || engine_->holds_input() || carrier_closed_ || carrier_ended_;
  if (something && !std::exchange(waking_, true)) shared_.wake(*this);
  carrier_->resume_reading();
}

void secure_stream::woken() {
  waking_ = false;
  if (closed_ || events_ == nullptr) return;
  if (failed_) {
    (void)fail();
    return;
  }
  if (paused_) return;
  std::vector<std::byte> input = std::exchange(kept_, {});
  engine_->feed(input);
  if (!decrypt()) return;
  keep_input();
  flush_later();
  (void)carrier_gone();
}

void secure_stream::on_data(bytes_view bytes) {
  shared_.metrics.received(bytes.size());
  if (closed_ || ended_) return;
  if (paused_ || events_ == nullptr || !kept_.empty()) {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    return;
  }
  engine_->feed(bytes);
  if (!decrypt()) return;
  keep_input();
  flush_later();  // behind the owner's own end of the turn, which may write
}

// The owner has paused in the midst of it. The carrier has paused, too, so this is one read.
void secure_stream::keep_input() {
  const bytes_view left = engine_->input_left();
  if (!left.empty() && !ended_ && !closed_) kept_.assign(left.begin(), left.end());
  engine_->feed({});
}

bool secure_stream::decrypt() {
  while (!paused_ && !closed_ && !ended_) {
    if (!engine_->has_more()) return true;
    const std::span<std::byte> wanted = events_->read_into();
    const reading next = decrypt_into(wanted.empty() ? shared_.plaintext() : wanted);
    if (next != reading::again) return next != reading::destroyed;
  }
  return true;
}

// Fills the place with as many records as fit, so that its owner is called once.
secure_stream::reading secure_stream::decrypt_into(std::span<std::byte> place) {
  std::size_t filled = 0;
  engine::transfer got{engine::state::data, 0};
  while (filled < place.size()) {
    got = engine_->read(place.subspan(filled), *this, shared_.node.now());
    if (got.what != engine::state::data) break;
    filled += got.size;
    if (!engine_->has_more()) break;
  }
  if (filled > 0 && !survives([&] { events_->on_data(place.first(filled)); }))
    return reading::destroyed;
  if (got.what == engine::state::data) return reading::again;
  if (got.what == engine::state::more) return reading::starved;
  ended_ = got.what == engine::state::ended;
  failed_ = !ended_;
  return (ended_ ? tell_end() : fail()) ? reading::starved : reading::destroyed;
}

bool secure_stream::tell_end() {
  if (std::exchange(told_end_, true) || closed_) return true;
  return survives([this] { events_->on_end(); });
}

// The alert has been written. The owner hears why and lets go of us; see the destructor.
bool secure_stream::fail() {
  const verdict why = engine_->outcome();
  shared_.metrics.link_ended(why);
  shared_.node.log().warn(
      "a link was ended",
      {{"peer", peer_.who.uri}, {"at", to_string(remote())}, {"why", why.text()}});
  return tell_closed(why.as_failure());
}

bool secure_stream::tell_closed(const failure& why) {
  if (closed_) return true;
  if (events_ == nullptr) {  // told once there is somebody to tell
    if (!carrier_closed_) carrier_closed_ = why;
    kept_.clear();
    return true;
  }
  closed_ = true;
  return survives([&] { events_->on_closed(why); });
}

void secure_stream::on_end() {
  carrier_ended_ = true;
  if (events_ != nullptr && kept_.empty()) (void)carrier_gone();
}

void secure_stream::on_closed(const failure& why) {
  carrier_closed_ = why;
  if (closed_) return;
  if (events_ != nullptr) (void)carrier_gone();
}

// Nothing more will come. Without the peer's word for it, bytes may be missing: somebody on the way
// may have cut them off.
bool secure_stream::carrier_gone() {
  if (closed_ || failed_ || !kept_.empty()) return true;
  if (paused_ && engine_->holds_input()) return true;  // what it holds comes first
  if (!ended_ && carrier_ended_) {
    const verdict cut{refusal::truncated, {}, -1};
    shared_.metrics.link_ended(cut);
    return tell_closed(cut.as_failure());
  }
  if (!carrier_closed_) return true;
  return tell_closed(*carrier_closed_);
}

void secure_stream::expel(const verdict& why) {
  if (closed_) return;
  shared_.metrics.link_ended(why);
  shared_.node.log().warn(
      "a peer is no longer welcome",
      {{"peer", peer_.who.uri}, {"at", to_string(remote())}, {"why", why.text()}});
  if (!finished_) (void)engine_->close(*this);
  (void)tell_closed(why.as_failure());
}

}  // namespace mw::tls
