// node_clock: rates in parts per million over piecewise linear time.
// SPDX-License-Identifier: Apache-2.0
#include "node_clock.h"

#include <mw/random.h>

namespace mw::sim {

namespace {

constexpr std::int64_t million = 1'000'000;
// Worlds begin at the same date, so that certificates and logs look alike in every run.
constexpr duration epoch = std::chrono::seconds(1'767'225'600);  // 2026-01-01T00:00:00Z

std::int64_t scaled(std::int64_t value, std::int64_t by, std::int64_t over) {
  // Times of days in nanoseconds times a million do not fit into 64 bits. Values are never
  // negative.
  const auto wide = static_cast<detail::uint128>(value) * static_cast<detail::uint128>(by);
  return static_cast<std::int64_t>(wide / static_cast<detail::uint128>(over));
}

}  // namespace

node_clock::node_clock(const sim_clock_options& options)
    : mono_base_(options.offset),
      wall_offset_(epoch + options.wall_skew - options.offset),
      rate_ppm_(million + options.drift_ppm),
      thawed_ppm_(rate_ppm_) {}

time_point node_clock::mono(duration world) const {
  return {mono_base_ + duration(scaled((world - world_base_).count(), rate_ppm_, million))};
}

wall_time node_clock::wall(duration world) const {
  return {mono(world).since_start + wall_offset_};
}

duration node_clock::when(time_point target) const {
  const duration missing = target.since_start - mono_base_;
  if (missing <= duration::zero()) return world_base_;
  if (rate_ppm_ <= 0 || missing > duration::max() / 4) return duration::max();
  duration world = world_base_ + duration(scaled(missing.count(), million, rate_ppm_));
  while (mono(world) < target) ++world;  // division rounded down
  return world;
}

void node_clock::rebase(duration world) {
  mono_base_ = mono(world).since_start;
  world_base_ = world;
}

void node_clock::set_drift(duration world, std::int32_t ppm) {
  rebase(world);
  if (rate_ppm_ != 0) rate_ppm_ = million + ppm;
  thawed_ppm_ = million + ppm;
}

void node_clock::freeze(duration world) {
  rebase(world);
  rate_ppm_ = 0;
}

void node_clock::thaw(duration world) {
  rebase(world);
  rate_ppm_ = thawed_ppm_;
}

}  // namespace mw::sim
