// connection_out: what leaves: straight to the stream when nothing waits, else over the outbox.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <mw/planted.h>

#include <algorithm>
#include <utility>

namespace mw::pool {

using wire::frame_head;
using wire::frame_kind;

namespace {

// How long a sender waits for memory that other connections of its peer give back.
constexpr duration share_pause = 20ms;
// After a critical message bulk stays shallow for so long, for the next one: about half of its rate
// is what that costs, so one now and then does not matter.
constexpr duration urgent_lasts = 100ms;

}  // namespace

// Nearly all messages are one small frame, made where it leaves: no allocation, no call below.
status connection::send(const message_head& head, message_out& body) {
  const bool plain = body.size() <= plain_max_ && body.references().empty() && !is_item(head.kind);
  if (!plain) return send_slowly(head, body);
  const std::size_t size = maker_.size_of(body.size());
  std::byte* const to = place_frame(size);
  if (to == nullptr) [[unlikely]]
    return send_slowly(head, body);
  maker_.write_whole({.kind = frame_kind_of(head.kind), .priority = head.priority, .id = head.id},
                     body, to);
  counted_frames(1, size);
  count_sent(head);
  return {};
}

inline std::byte* connection::place_frame(std::size_t size) {
  std::byte* const to = outbox_.writer().place(size);
  return to != nullptr ? to : open_window(size);
}

// Null: something waits, which goes first, or the stream has enough for now.
std::byte* connection::open_window(std::size_t size) {
  close_window();
  if (!outbox_.idle() || stream_->unsent() >= shared_.outbox.unsent) return nullptr;
  std::byte* const to = outbox_.writer().open(*stream_, size);
  if (to != nullptr && !std::exchange(writing_, true)) shared_.writing.push_back(this);
  return to;
}

void connection_context::end_turn() {
  for (connection* const one : writing) one->end_turn();
  writing.clear();
  metrics.frames_per_turn.record(std::exchange(frames_this_turn, 0));
}

void connection::allow_plain(bool ready) {
  std::size_t most = ready ? std::min(terms_.fragment, terms_.message_max) : 0;
  if (terms_.packing != wire::compression::none)
    most = std::min(most, std::max<std::size_t>(terms_.compress_from, 1) - 1);
  plain_max_ = static_cast<std::uint32_t>(most);
}

status connection::send_slowly(const message_head& head, message_out& body) {
  const std::size_t size = body.size();
  const bool straight =
      outbox_.idle() && !needs_fragments(terms_, size) && stream_->unsent() < shared_.outbox.unsent;
  if (!straight && !book_waiting(size)) [[unlikely]] {
    if (!std::exchange(share_used_up_, true)) ask_share_at_ = shared_.node.now() + share_pause;
    return refuse(refusal::outbox, "the peer has all the memory that it may have");
  }
  MW_CHECK(admit(head, size));
  const frame_head frame{
      .kind = frame_kind_of(head.kind), .priority = head.priority, .id = head.id};
  if (terms_.packing != wire::compression::none && !needs_fragments(terms_, size) &&
      size >= terms_.compress_from && send_packed(frame, body)) {
    // Left as packed bytes.
  } else if (straight) {
    send_now(frame, body);
  } else {
    queue(frame, body);
  }
  count_sent(head);
  return {};
}

[[gnu::always_inline]] inline void connection::count_sent(const message_head& head) {
  count_open(head.kind);
  if (exchanges_.open() > 0 && ends_exchange(head.kind)) exchanges_.sent(head.kind, head.id);
  shared_.metrics.sent(head.kind);
  last_message_ = shared_.node.now();
  if (head.priority == priority::critical) last_urgent_ = last_message_;
}

status connection::refuse(refusal why, const std::string& text) {
  shared_.metrics.refused(why);
  if (why != refusal::too_large) wants_room_ = true;
  return {why == refusal::too_large ? errc::invalid : errc::overloaded, text};
}

status connection::admit(const message_head& head, std::size_t size) {
  if (phase_ != phase::ready && phase_ != phase::draining) [[unlikely]]
    return {errc::disconnected, "the connection has closed"};
  if (size > terms_.message_max) [[unlikely]]
    return refuse(refusal::too_large,
                  "a message of " + std::to_string(size) + " bytes, where the peer takes " +
                      std::to_string(terms_.message_max) + ": send less, or raise message_max");
  if (!outbox_.has_room(head.priority, size)) [[unlikely]] {
    hold_back(blocked_outbox_);
    return refuse(refusal::outbox,
                  "the outbox of the connection is full: " + std::to_string(outbox_.bytes()) +
                      " of " + std::to_string(shared_.outbox.bytes) + " bytes, " +
                      std::to_string(outbox_.waiting()) + " messages wait");
  }
  return is_item(head.kind) ? admit_item(head, size) : status{};
}

status connection::admit_item(const message_head& head, std::size_t size) {
  const std::uint64_t cost = cost_in(send_.full(), size);
  if (!send_.has(cost)) {
    hold_back(blocked_link_);
    return refuse(refusal::window,
                  "the connection's window is used up: " + std::to_string(send_.left()) + " of " +
                      std::to_string(send_.full()) + " bytes are left");
  }
  switch (exchanges_.send_item(head.kind, head.id, size, shared_.node.now())) {
    case exchanges::sending::fine:
      send_.take(cost);
      return {};
    case exchanges::sending::no_credit:
      hold_back(blocked_stream_);
      return refuse(refusal::window, "the stream's window is used up until the peer has consumed");
    case exchanges::sending::too_many:
      return refuse(refusal::exchanges, "too many streams are open on the connection: " +
                                            std::to_string(exchanges_.open()) + ", see exchanges");
  }
  return {};
}

void connection::send_now(const frame_head& head, message_out& body) {
  maker_.seal(head, body);
  const std::size_t size = body.size();
  stream_writer& writer = outbox_.writer();
  if (body.references().empty()) {
    writer.put(*stream_, bytes_view(body.written()));
  } else {
    frame_maker::each_part(body, [&](bytes_view part, const slice* shared) {
      if (shared != nullptr)
        writer.put(*stream_, *shared);
      else
        writer.put(*stream_, part);
    });
  }
  maker_.unseal(body);
  counted_frames(1, size);
}

void connection::queue(const frame_head& head, message_out& body) {
  // While others wait for room, the stream has been asked to say when there is some.
  const bool waits = !outbox_.idle() && stream_->unsent() >= shared_.outbox.unsent;
  const bool large = needs_fragments(terms_, body.size());
  const bool behind_large = !large && outbox_.holds(head.kind, head.id);
  if (large || behind_large || !body.references().empty()) {
    auto message = frame_maker::keep(head, body);
    message->paid = is_item(message_kind_of(head.kind));
    outbox_.add_message(std::move(message), large || behind_large);
  } else {
    maker_.seal(head, body);
    outbox_.add_frame(head.priority, body.written());
    maker_.unseal(body);
  }
  if (!waits) pump();
}

bool connection::send_packed(const frame_head& head, message_out& body) {
  if (outbox_.holds(head.kind, head.id)) return false;
  const bytes_view packed = maker_.packed(body);
  if (packed.empty()) return false;
  shared_.metrics.saved.add(body.size() - packed.size());
  const bytes_view frame = maker_.frame_of_packed(head, packed);
  if (outbox_.idle() && stream_->unsent() < shared_.outbox.unsent) {
    outbox_.writer().put(*stream_, frame);
    counted_frames(1, frame.size());
  } else {
    outbox_.add_frame(head.priority, frame);
    pump();
  }
  return true;
}

// Exchanges that are open on the link, so that draining knows when it is done.
void connection::count_open(message_kind kind) {
  if (kind == message_kind::request)
    ++open_ours_;
  else if (kind == message_kind::cancel && open_ours_ > 0)
    --open_ours_;
  else if ((kind == message_kind::reply || kind == message_kind::refusal) && open_theirs_ > 0)
    --open_theirs_;
}

void connection::send_control(const frame_head& head, bytes_view bytes) {
  if (finished_) return;
  frame_head urgent = head;
  urgent.priority = priority::critical;
  const frame_maker::small_frame frame = maker_.small(urgent, bytes);
  if (outbox_.idle() && stream_->unsent() < shared_.outbox.unsent) {
    outbox_.writer().put(*stream_, frame.view());
    counted_frames(1, frame.size);
  } else {
    // Pongs, credit and resets answer what the peer sent: one that does not read them is cut off.
    flooded_ = outbox_.urgent_bytes() > shared_.outbox.bytes * 5 / 4 + terms_.fragment;
    if (flooded_) return;
    outbox_.add_frame(priority::critical, frame.view());
    pump();
  }
}

void connection::begin_turn() {
  shared_.node.at_turn_end([shared = &shared_] { shared->end_turn(); });
}

void connection::pump() {
  const bool urgent = shared_.node.now() - last_urgent_ < urgent_lasts;
  const outbox::pumped done =
      outbox_.pump(*stream_, maker_, send_, urgent ? outbox::depth::shallow : outbox::depth::full);
  if (done.frames > 0) counted_frames(done.frames, done.bytes);
  if (done.blocked)
    hold_back(blocked_link_);
  else
    let_go(blocked_link_, blocked_level::link);
}

void connection::on_writable() {
  if (phase_ == phase::lingering) {
    (void)outbox_.writer().flush(*stream_);
    return finish_when_done();
  }
  pump();
  if (waiting_booked_ > 0 && outbox_.idle()) unbook();
  tell_room();
  finish_when_done();
}

void connection::tell_room() {
  if (!outbox_.half_empty() || MW_PLANTED(room_not_told)) return;
  let_go(blocked_outbox_, blocked_level::outbox);
  if (std::exchange(wants_room_, false)) shared_.owner.on_room(*this);
}

void connection::hold_back(stopwatch& which) {
  if (!which.running()) which.since = shared_.node.now();
}

void connection::let_go(stopwatch& which, blocked_level level) {
  if (!which.running()) return;
  shared_.metrics.blocked(level, shared_.node.now() - which.since);
  which.since = stopwatch::stopped;
}

}  // namespace mw::pool
