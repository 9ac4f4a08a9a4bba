// world: the public face of a simulated world.
// SPDX-License-Identifier: Apache-2.0
#include "faults/fault_schedule.h"
#include "net/network.h"
#include "node/world_node.h"

#include <mw/assert.h>
#include <mw/sim.h>

#include <utility>
#include <vector>

namespace mw {

using sim::event_kind;
using sim::event_tag;
using sim::world_node;

class sim_world::state {
 public:
  explicit state(std::uint64_t seed) : events(seed), net(events) {}

  // All programs end while all nodes are there: their connections have two ends.
  void close() {
    events.listen(nullptr);
    for (const auto& one : nodes) one->end(sim_end::killed);
  }

  world_node& at(const sim_node& node) { return *nodes.at(node.index()); }

  // Now, or right after the turn that is being executed: it must not lose what it stands on.
  void between_turns(function<void()> action) {
    if (events.in_turn())
      events.after(duration::zero(), {event_tag::whole_world, event_kind::life}, std::move(action));
    else
      action();
  }

  sim::engine events;
  sim::network net;
  std::vector<std::unique_ptr<world_node>> nodes;
};

sim_world::sim_world(std::uint64_t seed) : state_(std::make_unique<state>(seed)) {}

sim_world::~sim_world() {
  state_->close();
}

sim_node& sim_world::add_node(const sim_node_options& options) {
  MW_ASSERT(state_->nodes.size() < event_tag::whole_world, "nodes are numbered with 16 bits");
  MW_ASSERT(options.lanes > 0, "a node has at least one lane");
  state_->nodes.push_back(
      std::make_unique<world_node>(state_->events, state_->net, options, state_->nodes.size()));
  return *state_->nodes.back();
}

sim_node& sim_world::add_node(std::string_view name, std::string_view address) {
  sim_node_options options;
  options.name = name;
  options.address = address;
  return add_node(options);
}

std::size_t sim_world::size() const {
  return state_->nodes.size();
}

sim_node& sim_world::node(std::size_t index) {
  return *state_->nodes.at(index);
}

duration sim_world::now() const {
  return state_->events.now();
}

void sim_world::run_for(duration how_long) {
  const duration until = state_->events.now() + how_long;
  while (state_->events.step(until)) continue;
  state_->events.advance(until);
}

bool sim_world::run_until(const function<bool()>& holds, duration deadline) {
  const duration until = state_->events.now() + deadline;
  if (holds()) return true;
  while (state_->events.step(until))
    if (holds()) return true;
  state_->events.advance(until);
  return holds();
}

void sim_world::after(duration delay, function<void()> action) {
  state_->events.after(delay, {event_tag::whole_world, event_kind::test}, std::move(action));
}

void sim_world::end(sim_node& node, sim_end how) {
  state_->between_turns([&one = state_->at(node), how] { one.end(how); });
}

void sim_world::restart(sim_node& node) {
  state_->between_turns([&one = state_->at(node)] { one.restart(); });
}

void sim_world::pause(sim_node& node, sim_pause how) {
  state_->between_turns([&one = state_->at(node), how] { one.pause(how); });
}

void sim_world::resume(sim_node& node) {
  state_->between_turns([&one = state_->at(node)] { one.resume(); });
}

void sim_world::jump_wall_clock(sim_node& node, duration by) {
  state_->between_turns([&one = state_->at(node), by] { one.jump_wall_clock(by); });
}

void sim_world::set_drift(sim_node& node, std::int32_t ppm) {
  state_->between_turns([&one = state_->at(node), ppm] { one.set_drift(ppm); });
}

sim_network& sim_world::network() {
  return state_->net;
}

void sim_world::apply(const sim_fault_plan& plan) {
  sim::schedule_faults(plan, state_->events, state_->net, state_->nodes);
}

std::uint64_t sim_world::fired(sim_fault kind) const {
  return state_->events.count(kind);
}

std::uint64_t sim_world::seed() const {
  return state_->events.seed();
}

std::uint64_t sim_world::trace_hash() const {
  return state_->events.trace_hash();
}

std::uint64_t sim_world::events() const {
  return state_->events.executed();
}

void sim_world::note(std::string_view what, std::uint64_t detail) {
  const event_tag tag{event_tag::whole_world, event_kind::note};
  state_->events.note(tag, sim::hash_bytes(as_bytes(what), detail));
}

void sim_world::on_trace(function<void(const sim_trace_line&)> listener) {
  state_->events.listen(std::move(listener));
}

}  // namespace mw
