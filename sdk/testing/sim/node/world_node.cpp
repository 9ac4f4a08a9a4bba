// world_node: booting, ending, restarting and stopping the clocks of one node.
// SPDX-License-Identifier: Apache-2.0
#include "world_node.h"

#include <mw/assert.h>

#include <utility>

namespace mw::sim {

namespace {

std::string address_of(const sim_node_options& options, std::size_t index) {
  if (!options.address.empty()) return options.address;
  const std::size_t number = index + 1;
  return "10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256);
}

}  // namespace

world_node::world_node(engine& events, network& net, const sim_node_options& options,
                       std::size_t index)
    : machine_(events, options, index), network_(net), lanes_(options.lanes) {
  events.name_node(index, options.name);
  network_.add_node(machine_, address_of(options, index), !options.address.empty());
  start();
}

const std::string& world_node::address() const {
  return network_.addresses().own_address(machine_.index);
}

void world_node::start() {
  lives_.push_back(std::make_unique<process>(machine_, network_, lanes_));
  machine_.events.note(machine_.tag(event_kind::life), machine_.life);
}

void world_node::boot(sim_boot program) {
  boot_ = std::move(program);
  program_ = boot_(platform());
}

void world_node::end(sim_end how) {
  process& life = *lives_.back();
  if (!life.alive()) return;
  const bool power = how == sim_end::power_loss;
  machine_.events.fired(power ? sim_fault::power_loss : sim_fault::killed,
                        machine_.tag(event_kind::fault));
  if (machine_.suspended) resume();
  machine_.powered = !power;
  life.die();
  program_.reset();
  if (power) machine_.disk.lose_power();
}

void world_node::restart() {
  end(sim_end::killed);
  machine_.events.fired(sim_fault::restart, machine_.tag(event_kind::fault));
  machine_.powered = true;
  start();
  if (boot_) program_ = boot_(platform());
}

void world_node::pause(sim_pause how) {
  if (!lives_.back()->alive()) return;
  const bool all = how == sim_pause::machine;
  machine_.events.fired(all ? sim_fault::machine_pause : sim_fault::process_pause,
                        machine_.tag(event_kind::fault));
  lives_.back()->set_paused(true);
  if (!all) return;
  machine_.suspended = true;
  machine_.clock.freeze(machine_.events.now());
}

void world_node::resume() {
  if (machine_.suspended) machine_.clock.thaw(machine_.events.now());
  machine_.suspended = false;
  lives_.back()->set_paused(false);
}

void world_node::jump_wall_clock(duration by) {
  machine_.events.fired(sim_fault::wall_jump, machine_.tag(event_kind::fault));
  machine_.clock.jump_wall(by);
}

void world_node::set_drift(std::int32_t ppm) {
  machine_.events.fired(sim_fault::clock_drift, machine_.tag(event_kind::fault));
  machine_.clock.set_drift(machine_.events.now(), ppm);
  lives_.back()->clock_changed();
}

}  // namespace mw::sim
