// transport.pool: whole messages between nodes over pooled, multiplexed connections.
// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <mw/codec.h>
#include <mw/discovery.h>
#include <mw/plugin.h>

namespace {

class pool_plugin final : public mw::plugin {
 public:
  using options = mw::pool::settings;

  static void describe(mw::manifest& m) {
    m.about("Exchanges whole messages with peers over pooled, multiplexed connections.")
        .uses<mw::transport>("transport", "Carries the bytes.", {{"ordered"}})
        .uses<mw::codec>("codec", "Its format is told to peers: both sides need the same.")
        .uses_all<mw::discovery>(
            "discovery",
            "Sources of peers that are asked at the start, and told where this node is.")
        .provides<mw::channel>({{"max_message", 16 * 1024 * 1024}})
        .subscribes<mw::peer_found>()
        .subscribes<mw::peer_lost>()
        .publishes<mw::link_up>()
        .publishes<mw::link_down>()
        .publishes<mw::peer_joining>()
        .publishes<mw::alert_raised>()
        .stability(mw::plugin_stability::alpha)
        .trust(mw::plugin_trust::hostile_peer);
  }

  pool_plugin(mw::host& host, options opt)
      : host_(host),
        options_(std::move(opt)),
        sources_(host.use_all<mw::discovery>("discovery")),
        pool_({.node = host,
               .carrier = host.use<mw::transport>("transport"),
               .carrier_name = "transport",
               .codec = std::string(host.use<mw::codec>("codec").format())},
              options_),
        peers_page_(page(host, "/pool/peers", "Peers and what waits for them.",
                         [this] { return pool_.peers_json(); })),
        connections_page_(page(host, "/pool/connections", "Connections, their windows and queues.",
                               [this] { return pool_.connections_json(); })),
        on_found_(host.bus().on<mw::peer_found>(
            [this](const mw::peer_found& event) { pool_.found(event); })),
        on_lost_(host.bus().on<mw::peer_lost>(
            [this](const mw::peer_lost& event) { pool_.lost(event); })) {
    host.provide<mw::channel>(pool_);
  }

  // Sources start before their users, so what they published first was heard by nobody.
  mw::status start() override {
    MW_CHECK(pool_.listen());
    for (const mw::discovery* source : sources_)
      for (const mw::peer_found& known : source->peers()) pool_.found(known);
    announce();
    return {};
  }
  void drain(mw::function<void()> done) override {
    announced_.clear();
    pool_.drain(std::move(done));
  }

 private:
  // Lists this node with all sources that list nodes.
  void announce() {
    const std::optional<mw::endpoint> at = pool_.reachable();
    if (!at) {
      if (!sources_.empty())
        host_.log().info(
            "sources of peers are not told where this node is: it listens on no "
            "address that others could use; set `advertise`");
      return;
    }
    for (mw::discovery* source : sources_) {
      auto made = source->announce({mw::to_string(*at), std::string(host_.node().zone)});
      if (made)
        announced_.push_back(std::move(*made));
      else if (made.error().kind() != mw::errc::unsupported)
        host_.log().warn("a source of peers does not list this node",
                         {{"address", mw::to_string(*at)}, {"why", made.error().text()}});
    }
  }

  template <class Render>
  static std::unique_ptr<mw::admin_offer> page(mw::host& host, std::string_view path,
                                               std::string_view summary, Render render) {
    const std::string prefix = host.name() == "pool" ? "" : "/" + std::string(host.name());
    return host.admin().offer({prefix + std::string(path), std::string(summary)},
                              [render](const mw::admin_request&, const mw::admin_reply& reply) {
                                reply({.body = render()});
                              });
  }

  mw::host& host_;
  const options options_;
  std::vector<mw::discovery*> sources_;
  mw::pool::pool pool_;
  std::unique_ptr<mw::admin_offer> peers_page_;
  std::unique_ptr<mw::admin_offer> connections_page_;
  mw::subscription on_found_;  // last: unsubscribe first
  mw::subscription on_lost_;
  std::vector<std::unique_ptr<mw::announcement>> announced_;  // die before their sources
};

}  // namespace

MW_PLUGIN(pool_plugin, "transport.pool", "0.1.0")
