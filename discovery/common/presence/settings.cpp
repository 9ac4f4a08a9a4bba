// settings: see settings.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/settings.h"

#include <algorithm>
#include <utility>

namespace mw::presence {
namespace {

constexpr std::size_t interfaces_max = 16;
constexpr std::size_t key_min = 16;  // bytes

bool all_parse(const std::vector<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(),
                     [](const std::string& one) { return lan::parse_interface(one).ok(); });
}

}  // namespace

void common_options::fields(field_visitor& v) {
  v.field("interfaces", interfaces,
          "Own addresses, each standing for its network interface, such as 192.168.1.5/24. With "
          "the size of the network, senders from elsewhere are ignored. By default nothing leaves "
          "this machine.");
  v.field("port", port, "The UDP port of all nodes that shall find each other.",
          between(1, 65'535));
  v.field("address", address,
          "Where others reach this node's transport; called from the start. Default: what the "
          "transport's user announces, or nothing. 0.0.0.0 means the address of each interface.");
  v.field("key", key,
          "At least 16 bytes that all nodes share, by reference: \"${LAN_KEY}\". Calls without its "
          "tag (HMAC-SHA256), too old ones and repeated ones are ignored. They can still be read.");
  v.field("open", open,
          "Do without a key beyond this machine: anybody on the network can then be listed, and "
          "have others listed. Only where the transport checks who is who.");
  v.field("interval", interval,
          "How often this node calls, a fifth more or less. Shorter finds and loses peers sooner "
          "and sends more.",
          between_of(100ms, 10min));
  v.field("missed", missed,
          "So many calls in a row may be lost before a peer is. One lost packet is nothing.",
          between(2, 100), unit("calls"));
  v.field("clock_skew", clock_skew,
          "So far the clocks of two nodes may differ; older calls could be recordings. Only with a "
          "key.",
          between_of(1s, 1h));
  v.field("peers_max", peers_max,
          "Peers that are kept for each interface; further ones are refused. Each takes less than "
          "1 KiB.",
          between(1, 10'000), unit("peers"));
  v.field("packets", packets,
          "Packets that are looked at on each interface, of all nodes together; those beyond are "
          "dropped.",
          between(1, 100'000));
  v.check("interfaces", !interfaces.empty() && interfaces.size() <= interfaces_max,
          "1 to 16 interfaces are named");
  v.check("interfaces", all_parse(interfaces),
          "has addresses of this node such as 192.168.1.5/24 or 127.0.0.1");
  v.check("address", !address || lan::reachable(to_string(*address)).ok(),
          "has a host and a port, such as 192.168.1.5:7400");
  v.check("key", !key || key->reveal().size() >= key_min, "has at least 16 bytes");
  v.check("key", open || !open_to_others(*this),
          "is needed beyond loopback: give a key that all nodes share, or say `open: true`");
  v.check("open", !open || !key, "means without a key, and there is one");
}

std::vector<lan::interface> interfaces_of(const common_options& opt) {
  std::vector<lan::interface> out;
  for (const std::string& text : opt.interfaces)
    if (auto one = lan::parse_interface(text)) out.push_back(std::move(*one));
  return out;
}

bool open_to_others(const common_options& opt) {
  const std::vector<lan::interface> all = interfaces_of(opt);
  return !opt.key && std::any_of(all.begin(), all.end(),
                                 [](const lan::interface& one) { return !one.is_loopback(); });
}

caller_settings settings_of(const common_options& opt, const node_info& self, wall_time born) {
  caller_settings out;
  out.cluster = self.cluster;
  out.id = self.id;
  if (opt.key) out.key = opt.key->reveal();
  out.life = static_cast<std::uint64_t>(born.since_epoch.count());
  out.interval = opt.interval;
  out.age_max = opt.clock_skew;
  out.packets = opt.packets;
  out.rules.peers_max = opt.peers_max;
  out.rules.missed = opt.missed;
  out.rules.remember = 2 * opt.clock_skew;  // a recording is too old before it is forgotten
  return out;
}

}  // namespace mw::presence
