// metrics: see metrics.h.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

namespace mw::registry {

metrics::metrics(const host& node, const std::vector<std::string>& sources)
    : rounds(node.counter("mw_discovery_registry_rounds_total",
                          "Times that all sources were asked to look again.")),
      released(node.counter("mw_discovery_registry_released_total",
                            "Held peers that an operator let go.")),
      refused_announcements(
          node.counter("mw_discovery_registry_announce_failures_total",
                       "Announcements that a source which can announce refused.")),
      peers_(node.gauge("mw_discovery_registry_peers", "Peers that are listed.")),
      conflicts_(node.gauge("mw_discovery_registry_conflicts",
                            "Listings whose address a better source gives to another node.")),
      left_out_(node.gauge("mw_discovery_registry_left_out",
                           "Addresses that are not listed because there are too many.")) {
  for (const std::string& name : sources) {
    const labels label{{"source", name}};
    of_.push_back({
        node.gauge("mw_discovery_registry_source_peers", "Peers that a source lists now.", label),
        node.gauge("mw_discovery_registry_source_held",
                   "Peers that stay listed although the source no longer lists them.", label),
        node.gauge("mw_discovery_registry_source_healthy",
                   "1 when the last look of a source succeeded.", label),
        node.gauge("mw_discovery_registry_source_last_success_timestamp_seconds",
                   "When a source last succeeded, as Unix time; 0: never.", label),
        node.counter("mw_discovery_registry_source_held_total",
                     "Peers that were held when a source lost them.", label),
        node.counter("mw_discovery_registry_source_errors_total", "Looks of a source that failed.",
                     label),
    });
  }
}

void metrics::show(const merged_view& view, std::size_t published) {
  peers_.set(static_cast<double>(published));
  conflicts_.set(static_cast<double>(view.conflicts));
  left_out_.set(static_cast<double>(view.left_out));
}

void metrics::show(std::size_t source, const ledger& state) {
  by_source& of = of_[source];
  of.listed.set(static_cast<double>(state.listings().size() - state.held()));
  of.held.set(static_cast<double>(state.held()));
  of.healthy.set(state.health().failing ? 0 : 1);
  of.held_ever.add(state.held_ever() - of.held_ever.value());
}

void metrics::succeeded(std::size_t source, wall_time now) {
  of_[source].last_success.set(std::chrono::duration<double>(now.since_epoch).count());
}

}  // namespace mw::registry
