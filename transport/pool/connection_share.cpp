// connection_share: what the admission lets the other side have: frames, streams, memory.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

namespace mw::pool {

using wire::frame_head;
using wire::frame_kind;

namespace {

// Waiting bytes are booked in steps, so that most messages ask nobody.
constexpr std::size_t booking_step = 64 * 1024;

}  // namespace

// A frame beyond its rate. What nobody misses is ignored, a request is refused; anything else would
// leave the two sides with different ideas of what is under way.
status connection::police(const frame_head& head, bool& ignore) {
  const frame_verdict verdict = scope_->frame(static_cast<std::size_t>(head.kind));
  if (verdict == frame_verdict::pass) return {};
  const bool whole = head.first && !head.more;
  if (verdict == frame_verdict::drop && whole) {
    ignore = head.kind == frame_kind::one_way || head.kind == frame_kind::request ||
             head.kind == frame_kind::ping || head.kind == frame_kind::pong;
    if (head.kind == frame_kind::request)
      reset_exchange(head, {errc::overloaded, "too many requests per second"});
    if (ignore) return {};
  }
  shared_.metrics.broke(breach::flood);
  return {errc::overloaded, "too many frames of one kind per second"};
}

// Before an exchange of the other side begins. Those that end keep their place for the next until
// unbook().
bool connection::book_stream() {
  if (!scope_ || open_theirs_ < streams_booked_) return true;
  if (!scope_->open_stream()) {
    offended(offence::over_quota);
    return false;
  }
  ++streams_booked_;
  return true;
}

// Before a message of `size` bytes waits in the outbox.
bool connection::book_waiting(std::size_t size) {
  const std::size_t needed = outbox_.bytes() + size;
  if (!scope_ || needed <= waiting_booked_) return true;
  const std::size_t more =
      (needed - waiting_booked_ + booking_step - 1) / booking_step * booking_step;
  if (!scope_->reserve(more)) return false;
  waiting_booked_ += more;
  return true;
}

// Gives back what is not needed any more.
void connection::unbook() {
  if (!scope_) return;
  for (; streams_booked_ > open_theirs_; --streams_booked_) scope_->close_stream();
  if (waiting_booked_ > 0 && outbox_.idle()) scope_->release(std::exchange(waiting_booked_, 0));
}

}  // namespace mw::pool
