// connection: the owner's side: taking, sending and reading bytes, ending and being ended.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include "stream_handle.h"
#include "stream_network.h"

#include <algorithm>
#include <cstring>

namespace mw::sim {

namespace {

constexpr std::size_t segment_max = 64 * 1024;
constexpr std::size_t read_max = 64 * 1024;
constexpr duration repeat_after = 200ms;
constexpr duration never = std::chrono::hours(24 * 365);

duration transmission(std::size_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return {};
  return duration(static_cast<std::int64_t>(bytes * 1'000'000'000 / bytes_per_second));
}

}  // namespace

connection::connection(stream_network& net, slot_id id, stream_end dialler, stream_end acceptor)
    : net_(net), id_(id), ends_{std::move(dialler), std::move(acceptor)} {}

void connection::begin() {
  for (const int side : {0, 1}) {
    // Sums with "never" would overflow.
    stream_options& options = ends_[side].options;
    options.keep_alive = std::min<duration>(options.keep_alive, never);
    options.user_timeout = std::min<duration>(options.user_timeout, never);
    ends_[side].heard_at = net_.events().now();
    if (ends_[side].options.keep_alive > duration::zero())
      later(ends_[side].options.keep_alive, side, event_kind::stream_check,
            &connection::check_silence);
  }
}

sim_path connection::path(int side) const {
  return {ends_[side].home->on().index, ends_[1 - side].home->on().index};
}

event_tag connection::tag(int side, event_kind kind) const {
  return ends_[side].home->on().tag(kind);
}

void connection::later(duration delay, int side, event_kind kind, void (connection::*what)(int)) {
  net_.events().after(delay, tag(side, kind), [net = &net_, id = id_, side, what] {
    connection* self = net->find(id);
    if (self == nullptr) return;
    (self->*what)(side);
    net->forget_if_done(id);
  });
}

void connection::poke(int side) {
  if (ends_[side].handle != nullptr) ends_[side].handle->poke();
}

void connection::take(int side, slice bytes) {
  flow& f = flows_[side];
  f.queued_bytes += bytes.size();
  f.queued.push(std::move(bytes));
}

bool connection::writes_short(int side) {
  if (!net_.links().chance().ppm(net_.links().at(path(side)).short_write_ppm)) return false;
  net_.events().fired(sim_fault::write_short, tag(side, event_kind::fault));
  return true;
}

void connection::flush(int side) {
  flow& f = flows_[side];
  if (ends_[side].state != end_state::open) return;
  const bool was_idle = f.sent == f.acked;
  const std::uint64_t sent_before = f.sent;
  send_queued(side);
  if (f.sent == sent_before) return;
  if (was_idle) f.progress_at = net_.events().now();
  schedule_arrival(side);
  watch_progress(side);
}

void connection::send_queued(int side) {
  stream_end& end = ends_[side];
  flow& f = flows_[side];
  const sim_link& link = net_.links().at(path(side));
  if (f.queued.empty() && (!end.finish_wanted || end.finish_sent)) return;
  duration latency = net_.links().latency(path(side));
  if (net_.links().chance().ppm(link.loss_ppm)) {
    net_.events().fired(sim_fault::segment_repeated, tag(side, event_kind::fault));
    latency += repeat_after;
  }
  f.free_at = std::max(f.free_at, net_.events().now());
  while (!f.queued.empty() && f.sent - f.known_consumed < link.window) {
    const std::uint64_t room = link.window - (f.sent - f.known_consumed);
    slice& first = f.queued.front();
    const std::size_t count = std::min({first.size(), segment_max, static_cast<std::size_t>(room)});
    slice piece = first.part(0, count);
    if (count == first.size())
      (void)f.queued.pop();
    else
      first = first.part(count, first.size() - count);
    f.free_at += transmission(count, link.bytes_per_second);
    f.sent += count;
    f.queued_bytes -= count;
    launch(side, {std::move(piece)}, f.free_at + latency);
  }
  if (!f.queued.empty() || !end.finish_wanted || end.finish_sent) return;
  end.finish_sent = true;
  ++f.sent;
  launch(side, {{}, {}, segment_kind::finish}, f.free_at + latency);
  complete(side);
}

void connection::launch(int side, segment what, duration arrives) {
  flow& f = flows_[side];
  what.arrives = f.last_arrival = std::max(arrives, f.last_arrival);
  f.flight.push(std::move(what));
}

read_chunk connection::read(int side, std::vector<std::byte>& scratch) {
  flow& f = flows_[1 - side];
  read_chunk chunk;
  slice& first = f.arrived.front();
  dice& chance = net_.links().chance();
  if (chance.ppm(net_.links().at(path(1 - side)).cut_read_ppm)) {
    net_.events().fired(sim_fault::read_cut, tag(side, event_kind::fault));
    const std::size_t count =
        chance.coin() ? 1 : 1 + static_cast<std::size_t>(chance.below(first.size()));
    chunk.owner = first.part(0, count);
    chunk.more_later = chance.coin();
    if (count == first.size())
      (void)f.arrived.pop();
    else
      first = first.part(count, first.size() - count);
    chunk.bytes = chunk.owner.view();
  } else if (f.arrived.size() == 1) {
    chunk.owner = f.arrived.pop();
    chunk.bytes = chunk.owner.view();
  } else {
    scratch.clear();
    while (!f.arrived.empty() && scratch.size() + f.arrived.front().size() <= read_max) {
      const slice part = f.arrived.pop();
      scratch.insert(scratch.end(), part.view().begin(), part.view().end());
    }
    chunk.bytes = scratch;
  }
  f.consumed += chunk.bytes.size();
  if (f.sent - f.known_consumed > net_.links().at(path(1 - side)).window / 2) acknowledge(1 - side);
  return chunk;
}

void connection::complete(int side) {
  stream_end& end = ends_[side];
  if (end.state == end_state::open && end.end_told && end.finish_sent)
    close(side, {errc::disconnected, "both ends have finished"});
}

void connection::close(int side, failure why) {
  stream_end& end = ends_[side];
  if (end.state != end_state::open) return;
  end.state = end_state::closed;
  end.closing = std::move(why);
  flows_[side].queued.clear();
  flows_[side].queued_bytes = 0;
  poke(side);
}

void connection::abandon(int side) {
  stream_end& end = ends_[side];
  end.handle = nullptr;
  if (end.state != end_state::open) return;
  end.state = end_state::closed;
  flows_[side].queued.clear();
  flows_[side].queued_bytes = 0;
  launch(side, {{}, {}, segment_kind::reset},
         net_.events().now() + net_.links().latency(path(side)));
  schedule_arrival(side);
}

void connection::lose_power(int side) {
  ends_[side].handle = nullptr;
  ends_[side].state = end_state::vanished;
}

void connection::process_ended(int side) {
  stream_end& end = ends_[side];
  end.handle = nullptr;
  if (end.state != end_state::open) return;
  // A system closes the files of a dead process: with a reset where unread bytes are thrown away.
  if (readable(side) || net_.links().chance().coin()) return abandon(side);
  flows_[side].queued.clear();
  flows_[side].queued_bytes = 0;
  end.finish_wanted = true;
  flush(side);
  end.state = end_state::closed;
}

bool connection::joins(std::size_t a, std::size_t b) const {
  const sim_path nodes = path(0);
  return nodes == sim_path{a, b} || nodes == sim_path{b, a};
}

bool connection::forgettable() const {
  const auto over = [](const stream_end& one) {
    return one.state != end_state::open && one.handle == nullptr;
  };
  return over(ends_[0]) && over(ends_[1]);
}

}  // namespace mw::sim
