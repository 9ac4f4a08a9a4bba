// fault_schedule: beginning and ending each fault of a plan at its time.
// SPDX-License-Identifier: Apache-2.0
#include "fault_schedule.h"

#include <utility>

namespace mw::sim {

namespace {

using node_list = std::vector<std::unique_ptr<world_node>>;

class scheduler {
 public:
  scheduler(engine& events, network& net, const node_list& nodes)
      : events_(events), net_(net), nodes_(nodes) {}

  void qualities(const sim_fault_plan& plan) {
    const sim_link good_link = net_.links();
    at(plan.begins, [this_net = &net_, link = plan.link] { this_net->set_links(link); });
    at(plan.ends, [this_net = &net_, good_link] { this_net->set_links(good_link); });
    for (const auto& node : nodes_) {
      disk_state* disk = &node->hard_disk();
      sim_disk_options bad = plan.disk;
      bad.capacity = disk->options().capacity;
      at(plan.begins, [disk, bad] { disk->set(bad); });
      at(plan.ends, [disk, good = disk->options()] { disk->set(good); });
    }
  }

  void fault(const sim_fault_event& what) {
    switch (what.kind) {
      case sim_fault::path_cut:
        return cut(what);
      case sim_fault::path_clogged:
      case sim_fault::stream_reset:
      case sim_fault::stream_severed:
        return paths(what);
      case sim_fault::disk_full:
        return fill_disk(what);
      case sim_fault::wall_jump:
      case sim_fault::clock_drift:
        return clock(what);
      case sim_fault::power_loss:
      case sim_fault::killed:
        return crash(what);
      case sim_fault::process_pause:
      case sim_fault::machine_pause:
        return pause(what);
      default:
        return;  // kinds that are rates of links and disks, not events
    }
  }

 private:
  void at(duration when, function<void()> action) {
    events_.after(when, {event_tag::whole_world, event_kind::fault}, std::move(action));
  }
  world_node* node(const sim_fault_event& what) { return nodes_.at(what.node).get(); }

  void cut(const sim_fault_event& what) {
    // Shared by two events, of which the first one learns the number: no frame outlives both.
    auto number = std::make_shared<std::uint64_t>(0);
    at(what.at, [net = &net_, paths = what.paths, number] { *number = net->cut(paths); });
    at(what.at + what.lasts, [net = &net_, number] { net->heal(*number); });
  }

  void paths(const sim_fault_event& what) {
    at(what.at, [net = &net_, what] {
      for (const sim_path& one : what.paths) {
        if (what.kind == sim_fault::path_clogged) net->clog(one, what.lasts);
        if (what.kind == sim_fault::stream_reset) net->reset_streams(one.from, one.to);
        if (what.kind == sim_fault::stream_severed) net->sever_streams(one.from, one.to);
      }
    });
  }

  void fill_disk(const sim_fault_event& what) {
    disk_state* disk = &node(what)->hard_disk();
    const byte_size capacity = disk->options().capacity;
    const auto set = [disk](byte_size size) {
      sim_disk_options options = disk->options();
      options.capacity = size;
      disk->set(options);
    };
    at(what.at, [set, disk, room = static_cast<std::uint64_t>(what.amount)] {
      set({disk->used().count + room});
    });
    at(what.at + what.lasts, [set, capacity] { set(capacity); });
  }

  void clock(const sim_fault_event& what) {
    world_node* one = node(what);
    if (what.kind == sim_fault::wall_jump)
      return at(what.at, [one, by = duration(what.amount)] { one->jump_wall_clock(by); });
    at(what.at, [one, ppm = static_cast<std::int32_t>(what.amount)] { one->set_drift(ppm); });
    at(what.at + what.lasts, [one] { one->set_drift(0); });
  }

  void crash(const sim_fault_event& what) {
    world_node* one = node(what);
    const sim_end how = what.kind == sim_fault::power_loss ? sim_end::power_loss : sim_end::killed;
    at(what.at, [one, how] { one->end(how); });
    at(what.at + what.lasts, [one] {
      if (!one->running()) one->restart();
    });
  }

  void pause(const sim_fault_event& what) {
    world_node* one = node(what);
    const sim_pause how =
        what.kind == sim_fault::machine_pause ? sim_pause::machine : sim_pause::process;
    at(what.at, [one, how] { one->pause(how); });
    at(what.at + what.lasts, [one] { one->resume(); });
  }

  engine& events_;
  network& net_;
  const node_list& nodes_;
};

}  // namespace

void schedule_faults(const sim_fault_plan& plan, engine& events, network& net,
                     const std::vector<std::unique_ptr<world_node>>& nodes) {
  scheduler all(events, net, nodes);
  all.qualities(plan);
  for (const sim_fault_event& one : plan.events) all.fault(one);
}

}  // namespace mw::sim
