// discovery.broadcast: nodes call "here I am" to all of an IPv4 network, and list those who do.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/crier.h"

#include <mw/plugin.h>

#include <algorithm>
#include <utility>

namespace mw::presence {
namespace {

constexpr std::string_view everywhere = "255.255.255.255";

struct broadcast_options : common_options {
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
};

way way_on(const broadcast_options& opt, const lan::interface& where) {
  const std::string to = opt.to.empty() ? to_string(broadcast_of(where)) : opt.to;
  // Bound to the broadcast address: hears nothing else. The limited one cannot be bound.
  return {.to = {.host = to, .port = opt.port},
          .bind = {.host = to == everywhere ? "0.0.0.0" : to, .port = opt.port},
          .how = {.broadcast = true, .share_port = true}};
}

class broadcast_discovery final : public plugin {
 public:
  using options = broadcast_options;

  static void describe(manifest& m) {
    m.about("Nodes call \"here I am\" to all of an IPv4 network, and list those who do.")
        .provides<discovery>({{"announces"}, {"watches"}})
        .publishes<peer_found>()
        .publishes<peer_lost>()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::hostile_peer);
  }
  broadcast_discovery(host& node, const options& opt)
      : crier_(node, opt, "mw_discovery_broadcast_",
               [&opt](const lan::interface& where) { return way_on(opt, where); }) {
    node.provide<discovery>(crier_);
  }
  status start() override { return crier_.start(); }
  void drain(function<void()> done) override { crier_.drain(std::move(done)); }

 private:
  crier crier_;
};

}  // namespace
}  // namespace mw::presence

MW_PLUGIN(mw::presence::broadcast_discovery, "discovery.broadcast", "1.0.0")
