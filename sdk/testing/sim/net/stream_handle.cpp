// stream_handle: writes leave at the end of a turn; what arrived is told at the beginning of one.
// SPDX-License-Identifier: Apache-2.0
#include "stream_handle.h"

#include "connection.h"
#include "stream_network.h"

#include <algorithm>
#include <utility>

namespace mw::sim {

stream_handle::stream_handle(lane& home, kernel::resource_ledger& ledger, stream_network& net,
                             slot_id connection, int side)
    : lane_(home), net_(net), id_(connection), side_(side), counted_(ledger.streams) {
  stream_end& end = net_.find(id_)->end(side_);
  end.handle = this;
  local_ = end.local;
  remote_ = end.remote;
  send_limit_ = std::max<std::size_t>(end.options.send_limit.count, 1);
}

stream_handle::~stream_handle() {
  if (lane_.alive()) net_.abandon(id_, side_);
}

void stream_handle::start(stream_events& events) {
  events_ = &events;
  poke();
}

// The connection while it takes bytes.
connection* stream_handle::writable() const {
  connection* c = lane_.alive() ? net_.find(id_) : nullptr;
  if (c == nullptr || c->end(side_).state != end_state::open || c->end(side_).finish_wanted)
    return nullptr;
  return c;
}

std::size_t stream_handle::write(bytes_view bytes) {
  connection* c = writable();
  if (c == nullptr || bytes.empty()) return 0;
  const std::size_t unsent = c->unsent(side_);
  std::size_t taken = std::min(bytes.size(), send_limit_ - std::min(send_limit_, unsent));
  if (c->writes_short(side_)) taken /= 2;
  if (taken < bytes.size()) refuse_until(send_limit_ / 2);
  if (taken == 0) return 0;
  c->take(side_, slice::copy_of(bytes.first(taken)));
  lane_.leaving(flushing_);
  return taken;
}

bool stream_handle::write(slice bytes) {
  connection* c = writable();
  if (c == nullptr) return false;
  if (bytes.empty()) return true;
  const std::size_t unsent = c->unsent(side_);
  // A slice above the limit is taken when it is alone: it could never be sent otherwise.
  if (unsent > 0 && (unsent + bytes.size() > send_limit_ || c->writes_short(side_))) {
    refuse_until(std::min(send_limit_ / 2, send_limit_ - std::min(send_limit_, bytes.size())));
    return false;
  }
  c->take(side_, std::move(bytes));
  lane_.leaving(flushing_);
  return true;
}

std::span<std::byte> stream_handle::reserve(std::size_t count) {
  constexpr std::size_t usual = 16 * 1024;
  connection* c = writable();
  if (c == nullptr || c->writes_short(side_)) return {};
  const std::size_t room = send_limit_ - std::min(send_limit_, c->unsent(side_));
  if (room < count) return {};
  lent_.resize(std::max(count, std::min(room, usual)));
  return lent_;
}

void stream_handle::commit(std::size_t count) {
  connection* c = writable();
  if (c == nullptr || count == 0) return;
  c->take(side_, slice::copy_of(bytes_view(lent_).first(count)));
  lane_.leaving(flushing_);
}

void stream_handle::refuse_until(std::size_t unsent_max) {
  refused_ = true;
  resume_at_ = unsent_max;
  lane_.leaving(flushing_);
}

std::size_t stream_handle::unsent() const {
  connection* c = lane_.alive() ? net_.find(id_) : nullptr;
  return c == nullptr ? 0 : c->unsent(side_);
}

void stream_handle::tell_when_unsent(std::size_t unsent_max) {
  if (writable() != nullptr) refuse_until(unsent_max);
}

void stream_handle::resume_reading() {
  paused_ = false;
  poke();
}

void stream_handle::finish() {
  connection* c = writable();
  if (c == nullptr) return;
  c->finish(side_);
  refused_ = false;
  lane_.leaving(flushing_);
}

void stream_handle::flush() {
  connection* c = net_.find(id_);
  if (c == nullptr) return;
  c->flush(side_);
  if (refused_ && c->unsent(side_) <= resume_at_) poke();
}

void stream_handle::look() {
  connection* c = net_.find(id_);
  if (c == nullptr || events_ == nullptr || told_closed_) return;
  if (!paused_ && !read_all(*c)) return;
  if (c->end(side_).state == end_state::open && refused_ && c->unsent(side_) <= resume_at_) {
    refused_ = false;
    if (!life_.survives([this] { events_->on_writable(); })) return;
  }
  if (!tell_end(*c)) return;
  tell_closed(*c);
}

bool stream_handle::read_all(connection& c) {
  while (!paused_ && c.readable(side_)) {
    const std::span<std::byte> place = events_->read_into();
    const read_chunk chunk = c.read(side_, lane_.scratch());
    const std::size_t placed = std::min(place.size(), chunk.bytes.size());
    std::copy_n(chunk.bytes.begin(), placed, place.begin());
    if (placed > 0 && !tell_data(place.first(placed))) return false;
    const bytes_view rest = chunk.bytes.subspan(placed);
    if (!rest.empty() && !tell_data(rest)) return false;
    if (chunk.more_later) {
      poke();
      break;
    }
  }
  return true;
}

// False: the owner has destroyed this.
bool stream_handle::tell_data(bytes_view bytes) {
  return life_.survives([this, bytes] { events_->on_data(bytes); });
}

bool stream_handle::tell_end(connection& c) {
  stream_end& end = c.end(side_);
  if (paused_ || !end.end_arrived || end.end_told || c.readable(side_)) return true;
  if (end.state != end_state::open) return true;
  end.end_told = true;
  if (!life_.survives([this] { events_->on_end(); })) return false;
  c.complete(side_);
  return true;
}

void stream_handle::tell_closed(connection& c) {
  const stream_end& end = c.end(side_);
  // What can still be read comes first, in a turn that is due already. Who paused reading loses it.
  if (!end.closing || (c.readable(side_) && !paused_)) return;
  told_closed_ = true;
  const failure why = *end.closing;
  events_->on_closed(why);  // the owner may destroy this: nothing may follow
}

}  // namespace mw::sim
