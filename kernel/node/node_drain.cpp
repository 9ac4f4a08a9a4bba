// node_drain: stopping a node: users before their providers, each with a deadline.
// SPDX-License-Identifier: Apache-2.0
#include "node/node_instance.h"
#include "node/node_runtime.h"

#include <algorithm>
#include <utility>

namespace mw::kernel {

void node_runtime::shut_down() {
  control().post([this] { control_stop(); });
}

void node_runtime::control_stop() {
  if (phase_ == node_phase::draining) {
    // Asked twice: whoever asks does not want to wait.
    hurry_ = true;
    for (const std::unique_ptr<instance>& one : instances_)
      if (one->phase == plugin_phase::draining) drained(*one, one->life);
    return;
  }
  if (phase_ == node_phase::stopped) return;
  set_phase(node_phase::draining);
  logger(*own_log_).info("node drains", {{"id", parts_.info.id},
                                         {"deadline", mw::to_string(node_.node.drain_timeout)}});
  services_->publish(node_draining{parts_.info.id, node_.node.drain_timeout});
  drain_deadline_ = control().make_timer([this] { control_stop(); }, false, own_ledger_.timers);
  drain_deadline_->arm(node_.node.drain_timeout);
  for (const std::unique_ptr<instance>& one : instances_) {
    one->retry.reset();
    if (!one->busy) one->deadline.reset();
  }
  // What was published so far is delivered before plug-ins go.
  control().post([this] { drain_next(); });
}

bool node_runtime::has_users(const instance& one) const {
  const auto index = static_cast<std::size_t>(&one.of - node_.stanzas.data());
  return std::any_of(instances_.begin(), instances_.end(), [&](const auto& user) {
    if (user->host == nullptr && !user->busy) return false;
    return std::any_of(user->of.slots.begin(), user->of.slots.end(), [&](const bound_slot& slot) {
      return std::find(slot.providers.begin(), slot.providers.end(), index) != slot.providers.end();
    });
  });
}

void node_runtime::drain_next() {
  show();
  bool anything = false;
  for (auto at = instances_.rbegin(); at != instances_.rend(); ++at) {
    instance& one = **at;
    anything = anything || one.busy || one.host != nullptr;
    if (one.busy || one.host == nullptr || one.phase == plugin_phase::draining || has_users(one))
      continue;
    drain(one);
  }
  if (anything || phase_ == node_phase::stopped) return;
  watches_.front().tick.reset();
  drain_deadline_.reset();
  show();
  set_phase(node_phase::stopped);
  logger(*own_log_).info("node stopped", {{"id", parts_.info.id}});
  if (stopped_) std::exchange(stopped_, nullptr)(outcome_);
}

void node_runtime::drain(instance& one) {
  one.phase = plugin_phase::draining;
  one.reason = "finishes its work";
  if (hurry_) return drained(one, one.life);
  one.deadline = control().make_timer(
      [this, &one] {
        logger(*own_log_).warn("plug-in did not finish in time: what it had under way is lost",
                               {{"plugin", one.of.name},
                                {"at", one.of.where},
                                {"drain_timeout", mw::to_string(one.of.common.drain_timeout)}});
        drained(one, one.life);
      },
      false, own_ledger_.timers);
  one.deadline->arm(one.of.common.drain_timeout);
  home_of(one).post([this, &one, host = one.host, life = one.life] {
    if (host->instance() == nullptr) return;
    host->instance()->drain(
        [this, &one, life] { control().post([this, &one, life] { drained(one, life); }); });
  });
}

void node_runtime::drained(instance& one, std::uint64_t life) {
  if (one.life != life || one.host == nullptr) return;
  tear_down(one);
}

void node_runtime::destroyed(instance& one, const std::string& leaks) {
  one.busy = false;
  if (!leaks.empty()) {
    services_->count_leak(one.of.name);
    logger(*own_log_).error("plug-in left something behind",
                            {{"plugin", one.of.name}, {"at", one.of.where}, {"left", leaks}});
  }
  if (phase_ == node_phase::draining) one.phase = plugin_phase::stopped;
  advance();
}

}  // namespace mw::kernel
