// live_node: puts platform, log, metrics and runtime together, and listens to signals.
// SPDX-License-Identifier: Apache-2.0
#include "live_node.h"

#include "data_dir.h"
#include "metrics/platform_metrics.h"
#include "metrics/process_metrics.h"
#include "node/node_runtime.h"
#include "node/open_log.h"
#include "node_registry.h"
#include "platform/uv_platform.h"
#include "signal_watch.h"

#include <cstdlib>
#include <utility>

namespace mw::kernel::cli {
namespace {

// Where to point when a setting of the node is to blame: the value, or `node:` for a default.
span place_of(const config_document& document, std::initializer_list<std::string_view> path) {
  const tree_node* at = document.root.find("node");
  span place = at != nullptr ? at->key_where : span{};
  for (const std::string_view key : path) {
    at = at != nullptr ? at->find(key) : nullptr;
    if (at != nullptr) place = at->where();
  }
  return place;
}

std::unique_ptr<log_sink> open_log(const node_file& file, diagnostics& found) {
  auto opened = kernel::open_log(file.made.node.node);
  if (opened) return std::move(opened).value();
  found
      .error("RUN0003", place_of(*file.document, {"log", "file"}),
             "the log cannot be written: " + opened.error().text())
      .at_key("node.log.file")
      .helping("relative paths start at data_dir; leave node.log.file out to log to stderr");
  return nullptr;
}

// The outcome of a node names the stanza that ended it; people want to see its line.
void explain_failure(const composition& node, const std::string& why, diagnostics& found) {
  for (const stanza& one : node.stanzas) {
    const std::string start = one.where + ": plug-in '" + one.name + "'";
    if (!why.starts_with(start)) continue;
    found.error("RUN0004", one.settings->key_where, why.substr(one.where.size() + 2))
        .at_key("plugins." + one.name)
        .helping("the log tells more; `on_failure: degrade` or `retry` lets the node go on");
    return;
  }
  found.error("RUN0004", {}, why);
}

// Twice means hurry. A third signal ends a process that does not react, because a plug-in does not
// give its thread back.
class stop_requests {
 public:
  stop_requests(node_runtime& node, log_sink& log, console& io)
      : node_(node), sink_(log), log_(log.make("node")), io_(io) {}

  void take(int signal) {
    if (signal == SIGHUP) return sink_.reopen();
    ++count_;
    logger(*log_).info("asked to stop",
                       {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}, {"times", count_}});
    if (count_ <= 2) return node_.shut_down();
    io_.complain("mw run: ended at once by a third signal; work under way is lost\n");
    std::_Exit(static_cast<int>(exit_code::no));
  }

 private:
  node_runtime& node_;
  log_sink& sink_;
  std::unique_ptr<module_log> log_;
  console& io_;
  int count_ = 0;
};

exit_code run_on_platform(node_file& file, log_sink& log, signal_watch& signals, bool print_ready,
                          console& io) {
  const node_section& settings = file.made.node.node;
  uv_platform platform(settings.lanes, settings.busy_poll);
  metric_registry metrics;
  add_process_metrics(metrics);
  add_platform_metrics(metrics, platform.counters());
  add_log_metrics(metrics, log);
  node_runtime node(std::move(file.made.node),
                    {platform, [&](const std::string& name) { return log.make(name); }, metrics});
  bool was_ready = false;
  node.on_phase([&](node_phase phase) {
    if (phase != node_phase::ready) return;
    was_ready = true;
    if (!print_ready) return;
    io.say("ready " + node.composed().node.id + "\n");
    io.flush();
  });
  status outcome;
  node.watch_lanes();
  node.start([&](status ended) {
    outcome = std::move(ended);
    platform.stop();
  });
  stop_requests requests(node, log, io);
  signals.start([&requests](int signal) { requests.take(signal); });
  platform.run();
  signals.stop();
  if (outcome) return exit_code::ok;
  log.flush();  // complaints come after the log lines that led to them
  diagnostics found;
  explain_failure(node.composed(), outcome.error().text(), found);
  io.complain(render_text(found, file.document->sources, {io.colors_complaints()}));
  return was_ready ? exit_code::no : exit_code::cannot_run;
}

}  // namespace

exit_code run_live(node_file& file, bool print_ready, surroundings& world) {
  signal_watch signals;
  diagnostics found;
  const node_section& node = file.made.node.node;
  const unique_fd claim =
      claim_data_dir(node.data_dir.text, place_of(*file.document, {"data_dir"}), found);
  const auto log = claim ? open_log(file, found) : nullptr;
  if (log != nullptr) {
    const auto noted = register_node({node.id, node.data_dir.text}, world.variables);
    if (!noted) logger(*log->make("node")).warn("not noted", {{"why", noted.error().text()}});
    return run_on_platform(file, *log, signals, print_ready, world.io);
  }
  world.io.complain(render_text(found, file.document->sources, {world.io.colors_complaints()}));
  return exit_code::cannot_run;
}

}  // namespace mw::kernel::cli
