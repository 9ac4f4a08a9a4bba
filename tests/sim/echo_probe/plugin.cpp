// plugin: the probe that proves the platforms: streams, packets and a file under invariants.
// SPDX-License-Identifier: Apache-2.0
#include "echo_client.h"
#include "echo_server.h"
#include "packet_echo.h"

#include <mw/plugin.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace echo_probe {

class echo_probe_plugin final : public mw::plugin {
 public:
  using options = probe_options;

  static void describe(mw::manifest& m) {
    m.about("Exchanges records and packets with its peers and checks what it hears.");
    m.reports_ready();
  }

  echo_probe_plugin(mw::host& host, options given)
      : context_{host, std::move(given)},
        packets_(context_, host.counter("mw_echo_probe_answered_total", "Packets that came back.")),
        server_(context_) {
    for (const mw::endpoint& peer : context_.options.peers) {
      const std::string name = to_string(peer);
      clients_.push_back(std::make_unique<echo_client>(
          context_, peer,
          host.counter("mw_echo_probe_acknowledged_total", "Records that a peer has kept.",
                       {{"peer", name}})));
    }
  }

  mw::status start() override {
    MW_CHECK(packets_.start());
    server_.start([this] { context_.host.status().ready(); });
    for (const auto& one : clients_) one->start();
    return {};
  }

 private:
  probe_context context_;
  packet_echo packets_;
  echo_server server_;
  std::vector<std::unique_ptr<echo_client>> clients_;
};

}  // namespace echo_probe

MW_PLUGIN(echo_probe::echo_probe_plugin, "echo_probe", "1.0.0")
