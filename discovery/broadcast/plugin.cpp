// discovery.broadcast: nodes call "here I am" to all of an IPv4 network, and list those who do.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/presence_plugin.h"

#include <algorithm>

namespace mw::presence {
namespace {

constexpr std::string_view everywhere = "255.255.255.255";

struct broadcast_options : common_options {
  static constexpr std::string_view about =
      "Nodes call \"here I am\" to all of an IPv4 network, and list those who do.";
  static constexpr const char* metric_prefix = "mw_discovery_broadcast_";

  std::string to;

  void fields(field_visitor& v) {
    common_options::fields(v);
    v.field("to", to,
            "The broadcast address, where it is not the last one of the interface's network; "
            "255.255.255.255 leaves by the default route.");
    const auto all = interfaces_of(*this);
    v.check("interfaces",
            std::all_of(all.begin(), all.end(),
                        [&](const lan::interface& one) {
                          return !one.is_v6() && (!to.empty() || broadcast_of(one).size != 0);
                        }),
            "has IPv4 addresses with the size of their network, such as 192.168.1.5/24; IPv6 has "
            "no broadcast: use discovery.beacon");
    v.check("to", to.empty() || lan::address_of(to).size == 4,
            "is an IPv4 address such as 192.168.1.255");
  }

  [[nodiscard]] way way_on(const lan::interface& where) const {
    const std::string target = to.empty() ? to_string(broadcast_of(where)) : to;
    // Bound to the broadcast address: hears nothing else. The limited one cannot be bound.
    return {.to = {.host = target, .port = port},
            .bind = {.host = target == everywhere ? "0.0.0.0" : target, .port = port},
            .how = {.broadcast = true, .share_port = true}};
  }
};

}  // namespace

using broadcast_discovery = presence_plugin<broadcast_options>;

}  // namespace mw::presence

MW_PLUGIN(mw::presence::broadcast_discovery, "discovery.broadcast", "1.0.0")
