// fault_plan: draws what will go wrong in one run; each run differs in kinds, not only in times.
// SPDX-License-Identifier: Apache-2.0
#include "core/dice.h"

#include <mw/sim_faults.h>

#include <algorithm>
#include <array>

namespace mw {

namespace {

constexpr std::array<std::string_view, 6> profiles = {"none", "all",   "network",
                                                      "disk", "clock", "process"};

class plan_maker {
 public:
  explicit plan_maker(const sim_fault_request& request)
      : request_(request), dice_(request.seed, "fault plan") {
    plan_.begins = request.begins;
    plan_.ends = std::max(request.ends, request.begins);
  }

  sim_fault_plan make() {
    if (wants("network")) network();
    if (wants("disk")) disk();
    if (wants("clock")) clock();
    if (wants("process")) process();
    std::stable_sort(
        plan_.events.begin(), plan_.events.end(),
        [](const sim_fault_event& a, const sim_fault_event& b) { return a.at < b.at; });
    return std::move(plan_);
  }

 private:
  bool wants(std::string_view area) const {
    return request_.profile == "all" || request_.profile == area;
  }
  // Half of the kinds are off in a run; the others are anything between rare and frequent.
  std::uint32_t rate(std::uint32_t ppm_max) {
    if (dice_.coin()) return 0;
    const std::uint64_t halvings = dice_.below(8);
    return static_cast<std::uint32_t>(1 + dice_.below((std::uint64_t{ppm_max} >> halvings) + 1));
  }

  void network() {
    sim_link& link = plan_.link;
    link.latency = dice_.between(50us, 20ms);
    link.jitter = dice_.between(0us, 30ms);
    link.tail_ppm = rate(50'000);
    link.tail = dice_.between(10ms, 2s);
    link.loss_ppm = rate(400'000);
    link.duplicate_ppm = rate(100'000);
    link.reorder_ppm = rate(200'000);
    link.corrupt_ppm = rate(20'000);
    link.refuse_ppm = rate(300'000);
    link.lose_dial_ppm = rate(100'000);
    link.reset_ppm = rate(5'000);
    link.sever_ppm = rate(2'000);
    link.cut_read_ppm = rate(900'000);
    link.short_write_ppm = rate(200'000);
    if (dice_.coin()) link.window = 512 + dice_.below(64 * 1024);
    if (dice_.coin()) link.bytes_per_second = 20'000 + dice_.below(10'000'000);
    if (request_.nodes < 2) return;
    repeat(sim_fault::path_cut, 500ms, 10s, [this](sim_fault_event& e) { e.paths = shape(); });
    repeat(sim_fault::path_clogged, 100ms, 3s, [this](sim_fault_event& e) { e.paths = {pair()}; });
    repeat(sim_fault::stream_reset, 0s, 0s, [this](sim_fault_event& e) { e.paths = {pair()}; });
    repeat(sim_fault::stream_severed, 0s, 0s, [this](sim_fault_event& e) { e.paths = {pair()}; });
  }

  void disk() {
    plan_.disk.sync = dice_.between(100us, 20ms);
    plan_.disk.slow_ppm = rate(100'000);
    plan_.disk.slow = dice_.between(10ms, 3s);
    plan_.disk.sync_error_ppm = rate(10'000);
    plan_.disk.write_error_ppm = rate(5'000);
    plan_.disk.read_error_ppm = rate(5'000);
    repeat(sim_fault::disk_full, 500ms, 5s,
           [this](sim_fault_event& e) { e.amount = static_cast<std::int64_t>(dice_.below(4096)); });
  }

  void clock() {
    repeat(sim_fault::wall_jump, 0s, 0s,
           [this](sim_fault_event& e) { e.amount = dice_.between(-1h, 1h).count(); });
    repeat(sim_fault::clock_drift, 1s, 10s, [this](sim_fault_event& e) {
      e.amount = dice_.between(duration(-200'000), duration(200'000)).count();
    });
  }

  void process() {
    const auto nothing = [](sim_fault_event&) {};
    repeat(sim_fault::power_loss, 1ms, 8s, nothing);
    repeat(sim_fault::killed, 1ms, 5s, nothing);
    repeat(sim_fault::process_pause, 1ms, 5s, nothing);
    repeat(sim_fault::machine_pause, 1ms, 5s, nothing);
  }

  // Faults of one kind at intervals of this run, each over by the end of the plan.
  template <class Fill>
  void repeat(sim_fault kind, duration lasts_min, duration lasts_max, Fill fill) {
    if (dice_.coin() || request_.nodes == 0) return;
    const duration mean = dice_.between(500ms, 15s);
    duration at = plan_.begins + dice_.between(0ns, mean);
    while (at < plan_.ends) {
      sim_fault_event event;
      event.at = at;
      event.kind = kind;
      event.node = dice_.below(request_.nodes);
      event.lasts = std::min(dice_.between(lasts_min, lasts_max), plan_.ends - at);
      fill(event);
      plan_.events.push_back(std::move(event));
      at += dice_.between(mean / 2, mean * 3 / 2);
    }
  }

  sim_path pair() {
    const std::size_t a = dice_.below(request_.nodes);
    const std::size_t b = (a + 1 + dice_.below(request_.nodes - 1)) % request_.nodes;
    return {a, b};
  }

  sim_cut shape() {
    const std::size_t n = request_.nodes;
    const sim_path two = pair();
    switch (dice_.below(5)) {
      case 0:
        return cut_isolate(n, two.from);
      case 1:
        return cut_halves(n, 1 + dice_.below(n - 1));
      case 2:
        return cut_bridge(n, two.from);
      case 3:
        return cut_ring(n);
      default:
        return cut_one_way(two.from, two.to);
    }
  }

  const sim_fault_request& request_;
  sim::dice dice_;
  sim_fault_plan plan_;
};

}  // namespace

std::span<const std::string_view> sim_fault_profiles() {
  return profiles;
}

result<sim_fault_plan> draw_faults(const sim_fault_request& request) {
  if (std::find(profiles.begin(), profiles.end(), request.profile) == profiles.end()) {
    std::string names;
    for (const std::string_view one : profiles)
      names += (names.empty() ? "" : ", ") + std::string(one);
    return {errc::invalid,
            "unknown fault profile \"" + std::string(request.profile) + "\"; known are " + names};
  }
  return plan_maker(request).make();
}

}  // namespace mw
