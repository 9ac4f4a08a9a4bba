// sim_faults: the kinds of faults of a simulated world, and plans of faults drawn from a seed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/sim_disk.h>
#include <mw/sim_network.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// Each kind is counted when it takes effect: a fault that never fires tests nothing.
enum class sim_fault : std::uint8_t {
  packet_lost,
  packet_duplicated,
  packet_reordered,
  packet_corrupted,
  packet_too_large,
  path_cut,
  path_clogged,
  dial_refused,
  dial_lost,
  stream_reset,
  stream_severed,
  segment_repeated,
  read_cut,
  write_short,
  sync_failed,
  write_failed,
  read_failed,
  disk_full,
  disk_slow,
  write_lost,
  write_torn,
  entry_lost,  // at power loss
  wall_jump,
  clock_drift,
  power_loss,
  killed,
  process_pause,
  machine_pause,
  restart,
};
inline constexpr std::size_t sim_fault_count = static_cast<std::size_t>(sim_fault::restart) + 1;
[[nodiscard]] std::string_view to_string(sim_fault kind) noexcept;

// One fault at one time, relative to the start of the plan.
struct sim_fault_event {
  duration at{};
  duration lasts{};  // until healed, resumed, restarted; unused by momentary faults
  sim_fault kind = sim_fault::path_cut;
  std::size_t node = 0;
  sim_cut paths;            // path_cut, path_clogged, stream_reset, stream_severed
  std::int64_t amount = 0;  // wall_jump: nanoseconds; clock_drift: parts per million

  friend bool operator==(const sim_fault_event&, const sim_fault_event&) = default;
};

// Everything that will go wrong in one run. Between `begins` and `ends` links and disks have the
// qualities given here; before and afterwards they are good. All events lie between the two.
struct sim_fault_plan {
  duration begins{};
  duration ends{};
  sim_link link;
  sim_disk_options disk;
  std::vector<sim_fault_event> events;  // by time
};

struct sim_fault_request {
  std::uint64_t seed = 1;
  std::size_t nodes = 1;
  duration begins = 5s;  // warm-up before
  duration ends = 40s;   // healed afterwards
  // "all", "network", "disk", "clock", "process" or "none".
  std::string_view profile = "all";
};

// Draws a plan: each run enables some of the kinds and draws their rates, so that rare combinations
// come up (swarm testing). `invalid` for an unknown profile. Equal requests give equal plans.
[[nodiscard]] result<sim_fault_plan> draw_faults(const sim_fault_request& request);
[[nodiscard]] std::span<const std::string_view> sim_fault_profiles();

// One line per event, for people.
[[nodiscard]] std::string to_string(const sim_fault_event& event);

}  // namespace mw
