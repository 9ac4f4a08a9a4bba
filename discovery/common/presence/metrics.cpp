// metrics: see metrics.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/metrics.h"

#include <utility>

namespace mw::presence {

metrics::metrics(const host& node, const std::string& prefix)
    : peers(node.gauge(prefix + "peers", "Peers that are listed.")),
      interfaces_down(
          node.gauge(prefix + "interfaces_down", "Interfaces on which this node cannot call.")),
      sent(node.counter(prefix + "sent_total", "Packets sent.")),
      received(node.counter(prefix + "received_total", "Packets that arrived, own ones too.")),
      flood(node.counter(prefix + "flood_total",
                         "Packets dropped because there were more than `packets` allows.")),
      off_link(node.counter(prefix + "off_link_total",
                            "Packets from senders outside of the interface's network.")),
      malformed(node.counter(prefix + "malformed_total", "Packets that are no calls.")),
      version(node.counter(prefix + "version_total", "Calls of a version not known here.")),
      denied(node.counter(prefix + "denied_total",
                          "Calls without the tag of our key, or with one where we have no key.")),
      stale(node.counter(prefix + "stale_total",
                         "Calls sent longer ago than `clock_skew`, or from a wrong clock.")),
      replayed(node.counter(prefix + "replayed_total", "Calls heard before, or of earlier lives.")),
      foreign(node.counter(prefix + "foreign_total", "Calls of other clusters.")),
      namesakes(node.counter(prefix + "namesakes_total", "Calls of another node with our id.")),
      overflow(
          node.counter(prefix + "overflow_total", "Peers refused because `peers_max` are known.")),
      send_failures(
          node.counter(prefix + "send_failures_total", "Packets that could not be sent.")),
      withheld(node.counter(prefix + "withheld_total",
                            "Announcements not made on an interface: a loopback address.")) {}

void metrics::raise(counts& before, const counts& now) const {
  const std::pair<const counter*, std::uint64_t counts::*> all[] = {
      {&sent, &counts::sent},           {&received, &counts::received},
      {&flood, &counts::flood},         {&off_link, &counts::off_link},
      {&malformed, &counts::malformed}, {&version, &counts::version},
      {&denied, &counts::denied},       {&stale, &counts::stale},
      {&replayed, &counts::replayed},   {&foreign, &counts::foreign},
      {&namesakes, &counts::namesakes}, {&overflow, &counts::overflow},
  };
  for (const auto& [metric, member] : all) metric->add(now.*member - before.*member);
  before = now;
}

}  // namespace mw::presence
