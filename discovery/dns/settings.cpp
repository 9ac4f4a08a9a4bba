// settings: see settings.h.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include "common/sources/peer_list.h"

#include <algorithm>

namespace mw::dns {
namespace {

constexpr std::size_t names_max = 64;
constexpr std::size_t servers_max = 8;

bool is_name(const std::string& text) {
  const auto parsed = name::parse(text);
  return parsed.ok() && !parsed->is_root();
}

bool is_server(const endpoint& at) {
  return !at.local && at.port != 0 && parse_address(at.host.substr(0, at.host.find('%'))).size != 0;
}

bool is_host(const endpoint& at) {
  return !at.local && at.port != 0 && is_name(at.host) && parse_address(at.host).size == 0;
}

}  // namespace

void settings::fields(field_visitor& v) {
  v.field("services", services,
          "Names of SRV records, which give host and port: for example _mw._tcp.mesh.example.");
  v.field("hosts", hosts,
          "Names of hosts with the port to dial, for example nodes.mesh.example:7400: each of its "
          "addresses is a peer.");
  v.field("servers", servers,
          "Name servers, asked in this order; numeric addresses. Default: those that resolv_conf "
          "lists.");
  v.field("resolv_conf", resolv_conf,
          "Where name servers are listed when `servers` is not given. Read again before each look, "
          "so that changes need no restart.");
  v.field("timeout", timeout,
          "How long one server may take; doubled in every round. Shorter asks the next one sooner, "
          "and twice those that are only slow.",
          between_of(50ms, 30s));
  v.field("attempts", attempts, "Rounds in which all servers are asked before a look has failed.",
          between(1, 10), unit("rounds"));
  v.field("addresses", addresses, "Which addresses count: both, ipv4 or ipv6.");
  v.field("all_priorities", all_priorities,
          "Also list services of higher priority numbers. By default those of the lowest number "
          "alone are, as RFC 2782 wants it.");
  v.field(
      "ttl_min", ttl_min,
      "Answers are kept at least so long, whatever they say. Shorter follows changes sooner and "
      "asks more.",
      between_of(100ms, 1h));
  v.field("ttl_max", ttl_max, "Answers are kept at most so long.", between_of(1s, 24h));
  v.field(
      "negatives", negatives,
      "So many answers in a row that say there is nothing empty the list. One alone never does.",
      between(1, 100), unit("answers"));
  v.field("zone", zone, "The zone of all peers found here. Default: they say so themselves.");

  v.check("services", services.size() + hosts.size() <= names_max,
          "at most 64 names can be looked for, here and in hosts");
  v.check("services", std::all_of(services.begin(), services.end(), is_name),
          "has domain names such as _mw._tcp.mesh.example");
  v.check("hosts", std::all_of(hosts.begin(), hosts.end(), is_host),
          "has domain names with a port such as nodes.mesh.example:7400; addresses belong into "
          "discovery.static");
  v.check("servers", std::all_of(servers.begin(), servers.end(), is_server),
          "has numeric addresses with a port such as 10.0.0.2:53");
  v.check("servers", servers.size() <= servers_max, "at most 8 name servers are asked");
  v.check("ttl_max", ttl_min <= ttl_max, "must not be below ttl_min");
  v.check("zone", zone.empty() || sources::check_name(zone).ok(),
          "has letters, digits and ._-, at most 128 bytes");
}

std::vector<wanted> wanted_by(const settings& opt) {
  std::vector<wanted> out;
  const auto add = [&out](const std::string& text, std::uint16_t port) {
    if (auto about = name::parse(text)) out.push_back({std::move(*about), port});
  };
  for (const std::string& service : opt.services) add(service, 0);
  for (const endpoint& host : opt.hosts) add(host.host, host.port);
  return out;
}

}  // namespace mw::dns
