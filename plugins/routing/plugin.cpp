// routing: calls and messages to services by name, wherever in the cluster they are.
// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"
#include "messages.h"
#include "pages.h"

#include <mw/plugin.h>

namespace {

class routing final : public mw::plugin {
 public:
  using options = mw::routing::settings;

  static void describe(mw::manifest& m) {
    m.about("Carries calls and messages to services by name, wherever in the cluster they are.")
        .provides<mw::router>()
        .provides<mw::services>()
        .uses<mw::channel>("channel", "Carries messages to other nodes.")
        .uses<mw::codec>("codec", "Turns typed messages into bytes.")
        .may_use<mw::balancer>("balancer", "Chooses who is asked; without one, each in its turn.")
        .may_use<mw::policy>("policy", "Is asked for each message; without one all is allowed.")
        .may_use<mw::sealer>("sealer", "Seals the services that `seal` names.")
        .publishes<mw::routing::message_dead>()
        .publishes<mw::access_denied>()
        .subscribes<mw::health_changed>()
        .trust(mw::plugin_trust::authenticated_peer);
  }

  routing(mw::host& host, options opt)
      : engine_({host, host.use<mw::channel>("channel"), host.use<mw::codec>("codec"),
                 host.find<mw::balancer>("balancer"), host.find<mw::sealer>("sealer")},
                std::move(opt)),
        dead_(host.bus().open<mw::routing::message_dead>()),
        denied_(host.bus().open<mw::access_denied>()),
        pages_(mw::routing::offer_pages(host, engine_)),
        on_health_(host.bus().on<mw::health_changed>([this](const mw::health_changed& e) {
          if (!engine_.parts().peers.heard(e))
            engine_.parts().counts.refused(mw::routing::refusal::opinion);
        })) {
    engine_.parts().guard.attach(host.find<mw::policy>("policy"),
                                 [this](const mw::access_denied& told) { denied_.publish(told); });
    engine_.sending().letters().on_dead([this](const mw::routing::dead_letter& letter) {
      dead_.publish({.id = letter.id,
                     .service = letter.service,
                     .node = letter.node,
                     .attempts = letter.attempts,
                     .reason = letter.why.text()});
    });
    host.provide<mw::router>(engine_);
    host.provide<mw::services>(engine_);
  }

  mw::status start() override {
    engine_.start();
    return {};
  }

 private:
  mw::routing::engine engine_;
  mw::publisher<mw::routing::message_dead> dead_;
  mw::publisher<mw::access_denied> denied_;
  std::vector<std::unique_ptr<mw::admin_offer>> pages_;
  mw::subscription on_health_;  // last: unsubscribe first
};

}  // namespace

MW_PLUGIN(routing, "routing", "1.0.0")
