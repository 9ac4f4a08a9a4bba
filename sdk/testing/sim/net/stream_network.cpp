// stream_network: listening, dialling and the ends of processes.
// SPDX-License-Identifier: Apache-2.0
#include "stream_network.h"

#include "dial_attempt.h"
#include "listening.h"
#include "stream_handle.h"

#include <algorithm>

namespace mw::sim {

namespace {

constexpr std::size_t backlog_max = 128;
constexpr duration dial_retry_min = 1s;
constexpr duration dial_retry_max = 8s;
constexpr duration answer_retry = 500ms;

std::size_t node_of(const lane& home) {
  return home.home().on().index;
}

}  // namespace

result<slot_id> stream_network::listen(listening& handle, lane& home, endpoint& local,
                                       const stream_options& options) {
  MW_TRY(std::vector<place_key> places, addresses_.places(node_of(home), local));
  const auto taken = [this](place_key place) { return listening_.contains(place); };
  if (!local.local && local.port == 0) {
    local.port = addresses_.free_port(places, taken);
    for (place_key& one : places) one |= local.port;
  }
  if (std::any_of(places.begin(), places.end(), taken))
    return {errc::denied, "cannot listen on " + to_string(local) + ": address already in use"};
  const slot_id id = listeners_.emplace(listener_state{&handle, &home, options, local, places, {}});
  for (const place_key one : places) {
    listening_[one] = id;
    last_owner_[one] = node_of(home);
  }
  return id;
}

void stream_network::stop_listening(slot_id id) {
  listener_state* state = listeners_.find(id);
  if (state == nullptr) return;
  while (!state->backlog.empty()) abandon(state->backlog.pop(), 1);
  for (const place_key one : state->places) listening_.erase(one);
  listeners_.erase(id);
}

slot_id stream_network::accept(slot_id listener) {
  listener_state& state = *listeners_.find(listener);
  while (!state.backlog.empty()) {
    const slot_id id = state.backlog.pop();
    if (connection* c = find(id); c != nullptr && c->end(1).state == end_state::open) return id;
    forget_if_done(id);
  }
  return 0;
}

slot_id stream_network::dial(dial_attempt& handle, lane& home, const endpoint& to,
                             const stream_options& options, duration deadline) {
  const slot_id id = dials_.emplace(dial_state{&handle, &home, to, options});
  dial_state& dial = *dials_.find(id);
  const result<place_key> target = addresses_.target(node_of(home), to);
  if (!target) {
    fail(id, target.error());
    return id;
  }
  dial.target = *target;
  events_.after(deadline, home.home().on().tag(event_kind::dial), [this, id, deadline] {
    if (const dial_state* late = dials_.find(id))
      fail(id, {errc::timed_out,
                "no answer from " + to_string(late->to) + " within " + to_string(deadline)});
  });
  const std::size_t towards = answering_node(*target).value_or(node_of(home));
  later(links_.latency({node_of(home), towards}), id, &stream_network::attempt);
  return id;
}

void stream_network::later(duration delay, slot_id dial, void (stream_network::*what)(slot_id)) {
  const event_tag tag = dials_.find(dial)->home->home().on().tag(event_kind::dial);
  events_.after(delay, tag, [this, dial, what] {
    if (dials_.find(dial) != nullptr) (this->*what)(dial);
  });
}

std::optional<std::size_t> stream_network::answering_node(place_key target) {
  if (const auto owner = addresses_.owner(target)) return owner;
  const auto last = last_owner_.find(target);
  return last == last_owner_.end() ? std::nullopt : std::optional(last->second);
}

void stream_network::try_again(slot_id id) {
  dial_state& dial = *dials_.find(id);
  dial.retry = std::clamp(dial.retry * 2, dial_retry_min, dial_retry_max);
  later(dial.retry, id, &stream_network::attempt);
}

// The request to connect arrives.
void stream_network::attempt(slot_id id) {
  const dial_state& dial = *dials_.find(id);
  const std::size_t from = node_of(*dial.home);
  const std::optional<std::size_t> to = answering_node(dial.target);
  if (!to) {
    // Nobody ever listened there: this machine says so itself, others are silence.
    const address_kind kind = addresses_.kind(dial.target);
    return kind == address_kind::loopback ? refuse(id, from) : try_again(id);
  }
  const sim_link& link = links_.at({from, *to});
  if (links_.blocked({from, *to})) return try_again(id);
  if (links_.chance().ppm(link.lose_dial_ppm))
    return events_.fired(sim_fault::dial_lost, links_.node(from).tag(event_kind::fault));
  if (links_.chance().ppm(link.refuse_ppm)) {
    events_.fired(sim_fault::dial_refused, links_.node(*to).tag(event_kind::fault));
    return refuse(id, *to);
  }
  const auto found = listening_.find(dial.target);
  if (found == listening_.end()) return refuse(id, *to);
  listener_state& listener = *listeners_.find(found->second);
  if (listener.backlog.size() >= backlog_max) return try_again(id);
  connect(id, listener);
}

void stream_network::connect(slot_id id, listener_state& listener) {
  dial_state& dial = *dials_.find(id);
  const std::size_t from = node_of(*dial.home);
  const place_key source = addresses_.source(from, addresses_.next_port(), dial.target);
  stream_end near;
  near.home = &dial.home->home();
  near.local = addresses_.to_endpoint(source);
  near.remote = dial.to;
  near.options = dial.options;
  stream_end far;
  far.home = &listener.home->home();
  far.local = listener.local;
  far.remote = near.local;
  far.options = listener.options;
  const std::size_t to = node_of(*listener.home);
  const slot_id made =
      connections_.emplace(*this, connections_.next_id(), std::move(near), std::move(far));
  find(made)->begin();
  dial.made = made;
  listener.backlog.push(made);
  listener.handle->poke();
  events_.note(links_.node(to).tag(event_kind::accept), from);
  answer(id, to);
}

void stream_network::answer(slot_id id, std::size_t from) {
  const sim_path back{from, node_of(*dials_.find(id)->home)};
  later(links_.latency(back), id, &stream_network::answered);
}

void stream_network::answered(slot_id id) {
  dial_state& dial = *dials_.find(id);
  connection* c = find(dial.made);
  if (c == nullptr || c->end(0).state != end_state::open)
    return fail(id, {errc::disconnected,
                     "cannot connect to " + to_string(dial.to) + ": connection reset by peer"});
  const sim_path back{c->end(1).home->on().index, node_of(*dial.home)};
  if (links_.blocked(back)) return later(answer_retry, id, &stream_network::answered);
  dial_attempt& handle = *dial.handle;
  const slot_id made = dial.made;
  dials_.erase(id);
  handle.connected(made);
}

void stream_network::refuse(slot_id id, std::size_t from) {
  const sim_path back{from, node_of(*dials_.find(id)->home)};
  if (links_.blocked(back)) return try_again(id);
  later(links_.latency(back), id, &stream_network::refused);
}

void stream_network::refused(slot_id id) {
  fail(id, {errc::disconnected,
            "cannot connect to " + to_string(dials_.find(id)->to) + ": connection refused"});
}

void stream_network::fail(slot_id id, failure why) {
  dial_attempt& handle = *dials_.find(id)->handle;
  cancel(id);
  handle.failed(std::move(why));
}

void stream_network::cancel(slot_id id) {
  const dial_state* dial = dials_.find(id);
  if (dial == nullptr) return;
  const slot_id made = dial->made;
  dials_.erase(id);
  abandon(made, 0);
}

void stream_network::abandon(slot_id id, int side) {
  connection* c = find(id);
  if (c == nullptr) return;
  c->abandon(side);
  forget_if_done(id);
}

void stream_network::forget_if_done(slot_id id) {
  const connection* c = find(id);
  if (c != nullptr && c->forgettable()) connections_.erase(id);
}

void stream_network::drop(process& ended, bool power) {
  dials_.each([&](slot_id id, const dial_state& one) {
    if (&one.home->home() == &ended) dials_.erase(id);
  });
  connections_.each([&](slot_id id, connection& one) {
    for (const int side : {0, 1}) {
      if (one.end(side).home != &ended) continue;
      if (power)
        one.lose_power(side);
      else
        one.process_ended(side);
    }
    forget_if_done(id);
  });
  listeners_.each([&](slot_id id, const listener_state& one) {
    if (&one.home->home() == &ended) stop_listening(id);
  });
}

void stream_network::reset_between(std::size_t a, std::size_t b) {
  connections_.each([&](slot_id, connection& one) {
    if (!one.joins(a, b)) return;
    events_.fired(sim_fault::stream_reset, links_.node(a).tag(event_kind::fault));
    one.reset_both();
  });
}

void stream_network::sever_between(std::size_t a, std::size_t b) {
  connections_.each([&](slot_id, connection& one) {
    if (!one.joins(a, b)) return;
    events_.fired(sim_fault::stream_severed, links_.node(a).tag(event_kind::fault));
    one.sever();
  });
}

}  // namespace mw::sim
