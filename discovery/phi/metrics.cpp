// metrics: see metrics.h.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

namespace mw::phi {
namespace {

gauge peers_at(const host& node, suspicion level) {
  return node.gauge("mw_discovery_phi_peers", "Peers that are watched, by level.",
                    {{"level", to_string(level)}});
}

void raise_to(const counter& to, std::uint64_t value) {
  to.add(value - to.value());
}

}  // namespace

metrics::metrics(const host& node)
    : peers_{peers_at(node, suspicion::none), peers_at(node, suspicion::slow),
             peers_at(node, suspicion::stopped), peers_at(node, suspicion::suspect)},
      highest_(node.gauge("mw_discovery_phi_highest", "The largest phi of all peers.")),
      suspicions_(node.counter("mw_discovery_phi_suspicions_total", "Peers that became suspect.")),
      recoveries_(node.counter("mw_discovery_phi_recoveries_total",
                               "Suspect peers that were heard again.")),
      stalls_(node.counter("mw_discovery_phi_stalls_total", "Looks that came too late.")),
      forgiven_(node.counter("mw_discovery_phi_stalls_forgiven_total",
                             "Stalls that did not count against anybody.")),
      withheld_(node.counter("mw_discovery_phi_withheld_total",
                             "Suspicions put off because nobody at all was heard.")),
      vetoed_(node.counter("mw_discovery_phi_vetoed_total",
                           "Suspicions put off because no observer shared them.")),
      crowded_(node.counter("mw_discovery_phi_crowded_total",
                            "Sightings of peers beyond `peers`, which are not watched.")) {}

void metrics::show(const detector& of) {
  for (std::size_t i = 0; i < peers_.size(); ++i)
    peers_[i].set(static_cast<double>(of.count(static_cast<suspicion>(i))));
  highest_.set(of.highest());
  const detector_counts& counts = of.counts();
  raise_to(suspicions_, counts.suspicions);
  raise_to(recoveries_, counts.recoveries);
  raise_to(stalls_, counts.stalls);
  raise_to(forgiven_, counts.forgiven);
  raise_to(withheld_, counts.withheld);
  raise_to(vetoed_, counts.vetoed);
  raise_to(crowded_, counts.crowded);
}

}  // namespace mw::phi
