// process: seeds, key bytes and lanes of one life of a node.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include "net/network.h"

namespace mw::sim {

process::process(machine& on, mw::sim::network& net, std::size_t lanes)
    : machine_(on),
      network_(net),
      life_(++on.life),
      // A restarted node must not repeat its former choices.
      seed_(hash_mix(on.seed, life_)),
      secure_(seed_, "secure bytes"),
      scheduling_(seed_, "scheduling") {
  for (std::size_t i = 0; i < lanes; ++i)
    lanes_.push_back(std::make_unique<mw::sim::lane>(*this, i));
}

process::~process() = default;

void process::secure_bytes(std::span<std::byte> out) {
  for (std::byte& one : out) one = static_cast<std::byte>(secure_.next() >> 56);
}

void process::die() {
  if (!alive_) return;
  alive_ = false;
  files_.die();
  works_.each([this](slot_id id, const auto&) { works_.erase(id); });
  names_.each([this](slot_id id, const auto&) { names_.erase(id); });
  commands_.each([this](slot_id id, const auto&) { commands_.erase(id); });
  network_.drop(*this);
}

void process::set_paused(bool paused) {
  paused_ = paused;
  if (!paused) clock_changed();
}

void process::clock_changed() {
  for (const auto& one : lanes_) one->reconsider();
}

}  // namespace mw::sim
