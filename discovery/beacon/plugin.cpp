// discovery.beacon: nodes call "here I am" to a multicast group, and list those who do.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/presence_plugin.h"

#include <algorithm>

namespace mw::presence {
namespace {

bool is_group(const std::string& host) {
  const dns::address at = lan::address_of(host);
  return at.size == 4 ? at.bytes[0] >= 224 && at.bytes[0] < 240
                      : at.size == 16 && at.bytes[0] == 0xff;
}

struct beacon_options : common_options {
  static constexpr std::string_view about =
      "Nodes call \"here I am\" to a multicast group, and list those who do.";
  static constexpr const char* metric_prefix = "mw_discovery_beacon_";

  std::string group = "239.255.74.1";
  std::uint32_t hops = 1;

  void fields(field_visitor& v) {
    common_options::fields(v);
    v.field("group", group,
            "The multicast group of all nodes that shall find each other; of the same family as "
            "the interfaces, for example ff15::4d57 with IPv6.");
    v.field("hops", hops,
            "How many networks calls may cross, where routers forward the group. With more than "
            "one, interfaces are named without the size of their network.",
            between(1, 32), unit("networks"));
    v.check("group", is_group(group), "is a multicast address such as 239.255.74.1 or ff15::4d57");
    const bool v6 = lan::address_of(group).size == 16;
    const auto all = interfaces_of(*this);
    v.check("group",
            std::all_of(all.begin(), all.end(),
                        [v6](const lan::interface& one) { return one.is_v6() == v6; }),
            "is of the same family as the interfaces, IPv4 or IPv6");
  }

  [[nodiscard]] way way_on(const lan::interface& where) const {
    const std::string scope = where.scope.empty() ? "" : "%" + where.scope;
    const endpoint all{.host = group + scope, .port = port};
    return {.to = all,
            .bind = all,  // hears nothing but the group
            .how = {.share_port = true,
                    .multicast_loop = true,
                    .multicast_hops = static_cast<int>(hops)},
            .joins = true};
  }
};

}  // namespace

using beacon_discovery = presence_plugin<beacon_options>;

}  // namespace mw::presence

MW_PLUGIN(mw::presence::beacon_discovery, "discovery.beacon", "1.0.0")
