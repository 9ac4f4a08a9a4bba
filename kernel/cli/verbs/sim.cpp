// sim: `mw sim`, node files in virtual time, repeatable to the last event.
// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_path.h"
#include "config/nearest.h"
#include "verbs.h"

#include <mw/sim_cluster.h>
#include <mw/sim_faults.h>
#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace mw::kernel::cli {
namespace {

constexpr flag seed_flag{"--seed", "N",
                         "The world to simulate; the same seed, the same run. Default 1."};
constexpr flag seeds_flag{"--seeds", "N",
                          "Run N worlds from --seed on and print those that go wrong."};
constexpr flag for_flag{"--for", "DURATION", "Virtual time to simulate. Default 60s."};
constexpr flag nodes_flag{
    "--nodes", "N",
    "Run N nodes of the one file, at 10.0.0.1, 10.0.0.2 and so on, with NODE_ID, "
    "NODE_INDEX and NODE_ADDRESS in their variables."};
constexpr flag faults_flag{
    "--faults", "PROFILE",
    "Faults to draw from the seed: network, disk, clock, process, all or none. Default none."};
constexpr flag log_flag{"--log", "", "Print the nodes' log lines to standard error."};
constexpr flag trace_flag{"--trace", "", "Print every event of the world, too."};
constexpr std::array flags{seed_flag, seeds_flag, for_flag,  nodes_flag, faults_flag,
                           log_flag,  trace_flag, json_flag, set_flag,   plugin_path_flag};
constexpr std::uint64_t nodes_max = 1000;
constexpr std::size_t files_max = 1000;

result<std::uint64_t> number(const arguments& given, const flag& of, std::uint64_t otherwise) {
  if (!given.has(of.name)) return otherwise;
  const std::string text = given.text(of.name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return value;
  return failure(errc::invalid, std::string(of.name) + " takes a number, not '" + text + "'");
}

status check_faults(const std::string& profile) {
  std::vector<std::string> known;
  for (const std::string_view one : sim_fault_profiles()) known.emplace_back(one);
  if (std::find(known.begin(), known.end(), profile) != known.end()) return {};
  const std::string guess = nearest(profile, known);
  std::string text = "unknown profile '" + profile + "'";
  if (!guess.empty()) return {errc::invalid, text + "; did you mean '" + guess + "'?"};
  text += "; the profiles are";
  for (const std::string& one : known) text += (one == known.front() ? " " : ", ") + one;
  return {errc::invalid, text};
}

result<sim_request> request_of(const arguments& given, surroundings& world) {
  sim_request request;
  request.files = given.operands;
  MW_TRY(request.seed, number(given, seed_flag, 1));
  MW_TRY(const std::uint64_t nodes, number(given, nodes_flag, 0));
  if (nodes > nodes_max || (given.has("--nodes") && nodes == 0))
    return failure(errc::invalid, "--nodes takes 1 to " + std::to_string(nodes_max));
  request.nodes = nodes;
  if (request.nodes != 0 && request.files.size() > 1)
    return failure(errc::invalid, "--nodes goes with one file");
  const auto length = parse_duration(given.text("--for", "60s"));
  if (!length || *length <= duration::zero())
    return failure(errc::invalid,
                   "--for takes a duration such as 60s, not '" + given.text("--for") + "'");
  request.length = *length;
  request.faults = given.text("--faults", "none");
  MW_CHECK(check_faults(request.faults));
  request.variables = world.variables;
  request.flags = given.all("--set");
  request.plugin_path = plugin_search_path(given, world);
  request.trace = given.has("--trace");
  if (given.has("--log") || request.trace)
    request.log = [&io = world.io](std::string_view line) {
      io.complain(std::string(line) + "\n");
    };
  return request;
}

void write_node(json_writer& out, const sim_node_report& node) {
  out.begin_object().key("name").value(node.name).key("file").value(node.file);
  out.key("ready").value(node.ready).key("lives").value(node.lives).key("ready_at");
  node.ready_at ? out.value(mw::to_string(*node.ready_at)) : out.null();
  out.key("endings").begin_array();
  for (const std::string& one : node.endings) out.value(one);
  out.end_array().key("plugins").begin_array();
  for (const plugin_status& one : node.plugins) {
    out.begin_object().key("name").value(one.name).key("type").value(one.type);
    out.key("phase").value(mw::to_string(one.phase)).key("reason").value(one.reason).end_object();
  }
  out.end_array().end_object();
}

// 64-bit numbers are text: readers of JSON round them.
std::string as_json(const sim_report& report) {
  std::array<char, 24> hash{};
  (void)std::snprintf(hash.data(), hash.size(), "%016llx",
                      static_cast<unsigned long long>(report.trace_hash));
  json_writer out;
  out.begin_object().key("seed").value(std::to_string(report.seed));
  out.key("trace_hash").value(hash.data()).key("events").value(report.events);
  out.key("virtual_time").value(mw::to_string(report.virtual_time)).key("nodes").begin_array();
  for (const sim_node_report& one : report.nodes) write_node(out, one);
  out.end_array().key("faults").begin_object();
  for (const auto& [name, count] : report.faults) out.key(name).value(count);
  out.end_object().key("plan").begin_array();
  for (const std::string& one : report.plan) out.value(one);
  return out.end_array().end_object().take() + "\n";
}

bool all_ready(const sim_report& report) {
  return std::all_of(report.nodes.begin(), report.nodes.end(),
                     [](const sim_node_report& node) { return node.ready; });
}

// What a reader needs to decide which seed to look at.
std::string verdict_line(const sim_report& report) {
  std::string text = "seed " + std::to_string(report.seed) + ":";
  for (const sim_node_report& node : report.nodes) {
    if (!node.ready) text += " " + node.name + " is not ready;";
    for (const std::string& ending : node.endings) text += " ended: " + printable(ending) + ";";
  }
  return text + "\n";
}

exit_code run_seeds(sim_request request, std::uint64_t seeds, surroundings& world) {
  std::uint64_t bad = 0;
  const std::uint64_t first = request.seed;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    request.seed = first + i;
    const auto report = run_simulation(request);
    if (!report) {
      world.io.complain(report.error().text() +
                        (report.error().text().ends_with('\n') ? "" : "\n"));
      return exit_code::cannot_run;
    }
    if (all_ready(*report)) continue;
    ++bad;
    world.io.say(verdict_line(*report));
    world.io.flush();
  }
  world.io.say(std::to_string(seeds) + " seeds from " + std::to_string(first) + " on: " +
               std::to_string(seeds - bad) + " passed, " + std::to_string(bad) + " failed\n");
  return bad == 0 ? exit_code::ok : exit_code::no;
}

exit_code run(const arguments& given, surroundings& world) {
  auto request = request_of(given, world);
  const auto seeds = number(given, seeds_flag, 1);
  const auto refuse = [&](const std::string& why) {
    world.io.complain("mw sim: " + why + "\nTry `mw sim --help`.\n");
    return exit_code::usage;
  };
  if (!request) return refuse(request.error().text());
  if (!seeds) return refuse(seeds.error().text());
  if (given.has("--seeds") && *seeds == 0) return refuse("--seeds takes a number from 1");
  if (given.has("--seeds") && given.has("--json")) return refuse("--json shows one seed");
  if (given.has("--seeds")) return run_seeds(std::move(*request), *seeds, world);
  const auto report = run_simulation(*request);
  if (!report) {
    world.io.complain(report.error().text() + (report.error().text().ends_with('\n') ? "" : "\n"));
    return exit_code::cannot_run;
  }
  world.io.say(given.has("--json") ? as_json(*report) : mw::to_string(*report));
  return all_ready(*report) ? exit_code::ok : exit_code::no;
}

}  // namespace

extern const verb sim_verb{
    "sim",
    "FILE...",
    1,
    files_max,
    "run nodes in a simulated world with virtual time, network and disk",
    "Runs the production plug-ins of the node files in one simulated world: time jumps to the next "
    "event, network, disks and clocks are simulated, and everything follows from the seed. Prints "
    "what became of each node and a trace hash; equal hashes mean equal runs.\n\n"
    "Exit code 0 when all nodes are ready at the end, 1 when not, 3 when the files have mistakes.",
    "mw sim node.yaml --seed 7 --for 60s\n"
    "mw sim node.yaml --nodes 3 --faults network --log\n"
    "mw sim node.yaml --nodes 3 --faults network --seeds 5000",
    flags,
    run};

}  // namespace mw::kernel::cli
