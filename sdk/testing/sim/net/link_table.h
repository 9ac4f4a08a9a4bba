// link_table: how good each path between two nodes is, and which paths are cut or clogged.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dice.h"
#include "core/engine.h"
#include "node/machine.h"

#include <mw/sim_network.h>

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace mw::sim {

class link_table {
 public:
  explicit link_table(engine& events) : events_(events), dice_(events.seed(), "links") {}

  void add(const machine& node) { machines_.push_back(&node); }
  [[nodiscard]] const machine& node(std::size_t index) const { return *machines_[index]; }
  [[nodiscard]] std::size_t size() const { return machines_.size(); }

  void set_all(const sim_link& link);
  void set(sim_path path, const sim_link& link) { of(path).link = link; }
  [[nodiscard]] const sim_link& common() const { return common_; }
  std::uint64_t cut(const sim_cut& paths);
  void heal(std::uint64_t cut);
  void heal_all();
  void clog(sim_path path, duration how_long);

  [[nodiscard]] const sim_link& at(sim_path path) const;
  // How long a packet that leaves now takes. Draws anew each time.
  duration latency(sim_path path);
  // Nothing: a packet arriving now gets through. Otherwise when to try again: the end of a clog, or
  // duration::max() where nobody knows.
  std::optional<duration> blocked(sim_path path);
  [[nodiscard]] dice& chance() { return dice_; }

 private:
  struct state {
    std::optional<sim_link> link;
    std::uint32_t cuts = 0;
    duration clogged_until{};
  };
  static std::uint64_t key(sim_path path) { return (std::uint64_t{path.from} << 32) | path.to; }
  state& of(sim_path path) { return states_[key(path)]; }
  [[nodiscard]] const state* find(sim_path path) const;

  engine& events_;
  dice dice_;
  std::vector<const machine*> machines_;
  sim_link common_;
  sim_link local_ = within_a_node(common_);
  // Only looked up, never walked: its order means nothing.
  std::unordered_map<std::uint64_t, state> states_;
  std::map<std::uint64_t, sim_cut> cuts_;
  std::uint64_t last_cut_ = 0;

  static sim_link within_a_node(const sim_link& common);
};

}  // namespace mw::sim
