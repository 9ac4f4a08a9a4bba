// settings: see settings.h.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include "core/own_records.h"

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

constexpr std::size_t interfaces_max = 16;

bool all_differ(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) == texts.end();
}

}  // namespace

void options::fields(field_visitor& v) {
  v.field("service", service,
          "The type of service that is announced and looked for. All nodes that shall find each "
          "other say the same.");
  v.field("interfaces", interfaces,
          "Own addresses, each standing for its network interface, such as 192.168.1.5/24 or "
          "fe80::1%eth0. With the size of the network, senders from elsewhere are ignored. By "
          "default nothing leaves this machine.");
  v.field("address", address,
          "Where others reach this node's transport; announced from the start. Default: what the "
          "transport's user announces, or nothing. 0.0.0.0 means the address of each interface.");
  v.field("peers_max", peers_max,
          "Services that are kept for each interface; further ones are refused. Each takes about "
          "2 KiB.",
          between(1, 10'000), unit("services"));
  v.field("packets", packets,
          "Packets that are looked at on each interface, by multicast all hosts' together; those "
          "beyond are dropped. Lower saves work in a flood and may lose peers in a large network.",
          between(1, 100'000));
  v.field("replies", replies,
          "Replies to single askers on each interface. An asker's address can be forged: this "
          "bounds what somebody else gets for it.",
          between(1, 10'000));
  v.check("service", parse_service(service).ok(),
          "is a service such as _meshwright._tcp.local: an underscore and 1 to 15 characters, "
          "_tcp or _udp, a domain");
  v.check("interfaces", !interfaces.empty() && interfaces.size() <= interfaces_max,
          "1 to 16 interfaces are named");
  v.check("interfaces",
          std::all_of(interfaces.begin(), interfaces.end(),
                      [](const std::string& one) { return lan::parse_interface(one).ok(); }),
          "has addresses of this node such as 192.168.1.5/24, 127.0.0.1 or fe80::1%eth0");
  v.check("interfaces", all_differ(interfaces), "names each interface once");
  v.check("address", !address || lan::reachable(to_string(*address)).ok(),
          "has a host and a port, such as 192.168.1.5:7400");
}

std::vector<lan::interface> interfaces_of(const options& opt) {
  std::vector<lan::interface> out;
  for (const std::string& text : opt.interfaces)
    if (auto one = lan::parse_interface(text)) out.push_back(std::move(*one));
  return out;
}

settings settings_of(const options& opt) {
  settings out;
  if (auto service = parse_service(opt.service)) out.service = std::move(*service);
  out.peers_max = opt.peers_max;
  out.packets = opt.packets;
  out.replies = opt.replies;
  return out;
}

}  // namespace mw::mdns
