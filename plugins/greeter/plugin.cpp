// greeter: the smallest useful plug-in. Greets and counts every peer that comes up.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>

namespace {

class greeter final : public mw::plugin {
 public:
  struct options {
    std::string greeting = "hello";
    void fields(mw::field_visitor& v) { v.field("greeting", greeting, "Said to each new peer."); }
  };

  static void describe(mw::manifest& m) {
    m.about("Greets every peer that comes up, and counts them.")
        .subscribes<mw::peer_up>()
        .stability(mw::plugin_stability::stable);
  }

  greeter(mw::host& host, options opt)
      : greeted_(host.counter("mw_greeter_greeted_total", "Peers greeted.")),
        on_up_(host.bus().on<mw::peer_up>([this, &host, opt](const mw::peer_up& peer) {
          host.log().info("a peer is up", {{"says", opt.greeting}, {"peer", peer.id}});
          greeted_.add();
        })) {}

 private:
  mw::counter greeted_;
  mw::subscription on_up_;  // last: unsubscribes first
};

}  // namespace

MW_PLUGIN(greeter, "greeter", "1.0.0")
