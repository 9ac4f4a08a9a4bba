// discovery.anti_entropy: keeps a small set of entries equal on all nodes of the mesh.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"
#include "pages.h"
#include "settings.h"
#include "tools.h"

#include <mw/plugin.h>

namespace mw::anti_entropy {
namespace {

class anti_entropy_plugin final : public plugin {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Keeps a small set of named entries equal on all nodes of the mesh.")
        .uses<router>("router", "Asks other nodes for what differs.")
        .uses<services>("services", "Answers them, and knows who they are.")
        .provides<shared_state>()
        .publishes<state_changed>()
        .reports_ready()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::authenticated_peer);
  }
  static std::span<const tool> tools() { return anti_entropy::tools(); }

  anti_entropy_plugin(host& node, const options& opt) : agent_(node, opt), pages_(node, agent_) {
    node.provide<shared_state>(agent_);
  }

  status start() override { return agent_.start(); }
  void drain(function<void()> done) override { agent_.drain(std::move(done)); }

 private:
  agent agent_;
  pages pages_;
};

}  // namespace
}  // namespace mw::anti_entropy

MW_PLUGIN(mw::anti_entropy::anti_entropy_plugin, "discovery.anti_entropy", "0.1.0")
