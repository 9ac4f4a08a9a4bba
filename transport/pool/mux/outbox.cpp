// outbox: picking what leaves next, and keeping count.
// SPDX-License-Identifier: Apache-2.0
#include "mux/outbox.h"

#include <mw/assert.h>
#include <mw/planted.h>

#include <algorithm>

namespace mw::pool {

namespace {

std::size_t frame_size(const std::byte* frame) {
  std::uint32_t length = 0;
  for (int i = 0; i < 4; ++i) length = length << 8 | std::to_integer<std::uint32_t>(frame[i]);
  return length + sizeof length;
}

}  // namespace

bool outbox::has_room(priority p, std::size_t size) const {
  if (waiting_ == 0) return true;
  const auto extra = [p](std::size_t limit) {
    return p == priority::critical ? limit + limit / 8 : limit;
  };
  return waiting_ < extra(limits_.messages) && bytes_ + size <= extra(limits_.bytes);
}

outbox::lane& outbox::activate(std::size_t index, std::size_t size) {
  if (!lanes_) lanes_ = std::make_unique<std::array<lane, lane_count>>();
  lane& to = (*lanes_)[index];
  if (to.queue.empty()) to.deficit = share_of(index);
  to.bytes += size;
  bytes_ += size;
  ++waiting_;
  return to;
}

void outbox::add_frame(priority p, bytes_view frame) {
  activate(index_of(p, false), frame.size()).queue.add(frame, cache_);
}

void outbox::add_message(std::unique_ptr<outgoing> message, bool in_fragments) {
  activate(index_of(message->head.priority, in_fragments), message->size)
      .queue.add(std::move(message));
}

bool outbox::holds(wire::frame_kind kind, std::uint64_t id) const {
  if (waiting_ == 0 || MW_PLANTED(large_overtaken)) return false;
  using wire::frame_kind;
  const auto by_opener = [](frame_kind k) {
    return k == frame_kind::request || k == frame_kind::request_item ||
           k == frame_kind::request_end || k == frame_kind::cancel;
  };
  if (kind == frame_kind::one_way) return false;
  for (std::size_t i = 1; i < lane_count; i += 2) {
    const bool found = (*lanes_)[i].queue.any_message([&](const outgoing& m) {
      return m.head.id == id && m.head.kind != frame_kind::one_way &&
             by_opener(m.head.kind) == by_opener(kind);
    });
    if (found) return true;
  }
  return false;
}

std::size_t outbox::urgent_bytes() const {
  return lanes_ ? (*lanes_)[index_of(priority::critical, false)].bytes : 0;
}

void outbox::trim() {
  if (waiting_ == 0) lanes_.reset();
}

bool outbox::may_send(lane& one, std::size_t index, const frame_maker& maker,
                      const send_window& link, pumped& done) const {
  if (one.queue.empty()) return false;
  if (!fragmented(index)) return true;
  const outgoing& message = *one.queue.front().message;
  const std::uint64_t charge = maker.charge(message);
  const bool deep = bulk_ == depth::shallow && charge > 0 && link.enough_ahead();
  if (!deep && link.has(charge)) return true;
  done.blocked = true;
  return false;
}

// The most urgent lane with something left of its share; when none has, all get a new share.
outbox::lane* outbox::pick(const frame_maker& maker, const send_window& link, pumped& done) {
  while (true) {
    bool any = false;
    for (std::size_t i = 0; i < lane_count; ++i) {
      lane& one = (*lanes_)[i];
      if (!may_send(one, i, maker, link, done)) continue;
      if (one.deficit > 0) return &one;
      any = true;
    }
    if (!any) return nullptr;
    for (std::size_t i = 0; i < lane_count; ++i)
      if (!(*lanes_)[i].queue.empty())
        (*lanes_)[i].deficit = std::min((*lanes_)[i].deficit + share_of(i), share_of(i));
  }
}

outbox::pumped outbox::pump(stream& to, frame_maker& maker, send_window& link, depth bulk) {
  pumped done;
  bulk_ = bulk;
  if (!writer_.flush(to)) return done;  // a write took less, so the stream will call
  while (waiting_ > 0) {
    const std::size_t unsent = to.unsent();
    if (unsent >= limits_.unsent) break;
    lane* const next = pick(maker, link, done);
    if (next == nullptr) return done;  // all that is left waits for credit
    if (next->queue.front().message)
      send_piece(*next, to, maker, link, done);
    else
      send_frames(*next, to, limits_.unsent - unsent, done);
    if (!writer_.clear()) return done;
  }
  if (waiting_ > 0) to.tell_when_unsent(limits_.unsent / 2);
  return done;
}

void outbox::took(lane& from, std::size_t bytes) {
  from.deficit -= static_cast<std::int64_t>(bytes);
  from.bytes -= bytes;
  bytes_ -= bytes;
}

// As many whole frames as fit into the room and the lane's share, at least one.
void outbox::send_frames(lane& from, stream& to, std::size_t room, pumped& done) {
  outbox_node& node = from.queue.front();
  const std::size_t most = std::min(room, static_cast<std::size_t>(from.deficit));
  const std::byte* const begin = node.bytes.get() + node.begin;
  std::size_t run = 0;
  while (node.begin + run < node.end) {
    const std::size_t size = frame_size(begin + run);
    if (run > 0 && run + size > most) break;
    run += size;
    ++done.frames;
    --waiting_;
  }
  MW_ASSERT(node.begin + run <= node.end, "frames in a chunk are whole");
  writer_.put(to, bytes_view(begin, run));
  node.begin += static_cast<std::uint32_t>(run);
  done.bytes += run;
  took(from, run);
  if (node.begin == node.end) from.queue.pop(cache_);
}

// One frame of the message at the front of the lane.
void outbox::send_piece(lane& from, stream& to, frame_maker& maker, send_window& link,
                        pumped& done) {
  outgoing& message = *from.queue.front().message;
  link.take_fragment(maker.charge(message));
  const std::size_t before = message.sent;
  done.bytes += maker.write_next(message, to, writer_);
  ++done.frames;
  took(from, message.sent - before);
  if (message.sent < message.size) return;
  --waiting_;
  from.queue.pop(cache_);
}

}  // namespace mw::pool
