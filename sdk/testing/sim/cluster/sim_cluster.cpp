// sim_cluster: composing the nodes of a request, running them under its faults, and the report.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_node.h"
#include "compose/load_document.h"

#include <mw/sim_cluster.h>

#include <algorithm>
#include <utility>

namespace mw {

using sim::cluster_node;

class sim_cluster::state {
 public:
  explicit state(const sim_request& asked)
      : request(asked), loader(asked.plugin_path), world(asked.seed), target{world, request.log} {}

  const sim_request& request;
  kernel::plugin_loader loader;
  std::vector<std::unique_ptr<cluster_node>> nodes;  // outlive their programs, which the world owns
  sim_world world;
  sim::log_target target;
  sim_fault_plan plan;
};

namespace {

failure broken(const std::string& path, std::string why) {
  return {errc::invalid, path + ": " + std::move(why)};
}

struct node_place {
  std::string path;
  std::string name;     // empty: what the file says
  std::string address;  // empty: shared loopback
};

result<std::vector<node_place>> places_of(const sim_request& request) {
  if (request.files.empty()) return failure(errc::invalid, "no node file was given");
  std::vector<node_place> places;
  if (request.nodes == 0) {
    for (const std::string& path : request.files) places.push_back({path, "", ""});
    return places;
  }
  if (request.files.size() > 1)
    return failure(errc::invalid, "a number of nodes goes with one file, " +
                                      std::to_string(request.files.size()) + " were given");
  for (std::size_t i = 1; i <= request.nodes; ++i)
    places.push_back({request.files.front(), "n" + std::to_string(i),
                      "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256)});
  return places;
}

// `loader` outlives the composition.
result<kernel::composition> compose_node(const sim_request& request, const node_place& place,
                                         kernel::plugin_loader& loader) {
  kernel::config_request wanted;
  wanted.path = place.path;
  wanted.variables = request.variables;
  wanted.flags = request.flags;
  wanted.read_file = [](const std::string& path) { return kernel::read_text_file(path); };
  if (!place.name.empty()) {
    wanted.variables["NODE_ID"] = place.name;
    wanted.variables["NODE_INDEX"] = place.name.substr(1);
    wanted.variables["NODE_ADDRESS"] = place.address;
  }
  kernel::diagnostics found;
  const auto document = kernel::load_document(std::move(wanted), loader, found);
  kernel::compose_result made = kernel::compose(document, loader, found);
  if (found.has_errors())
    return failure(errc::invalid, kernel::render_text(found, document->sources));
  for (const kernel::stanza& one : made.node.stanzas)
    if (one.plugin->declared.foreign_io)
      return broken(one.where, "plug-in '" + one.name + "' (" + std::string(one.plugin->type()) +
                                   ") does its own I/O and cannot be simulated: leave it out");
  // Copies of one file would otherwise all have the name that is in it.
  if (!place.name.empty()) made.node.node.id = place.name;
  return std::move(made.node);
}

void show_events(sim_world& world, const sim_request& request) {
  if (!request.trace || !request.log) return;
  world.on_trace([&request](const sim_trace_line& line) {
    request.log(sim::line_start(line.at, line.node.empty() ? "-" : line.node) +
                std::string(line.kind) + " " + std::to_string(line.detail));
  });
}

}  // namespace

result<std::unique_ptr<sim_cluster>> sim_cluster::make(const sim_request& request) {
  MW_TRY(const std::vector<node_place> places, places_of(request));
  auto made = std::make_unique<state>(request);
  show_events(made->world, request);
  for (const node_place& place : places) {
    MW_TRY(kernel::composition composed, compose_node(request, place, made->loader));
    made->nodes.push_back(
        std::make_unique<cluster_node>(made->target, place.path, std::move(composed)));
  }
  // A tenth to get going, then faults, and half of the time to recover.
  const duration begins = std::min<duration>(5s, request.length / 10);
  MW_TRY(made->plan,
         draw_faults({request.seed, places.size(), begins, request.length / 2, request.faults}));
  for (std::size_t i = 0; i < places.size(); ++i)
    made->nodes[i]->join(places[i].address, request.disk_files);
  if (request.faults != "none") made->world.apply(made->plan);
  return std::unique_ptr<sim_cluster>(new sim_cluster(std::move(made)));
}

sim_cluster::sim_cluster(std::unique_ptr<state> made) : state_(std::move(made)) {}

sim_cluster::~sim_cluster() = default;

sim_world& sim_cluster::world() {
  return state_->world;
}

duration sim_cluster::healed_at() const {
  return state_->plan.ends;
}

void sim_cluster::run() {
  state_->world.run_for(state_->request.length - state_->world.now());
}

std::string sim_cluster::metrics(std::size_t node) const {
  return state_->nodes.at(node)->metrics();
}

sim_report sim_cluster::report() const {
  sim_report out;
  out.seed = state_->request.seed;
  out.trace_hash = state_->world.trace_hash();
  out.events = state_->world.events();
  out.virtual_time = state_->world.now();
  for (const auto& one : state_->nodes) out.nodes.push_back(one->report());
  for (std::size_t i = 0; i < sim_fault_count; ++i) {
    const auto kind = static_cast<sim_fault>(i);
    if (state_->world.fired(kind) > 0)
      out.faults.emplace_back(to_string(kind), state_->world.fired(kind));
  }
  for (const sim_fault_event& one : state_->plan.events) out.plan.push_back(to_string(one));
  return out;
}

result<sim_report> run_simulation(const sim_request& request) {
  MW_TRY(const std::unique_ptr<sim_cluster> cluster, sim_cluster::make(request));
  cluster->run();
  return cluster->report();
}

}  // namespace mw
