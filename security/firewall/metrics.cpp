// metrics: names, help and labels; labels come from fixed sets only.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

namespace mw::firewall {
namespace {

constexpr std::array<std::string_view, offence_count> offence_names = {
    "handshake_failed", "handshake_slow", "bad_frame", "flood", "over_quota", "refused"};

counter connections_total(const host& h, std::string_view how) {
  return h.counter("mw_security_firewall_connections_total",
                   "Connections that were let in, by who began them.", {{"how", how}});
}
gauge bans(const host& h, std::string_view why) {
  return h.gauge("mw_security_firewall_banned", "Networks that have to stay away, by reason.",
                 {{"why", why}});
}

// A counter only ever grows, as what it follows does.
void follow(const counter& cell, std::uint64_t total) {
  if (total > cell.value()) cell.add(total - cell.value());
}

}  // namespace

firewall_metrics::firewall_metrics(const host& h)
    : accepted(connections_total(h, "accepted")),
      dialled(connections_total(h, "dialled")),
      cool_downs(h.counter("mw_security_firewall_cool_downs_total", "Cool-downs that began.")),
      pardons(h.counter("mw_security_firewall_pardons_total", "Pardons by people.")),
      reads(h.counter("mw_security_firewall_reads_total", "Readings of the file of lists.")),
      read_failures(h.counter("mw_security_firewall_read_failures_total",
                              "Readings that failed: the last good list stays.")),
      listed(h.gauge("mw_security_firewall_listed", "Networks in the lists.")),
      connections_(h.gauge("mw_security_firewall_connections", "Connections with an account.")),
      unproved_(
          h.gauge("mw_security_firewall_unproved", "Connections that have not said who they are.")),
      peers_(h.gauge("mw_security_firewall_peers", "Peers with an account.")),
      memory_(h.gauge("mw_security_firewall_memory_bytes", "Memory that is booked.")),
      streams_(h.gauge("mw_security_firewall_streams", "Exchanges that are booked.")),
      cooling_(bans(h, "offences")),
      banned_(bans(h, "person")),
      forgotten_(h.counter("mw_security_firewall_forgotten_total",
                           "Addresses with a record that made room for others, see addresses.")) {
  for (const std::string_view why : refusal_names)
    refused_.push_back(h.counter("mw_security_firewall_refused_total",
                                 "What was turned away, by reason.", {{"reason", why}}));
  for (const std::string_view what : offence_names)
    offences_.push_back(h.counter("mw_security_firewall_offences_total",
                                  "Offences of connections, by kind.", {{"what", what}}));
}

void firewall_metrics::update(const ledger& from) {
  connections_.set(static_cast<double>(from.whole().connections));
  unproved_.set(static_cast<double>(from.unproved().connections));
  peers_.set(static_cast<double>(from.peers().size()));
  memory_.set(static_cast<double>(from.whole().memory));
  streams_.set(static_cast<double>(from.whole().streams));
  cooling_.set(static_cast<double>(from.bans().count(ban_cause::offences)));
  banned_.set(static_cast<double>(from.bans().count(ban_cause::person)));
  for (std::size_t i = 0; i < refusal_count; ++i)
    follow(refused_[i], from.refusals(static_cast<refusal>(i)));
  for (std::size_t i = 0; i < offence_count; ++i)
    follow(offences_[i], from.offences(static_cast<offence>(i)));
  follow(forgotten_, from.forgotten());
}

}  // namespace mw::firewall
