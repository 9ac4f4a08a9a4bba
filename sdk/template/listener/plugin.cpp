// @name@: hears when peers come and go, and keeps count of those that are up.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>

#include <set>

namespace {

class @class@ final : public mw::plugin {
 public:
  struct options {
    std::uint32_t max_peers = 10000;
    void fields(mw::field_visitor& v) {
      v.field("max_peers", max_peers, "Peers to remember; more are only counted as refused.",
              mw::at_least{1}, mw::unit{"peers"});
    }
  };

  // Read before anything starts: what is not declared here cannot be used below.
  static void describe(mw::manifest& m) {
    m.about("Counts the peers that are up.")
        .subscribes<mw::peer_up>()
        .subscribes<mw::peer_down>();
  }

  @class@(mw::host& host, options opt)
      : host_(host),
        options_(opt),
        up_(host.gauge("mw_@class@_peers", "Peers that are up.")),
        refused_(host.counter("mw_@class@_refused_total", "Peers beyond max_peers.")),
        on_up_(host.bus().on<mw::peer_up>([this](const mw::peer_up& peer) { add(peer); })),
        on_down_(host.bus().on<mw::peer_down>([this](const mw::peer_down& peer) {
          peers_.erase(peer.id);
          show();
        })) {}

 private:
  void add(const mw::peer_up& peer) {
    if (peers_.size() >= options_.max_peers && !peers_.contains(peer.id)) return refused_.add();
    if (peers_.insert(peer.id).second) host_.log().info("a peer is up", {{"peer", peer.id}});
    show();
  }
  void show() { up_.set(static_cast<double>(peers_.size())); }

  mw::host& host_;
  options options_;
  std::set<std::string> peers_;  // at most max_peers
  mw::gauge up_;
  mw::counter refused_;
  mw::subscription on_up_;  // last: they die first
  mw::subscription on_down_;
};

}  // namespace

MW_PLUGIN(@class@, "@name@", "0.1.0")
