// discovery.swim: gossip membership: who is there, who is alive, and what members tell each other.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"
#include "options.h"
#include "pages.h"
#include "tools.h"

#include <mw/discovery.h>
#include <mw/plugin.h>

#include <utility>

namespace mw::swim {
namespace {

class swim_plugin final : public plugin, private discovery {
 public:
  using options = swim::options;

  static void describe(manifest& m) {
    m.about("Gossip membership: SWIM with Lifeguard, native or as a member of a serf cluster.")
        .provides<discovery>({{"announces"}, {"watches"}})
        .publishes<peer_found>()
        .publishes<peer_lost>()
        .publishes<peer_up>()
        .publishes<peer_suspect>()
        .publishes<peer_down>()
        .publishes<peer_leaving>()
        .publishes<peer_left>()
        .publishes<peer_changed>()
        .may_use<credentials>("credentials", "The certificate and key that vouch for own claims.")
        .may_use<authn>("authn", "Says which node a certificate is for.")
        .subscribes<peer_found>()
        .subscribes<link_down>()
        .subscribes<health_changed>()
        .reports_ready()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::hostile_peer);
  }
  static std::span<const tool> tools() { return swim::tools(); }

  swim_plugin(host& h, const options& opt)
      : agent_(h, opt),
        pages_(h, agent_),
        on_found_(h.bus().on<peer_found>([this](const peer_found& e) { agent_.found(e); })),
        on_link_down_(
            h.bus().on<link_down>([this](const link_down& e) { agent_.link_down_with(e.peer); })),
        on_health_(
            h.bus().on<health_changed>([this](const health_changed& e) { pages_.heard(e); })) {
    h.provide<discovery>(*this);
  }

  status start() override { return agent_.start(); }
  void drain(function<void()> done) override { agent_.drain(std::move(done)); }

 private:
  // Withdraws when it dies.
  class announced final : public announcement {
   public:
    explicit announced(agent& of) : agent_(of) {}
    ~announced() override { agent_.withdraw(); }

   private:
    agent& agent_;
  };

  std::vector<peer_found> peers() const override { return agent_.peers(); }
  void refresh(function<void(status)> done) override { agent_.refresh(std::move(done)); }
  result<std::unique_ptr<announcement>> announce(const self_description& self) override {
    const auto at = parse_endpoint(self.address);
    if (!at || at->local || at->port == 0)
      return {errc::invalid, "'" + self.address +
                                 "' is not an endpoint that others can reach; "
                                 "write host:port, such as 10.0.0.5:7400"};
    agent_.announce(self);
    return std::unique_ptr<announcement>(std::make_unique<announced>(agent_));
  }

  agent agent_;
  pages pages_;
  subscription on_found_;  // last: they die first
  subscription on_link_down_;
  subscription on_health_;
};

}  // namespace
}  // namespace mw::swim

MW_PLUGIN(mw::swim::swim_plugin, "discovery.swim", "1.0.0")
