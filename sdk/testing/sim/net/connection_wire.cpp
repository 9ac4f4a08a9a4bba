// connection: the world's side: arrivals, acknowledgements, silence, resets and faults.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"
#include "stream_handle.h"
#include "stream_network.h"

#include <algorithm>

namespace mw::sim {

namespace {

// A packet that did not get through is sent again after 200 ms, then after twice that and so on.
// Real systems go on to minutes; a few seconds keep healed worlds lively.
constexpr duration retry_min = 200ms;
constexpr duration retry_max = 3s;
constexpr int probes = 3;  // of a silent peer

}  // namespace

void connection::schedule_arrival(int side) {
  flow& f = flows_[side];
  if (f.arrival_due || f.flight.empty()) return;
  f.arrival_due = true;
  later(f.flight.front().arrives - net_.events().now(), side, event_kind::segment,
        &connection::arrive);
}

// True: the path takes nothing now; what is under way will be sent again.
bool connection::hold(int side) {
  const std::optional<duration> until = net_.links().blocked(path(side));
  flow& f = flows_[side];
  if (!until) {
    f.retry = {};
    return false;
  }
  if (ends_[side].state == end_state::vanished) {
    f.flight.clear();  // nobody is left to send it again
    return true;
  }
  f.retry = std::clamp(f.retry * 2, retry_min, retry_max);
  const duration wait = *until == duration::max() ? f.retry : *until - net_.events().now();
  f.arrival_due = true;
  later(wait, side, event_kind::segment, &connection::arrive);
  return true;
}

void connection::arrive(int side) {
  flow& f = flows_[side];
  f.arrival_due = false;
  if (severed_ || f.flight.empty() || hold(side)) return;
  const stream_end& receiver = ends_[1 - side];
  if (receiver.state != end_state::open) {
    const bool answer = f.flight.front().kind != segment_kind::reset;
    f.flight.clear();
    // An end that finished properly has nothing left to hear.
    if (answer && ends_[side].state == end_state::open) refuse(side);
    return;
  }
  if (struck_by_fault(side)) return;
  accept_arrived(side);
  schedule_arrival(side);
}

bool connection::struck_by_fault(int side) {
  const sim_link& link = net_.links().at(path(side));
  dice& chance = net_.links().chance();
  if (chance.ppm(link.reset_ppm)) {
    net_.events().fired(sim_fault::stream_reset, tag(side, event_kind::fault));
    reset_both();
    return true;
  }
  if (chance.ppm(link.sever_ppm)) {
    net_.events().fired(sim_fault::stream_severed, tag(side, event_kind::fault));
    sever();
    return true;
  }
  return false;
}

void connection::accept_arrived(int side) {
  flow& f = flows_[side];
  stream_end& receiver = ends_[1 - side];
  receiver.heard_at = net_.events().now();
  while (!f.flight.empty() && f.flight.front().arrives <= net_.events().now()) {
    segment one = f.flight.pop();
    if (one.kind == segment_kind::reset) return hear_reset(1 - side);
    if (one.kind == segment_kind::finish) {
      receiver.end_arrived = true;
      ++f.received;
      ++f.consumed;
    } else {
      net_.events().note(tag(1 - side, event_kind::segment), one.bytes.view());
      f.received += one.bytes.size();
      f.arrived.push(std::move(one.bytes));
    }
  }
  poke(1 - side);
  acknowledge(side);
}

void connection::acknowledge(int side) {
  flow& f = flows_[side];
  if (f.ack_under_way) return;
  f.ack_under_way = true;
  f.ack_received = f.received;
  f.ack_consumed = f.consumed;
  later(net_.links().latency(path(1 - side)), side, event_kind::ack, &connection::acknowledged);
}

void connection::acknowledged(int side) {
  flow& f = flows_[side];
  f.ack_under_way = false;
  if (severed_ || ends_[side].state != end_state::open) return;
  if (net_.links().blocked(path(1 - side))) {
    if (ends_[1 - side].state == end_state::vanished) return;
    f.ack_under_way = true;
    later(retry_min, side, event_kind::ack, &connection::acknowledged);
    return;
  }
  ends_[side].heard_at = f.progress_at = net_.events().now();
  f.acked = f.ack_received;
  f.known_consumed = f.ack_consumed;
  if (!f.queued.empty()) flush(side);
  poke(side);
  const bool window_matters = f.sent - f.known_consumed > net_.links().at(path(side)).window / 2;
  if (f.received > f.acked || (window_matters && f.consumed > f.known_consumed)) acknowledge(side);
}

void connection::watch_progress(int side) {
  flow& f = flows_[side];
  const duration patience = ends_[side].options.user_timeout;
  if (f.watched || patience <= duration::zero()) return;
  f.watched = true;
  later(f.progress_at + patience - net_.events().now(), side, event_kind::stream_check,
        &connection::check_progress);
}

void connection::check_progress(int side) {
  flow& f = flows_[side];
  f.watched = false;
  if (ends_[side].state != end_state::open || f.sent == f.acked) return;
  if (net_.events().now() - f.progress_at < ends_[side].options.user_timeout)
    return watch_progress(side);
  close(side, {errc::timed_out, "connection with " + to_string(ends_[side].remote) +
                                    ": sent bytes were not acknowledged for " +
                                    to_string(ends_[side].options.user_timeout)});
}

void connection::check_silence(int side) {
  stream_end& end = ends_[side];
  if (end.state != end_state::open) return;
  const duration limit = end.options.keep_alive;
  const duration silent = net_.events().now() - end.heard_at;
  duration next = limit - silent;
  if (silent >= limit) {
    const bool answers =
        !severed_ && !net_.links().blocked(path(side)) && !net_.links().blocked(path(1 - side));
    if (answers && ends_[1 - side].state == end_state::vanished) return hear_reset(side);
    if (answers) end.heard_at = net_.events().now();
    const duration interval = std::max<duration>(limit / 3, 1s);
    next = answers ? limit : interval;
    if (!answers && silent >= limit + probes * interval)
      return close(side, {errc::timed_out, "connection with " + to_string(end.remote) +
                                               ": no answer to keep-alive probes"});
  }
  later(next, side, event_kind::stream_check, &connection::check_silence);
}

// The machine of the receiver knows nothing of this connection.
void connection::refuse(int side) {
  later(net_.links().latency(path(1 - side)), side, event_kind::segment, &connection::hear_refusal);
}

void connection::hear_refusal(int side) {
  if (severed_ || ends_[side].state != end_state::open) return;
  if (net_.links().blocked(path(1 - side)))
    return later(retry_min, side, event_kind::segment, &connection::hear_refusal);
  hear_reset(side);
}

void connection::hear_reset(int side) {
  flow& incoming = flows_[1 - side];
  incoming.flight.clear();
  // Systems differ in whether bytes that came before the reset can still be read.
  if (net_.links().chance().coin()) incoming.arrived.clear();
  close(side, {errc::disconnected,
               "connection with " + to_string(ends_[side].remote) + ": connection reset by peer"});
}

void connection::reset_both() {
  for (const int side : {0, 1}) {
    flows_[side].flight.clear();
    hear_reset(side);
  }
}

}  // namespace mw::sim
