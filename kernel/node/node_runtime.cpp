// node_runtime: makes the parts, starts plug-ins after their providers, applies failure policies.
// SPDX-License-Identifier: Apache-2.0
#include "node/node_runtime.h"

#include "node/node_instance.h"

#include <algorithm>
#include <map>
#include <utility>

namespace mw::kernel {
namespace {

constexpr duration watch_period = 250ms;
constexpr int max_retry_factor = 30;

// Whether another stanza uses the same plug-in: then their metrics say which is whose.
bool has_twins(const composition& node, const std::string& name) {
  const auto own = std::find_if(node.stanzas.begin(), node.stanzas.end(),
                                [&](const stanza& one) { return one.name == name; });
  return own != node.stanzas.end() &&
         std::count_if(node.stanzas.begin(), node.stanzas.end(), [&](const stanza& one) {
           return one.plugin->type() == own->plugin->type();
         }) > 1;
}

}  // namespace

void declare_node_events(manifest& m) {
  m.publishes<node_started>().publishes<node_ready>().publishes<node_draining>();
  m.publishes<plugin_failed>().publishes<slow_subscriber>();
}

node_runtime::node_runtime(composition node, node_environment environment)
    : node_(std::move(node)),
      environment_(std::move(environment)),
      parts_{
          .info = {node_.node.id, node_.node.cluster, node_.node.zone, node_.node.datacenter,
                   node_.node.data_dir.text},
          .document = node_.document,
          .outside = environment_.outside,
          .bus = nullptr,
          .admin = admin_,
          .make_log = [this](const std::string& name) { return environment_.make_log(name); },
          .make_metrics =
              [this](const std::string& name, std::size_t lane) {
                return environment_.metrics.service_for(name, lane, has_twins(node_, name));
              },
          .metric_failures =
              [this](const std::string& name) { return environment_.metrics.take_failures(name); },
          .kernel_contract =
              [this](std::string_view wanted, const bus_client& client) {
                return services_->find(wanted, client);
              }} {
  std::vector<lane*> lanes;
  for (std::size_t i = 0; i < node_.node.lanes; ++i) {
    lanes_.push_back(std::make_unique<lane>(i, environment_.outside.lane(i)));
    lanes.push_back(lanes_.back().get());
  }
  watches_.resize(lanes_.size());
  bus_ = std::make_unique<event_bus>(lanes, node_.rules,
                                     [this](const slow_subscriber& slow) { report_slow(slow); });
  parts_.bus = bus_.get();
  declare_node_events(own_manifest_);
  own_log_ = environment_.make_log("node");
  own_metrics_ = environment_.metrics.service_for("node", 0);
  own_bus_ = bus_->service_for({"node", 0, own_manifest_, own_ledger_});
  services_ = std::make_unique<kernel_services>(
      kernel_services::parts{*this, *bus_, admin_, lanes, environment_.outside,
                             environment_.metrics, *own_metrics_, *own_bus_});
  for (const stanza& one : node_.stanzas) instances_.push_back(std::make_unique<instance>(one));
  show();
}

// Plug-ins that are still up (the platform ended early) go in reverse order.
node_runtime::~node_runtime() {
  watchdog_.reset();
  // A plug-in on its way between lanes is held by a posted function alone.
  for (const std::unique_ptr<lane>& one : lanes_) one->drop_posted();
  for (auto one = instances_.rbegin(); one != instances_.rend(); ++one) (*one)->host.reset();
}

void node_runtime::start(function<void(status)> stopped) {
  stopped_ = std::move(stopped);
  began_ = control().now();
  control().post([this] { control_start(); });
}

void node_runtime::control_start() {
  for (const std::unique_ptr<lane>& l : lanes_) {
    l->post([this, at = l.get()] {
      lane_watch& watch = watches_[at->index()];
      watch.tick =
          at->make_timer([this, at] { bus_->watch(at->index(), at->now()); }, true, watch.timers);
      watch.tick->arm(watch_period);
    });
  }
  logger(*own_log_).info("node starts", {{"id", parts_.info.id}, {"plugins", instances_.size()}});
  advance();
}

bool node_runtime::providers_up(const instance& one, std::string& failed_provider) const {
  bool up = true;
  for (const bound_slot& slot : one.of.slots) {
    for (const std::size_t i : slot.providers) {
      const instance& provider = *instances_[i];
      if (provider.phase == plugin_phase::failed) failed_provider = provider.of.name;
      up =
          up && (provider.phase == plugin_phase::ready || provider.phase == plugin_phase::degraded);
    }
  }
  return up;
}

void node_runtime::advance() {
  show();
  if (phase_ == node_phase::draining) return drain_next();
  for (const std::unique_ptr<instance>& one : instances_) {
    if (one->phase != plugin_phase::waiting || one->held || one->busy) continue;
    std::string failed_provider;
    if (providers_up(*one, failed_provider))
      begin(*one);
    else if (!failed_provider.empty())
      fail(*one, "it needs '" + failed_provider + "', which failed");
    if (phase_ == node_phase::draining) return;
  }
  check_ready();
  show();
}

// Looked up here, because instances belong to lane 0; used on the plug-in's lane. Providers outlive
// their users, so plain pointers will do.
plugin_host::slot_lookup node_runtime::providers_of(const instance& one) const {
  std::map<std::string, std::vector<plugin_host*>> hosts;
  for (const bound_slot& slot : one.of.slots)
    for (const std::size_t i : slot.providers)
      if (instances_[i]->host != nullptr) hosts[slot.slot].push_back(instances_[i]->host.get());
  return [hosts = std::move(hosts)](const bound_slot& slot) {
    std::vector<void*> found;
    if (const auto bound = hosts.find(slot.slot); bound != hosts.end())
      for (const plugin_host* host : bound->second) found.push_back(host->provided(slot.contract));
    return found;
  };
}

host_reports node_runtime::reports_for(instance& one) {
  // Reports come from the plug-in's lane and count only while that life of it lasts.
  auto post = [this, &one, life = one.life](function<void()> then) {
    control().post([&one, life, then = std::move(then)] {
      if (one.life == life) then();
    });
  };
  return {.ready = [this, &one, post] { post([this, &one] { became_ready(one); }); },
          .degraded =
              [this, &one, post](std::string why) {
                post([this, &one, why = std::move(why)] { became_degraded(one, why); });
              },
          .failed =
              [this, &one, post](std::string why) {
                post([this, &one, why = std::move(why)] { fail(one, why); });
              }};
}

void node_runtime::begin(instance& one) {
  ++one.life;
  one.phase = plugin_phase::starting;
  one.reason = "is starting";
  one.busy = true;
  one.reported_ready = false;
  one.reported_degraded = false;
  one.deadline = control().make_timer(
      [this, &one] {
        fail(one, "it was not ready " + mw::to_string(one.of.common.start_timeout) +
                      " after its start (start_timeout)");
      },
      false, own_ledger_.timers);
  one.deadline->arm(one.of.common.start_timeout);
  lane& home = home_of(one);
  home.post([this, &one, &home, life = one.life, reports = reports_for(one),
             providers = providers_of(one)]() mutable {
    auto host = std::make_shared<plugin_host>(parts_, home, one.of, std::move(providers),
                                              std::move(reports));
    status outcome = host->construct();
    if (outcome) outcome = host->start();
    control().post(
        [this, &one, life, host = std::move(host), outcome = std::move(outcome)]() mutable {
          one.host = std::move(host);
          started(one, life, std::move(outcome));
        });
  });
}

void node_runtime::started(instance& one, std::uint64_t life, status outcome) {
  one.busy = false;
  if (phase_ == node_phase::draining) return drain_next();
  if (one.life != life || one.phase != plugin_phase::starting) return tear_down(one);  // too late
  if (!outcome) return fail(one, outcome.error().text());
  if (one.reported_degraded) return became_degraded(one, std::exchange(one.reason, {}));
  if (!one.of.plugin->declared.ready_by_report || one.reported_ready) return became_ready(one);
  one.reason = "has started but did not report that it is ready";
}

void node_runtime::became_ready(instance& one) {
  if (one.phase != plugin_phase::starting && one.phase != plugin_phase::degraded) return;
  one.reported_ready = true;
  one.reported_degraded = false;
  if (one.busy) return;  // said so inside start(): counts when start() has returned
  one.phase = plugin_phase::ready;
  one.reason.clear();
  one.deadline.reset();
  one.retry_delay = {};
  logger(*own_log_).debug("plug-in is ready", {{"plugin", one.of.name}});
  advance();
}

void node_runtime::became_degraded(instance& one, std::string why) {
  if (one.phase == plugin_phase::failed || one.phase == plugin_phase::draining) return;
  one.reason = std::move(why);
  // As with ready: said inside start(), it counts when start() has returned.
  if (one.busy) return void(one.reported_degraded = true);
  one.phase = plugin_phase::degraded;
  one.deadline.reset();
  logger(*own_log_).warn("plug-in is degraded", {{"plugin", one.of.name}, {"why", one.reason}});
  advance();
}

void node_runtime::fail(instance& one, const std::string& why) {
  if (phase_ == node_phase::draining || one.phase == plugin_phase::failed) return;
  const auto policy =
      option_names(one.of.common.on_failure)[static_cast<std::size_t>(one.of.common.on_failure)];
  logger(*own_log_).error("plug-in failed", {{"plugin", one.of.name},
                                             {"type", one.of.plugin->type()},
                                             {"at", one.of.where},
                                             {"why", why},
                                             {"policy", policy}});
  services_->publish(plugin_failed{one.of.name, std::string(policy), why});
  tear_down(one);
  one.phase = plugin_phase::failed;
  one.reason = why;
  switch (one.of.common.on_failure) {
    case failure_policy::fail_node:
      outcome_ =
          failure(errc::internal, one.of.where + ": plug-in '" + one.of.name + "' (" +
                                      std::string(one.of.plugin->type()) + ") failed: " + why);
      return control_stop();
    case failure_policy::degrade:
      return advance();
    case failure_policy::retry:
      break;
  }
  one.phase = plugin_phase::waiting;
  one.held = true;
  one.retry_delay =
      one.retry_delay == duration{}
          ? one.of.common.retry_delay
          : std::min(one.retry_delay * 2, one.of.common.retry_delay * max_retry_factor);
  one.retry = control().make_timer(
      [this, &one] {
        one.held = false;
        advance();
      },
      false, own_ledger_.timers);
  one.retry->arm(one.retry_delay);
}

// Ends this life of a plug-in and of all that use it; those wait for it to come back.
void node_runtime::tear_down(instance& one) {
  const auto index = static_cast<std::size_t>(&one.of - node_.stanzas.data());
  for (auto user = instances_.rbegin(); user != instances_.rend(); ++user) {
    const bool uses =
        std::any_of((*user)->of.slots.begin(), (*user)->of.slots.end(), [&](const auto& slot) {
          return std::find(slot.providers.begin(), slot.providers.end(), index) !=
                 slot.providers.end();
        });
    if (!uses || (*user)->host == nullptr) continue;
    tear_down(**user);
    (*user)->phase = plugin_phase::waiting;
    (*user)->reason = "waits for '" + one.of.name + "'";
  }
  ++one.life;
  one.deadline.reset();
  if (one.host == nullptr) return;
  one.busy = true;
  home_of(one).post([this, &one, host = std::exchange(one.host, nullptr)]() mutable {
    std::string leaks = host->destroy();
    host.reset();
    control().post([this, &one, leaks = std::move(leaks)] { destroyed(one, leaks); });
  });
}

void node_runtime::check_ready() {
  if (phase_ != node_phase::starting) return;
  for (const std::unique_ptr<instance>& one : instances_) {
    const bool up = one->phase == plugin_phase::ready || one->phase == plugin_phase::degraded;
    if (!up && one->of.common.ready == readiness::required) return;
  }
  set_phase(node_phase::ready);
  const duration took = control().now() - began_;
  services_->publish(node_started{parts_.info.id});
  services_->publish(node_ready{parts_.info.id, took});
  logger(*own_log_).info("node is ready", {{"id", parts_.info.id}, {"after", mw::to_string(took)}});
}

void node_runtime::set_phase(node_phase phase) {
  phase_ = phase;
  if (phase_changed_) phase_changed_(phase);
}

void node_runtime::report_slow(const slow_subscriber& slow) {
  control().post([this, slow] {
    logger(*own_log_).warn("subscriber does not keep up", {{"plugin", slow.plugin},
                                                           {"topic", slow.slow_topic},
                                                           {"waiting", slow.waiting},
                                                           {"age", mw::to_string(slow.age)}});
    services_->publish(slow);
  });
}

void node_runtime::watch_lanes() {
  std::vector<const lane*> lanes;
  for (const std::unique_ptr<lane>& one : lanes_) lanes.push_back(one.get());
  watchdog_ = std::make_unique<lane_watchdog>(
      std::move(lanes), [this](const lane_watchdog::finding& held) { report_held(held); });
}

// On the watchdog's thread. The log takes lines from any thread; the event waits for lane 0 when
// that is the one that is held.
void node_runtime::report_held(const lane_watchdog::finding& held) {
  using view = std::string_view;
  const view who = held.plugin.empty() ? view("(a callback of I/O)") : view(held.plugin);
  // Stanzas do not change while the node runs.
  const auto at = std::find_if(node_.stanzas.begin(), node_.stanzas.end(),
                               [&](const stanza& one) { return one.name == held.plugin; });
  if (held.released) {
    logger(*own_log_).info("lane turns again", {{"lane", held.lane}, {"plugin", who}});
    return;
  }
  logger(*own_log_).error(
      "plug-in holds its lane: nothing else runs there until it returns",
      {{"lane", held.lane},
       {"plugin", who},
       {"at", at != node_.stanzas.end() ? view(at->where) : view()},
       {"for", mw::to_string(lane_watchdog::patience)},
       {"help", "move long work to host.work(), or give it a lane of its own"}});
  control().post([this, name = held.plugin] {
    services_->count_held(name);
    services_->publish(
        slow_subscriber{.plugin = name, .slow_topic = "", .age = lane_watchdog::patience});
  });
}

void node_runtime::show() {
  std::vector<plugin_status> all;
  for (const std::unique_ptr<instance>& one : instances_) {
    all.push_back({one->of.name, std::string(one->of.plugin->type()), one->of.where, one->phase,
                   one->of.common.ready == readiness::required, one->reason});
  }
  const std::lock_guard lock(shown_mutex_);
  shown_ = std::move(all);
}

std::vector<plugin_status> node_runtime::plugins() const {
  const std::lock_guard lock(shown_mutex_);
  return shown_;
}

void* node_runtime::provided(std::string_view name, std::string_view wanted) const {
  for (const std::unique_ptr<instance>& one : instances_)
    if (one->of.name == name && one->host != nullptr) return one->host->provided(wanted);
  return nullptr;
}

std::size_t node_runtime::one_lane(const instance& one) {
  return one.of.common.lane;
}

}  // namespace mw::kernel
