// metrics: see metrics.h.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <utility>

namespace mw::mdns {

metrics::metrics(const host& node)
    : peers(node.gauge("mw_discovery_mdns_peers", "Peers that are listed.")),
      records(node.gauge("mw_discovery_mdns_records", "Records of others that are kept.")),
      interfaces_down(node.gauge("mw_discovery_mdns_interfaces_down",
                                 "Interfaces on which this node cannot listen or announce.")),
      sent(node.counter("mw_discovery_mdns_sent_total", "Packets sent.")),
      received(node.counter("mw_discovery_mdns_received_total", "Packets that arrived.")),
      questions(node.counter("mw_discovery_mdns_questions_total", "Questions asked.")),
      shared(node.counter("mw_discovery_mdns_questions_shared_total",
                          "Questions not asked because others just had.")),
      answers(node.counter("mw_discovery_mdns_answers_total", "Records sent as answers.")),
      suppressed(node.counter("mw_discovery_mdns_answers_suppressed_total",
                              "Answers not sent because the asker, or everybody, knew them.")),
      postponed(node.counter("mw_discovery_mdns_answers_postponed_total",
                             "Answers held back: the record was sent less than a second ago.")),
      malformed(node.counter("mw_discovery_mdns_malformed_total",
                             "Packets and records that cannot be understood.")),
      flood(node.counter("mw_discovery_mdns_flood_total",
                         "Packets dropped because there were more than `packets` allows.")),
      off_link(node.counter("mw_discovery_mdns_off_link_total",
                            "Packets from senders outside of the interface's network.")),
      wrong_port(node.counter("mw_discovery_mdns_wrong_port_total",
                              "Answers that did not come from port 5353.")),
      refused(node.counter("mw_discovery_mdns_replies_refused_total",
                           "Single askers without a reply: more than `replies` allows.")),
      overflow(node.counter("mw_discovery_mdns_overflow_total",
                            "Records of others for which there is no room.")),
      unresolved(node.counter("mw_discovery_mdns_unresolved_total",
                              "Services forgotten because nobody says where they are.")),
      conflicts(node.counter("mw_discovery_mdns_conflicts_total",
                             "Records of others under this node's names.")),
      deferred(node.counter("mw_discovery_mdns_probes_deferred_total",
                            "Names that another host wanted at the same time, and got first.")),
      send_failures(
          node.counter("mw_discovery_mdns_send_failures_total", "Packets that could not be sent.")),
      foreign(node.counter("mw_discovery_mdns_foreign_total",
                           "Services seen that are not listed: of another cluster, or with names "
                           "that are none.")),
      withheld(node.counter("mw_discovery_mdns_withheld_total",
                            "Announcements not made on an interface: a loopback address.")) {}

void metrics::raise(counts& before, const counts& now) const {
  const std::pair<const counter*, std::uint64_t counts::*> all[] = {
      {&sent, &counts::sent},
      {&received, &counts::received},
      {&questions, &counts::questions},
      {&shared, &counts::questions_shared},
      {&answers, &counts::answers},
      {&suppressed, &counts::suppressed},
      {&postponed, &counts::postponed},
      {&malformed, &counts::malformed},
      {&flood, &counts::flood},
      {&off_link, &counts::off_link},
      {&wrong_port, &counts::wrong_port},
      {&refused, &counts::refused},
      {&overflow, &counts::overflow},
      {&unresolved, &counts::unresolved},
      {&conflicts, &counts::conflicts},
      {&deferred, &counts::deferred},
  };
  for (const auto& [metric, member] : all) metric->add(now.*member - before.*member);
  before = now;
}

}  // namespace mw::mdns
