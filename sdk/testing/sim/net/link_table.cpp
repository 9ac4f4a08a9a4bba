// link_table: latencies, cuts and clogs of paths.
// SPDX-License-Identifier: Apache-2.0
#include "link_table.h"

#include <algorithm>

namespace mw::sim {

void link_table::set_all(const sim_link& link) {
  common_ = link;
  local_ = within_a_node(link);
  // Assigning the same value to each: the order of the table does not show.
  for (auto& [path, one] : states_) one.link.reset();
}

// Inside one machine packets are neither lost nor late, but streams are cut up all the same.
sim_link link_table::within_a_node(const sim_link& common) {
  sim_link local;
  local.latency = 2us;
  local.jitter = 8us;
  local.tail_ppm = 0;
  local.bytes_per_second = 4'000'000'000;
  local.cut_read_ppm = common.cut_read_ppm;
  local.short_write_ppm = common.short_write_ppm;
  local.window = common.window;
  return local;
}

std::uint64_t link_table::cut(const sim_cut& paths) {
  for (const sim_path& path : paths) ++of(path).cuts;
  cuts_[++last_cut_] = paths;
  return last_cut_;
}

void link_table::heal(std::uint64_t cut) {
  const auto found = cuts_.find(cut);
  if (found == cuts_.end()) return;
  for (const sim_path& path : found->second) --of(path).cuts;
  cuts_.erase(found);
}

void link_table::heal_all() {
  while (!cuts_.empty()) heal(cuts_.begin()->first);
  for (auto& [path, one] : states_) one.clogged_until = {};
}

void link_table::clog(sim_path path, duration how_long) {
  of(path).clogged_until = std::max(of(path).clogged_until, events_.now() + how_long);
}

const link_table::state* link_table::find(sim_path path) const {
  if (states_.empty()) return nullptr;
  const auto found = states_.find(key(path));
  return found == states_.end() ? nullptr : &found->second;
}

const sim_link& link_table::at(sim_path path) const {
  if (path.from == path.to) return local_;
  const state* one = find(path);
  return one != nullptr && one->link ? *one->link : common_;
}

duration link_table::latency(sim_path path) {
  const sim_link& link = at(path);
  duration time = dice_.between(link.latency, link.latency + link.jitter);
  if (dice_.ppm(link.tail_ppm)) time += dice_.between(duration::zero(), link.tail);
  return time;
}

std::optional<duration> link_table::blocked(sim_path path) {
  if (!machines_[path.to]->reachable()) return duration::max();
  const state* one = path.from == path.to ? nullptr : find(path);
  if (one == nullptr) return std::nullopt;
  const event_tag tag = machines_[path.from]->tag(event_kind::fault);
  if (one->cuts > 0) {
    events_.fired(sim_fault::path_cut, tag);
    return duration::max();
  }
  if (one->clogged_until > events_.now()) {
    events_.fired(sim_fault::path_clogged, tag);
    return one->clogged_until;
  }
  return std::nullopt;
}

}  // namespace mw::sim
