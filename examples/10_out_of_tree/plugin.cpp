// census: keeps count of the peers that are up, by zone, and tells who asks.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>
#include <mw/toolkit/json_writer.h>

#include <map>

namespace {

class census final : public mw::plugin {
 public:
  struct options {
    std::uint32_t max_peers = 10000;
    void fields(mw::field_visitor& v) {
      v.field("max_peers", max_peers, "Peers to remember; more are counted in census_refused only.",
              mw::at_least{1}, mw::unit{"peers"});
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Counts the peers that are up, by zone.")
        .subscribes<mw::peer_up>()
        .subscribes<mw::peer_down>();
  }

  census(mw::host& host, options opt)
      : options_(opt),
        up_(host.gauge("mw_census_peers", "Peers that are up.")),
        refused_(
            host.counter("mw_census_refused_total", "Peers not remembered because of max_peers.")),
        page_(host.admin().offer({"/census", "Peers that are up, by zone."},
                                 [this](const mw::admin_request&, mw::admin_reply reply) {
                                   reply({.body = as_json()});
                                 })),
        on_up_(host.bus().on<mw::peer_up>([this](const mw::peer_up& peer) { add(peer); })),
        on_down_(host.bus().on<mw::peer_down>([this](const mw::peer_down& peer) {
          zones_.erase(peer.id);
          up_.set(static_cast<double>(zones_.size()));
        })) {}

 private:
  void add(const mw::peer_up& peer) {
    if (zones_.size() >= options_.max_peers && !zones_.contains(peer.id)) return refused_.add();
    zones_[peer.id] = peer.zone;
    up_.set(static_cast<double>(zones_.size()));
  }

  std::string as_json() const {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [id, zone] : zones_) ++counts[zone];
    mw::json_writer json;
    json.begin_object();
    for (const auto& [zone, count] : counts) json.key(zone).value(count);
    json.end_object();
    return json.take();
  }

  options options_;
  std::map<std::string, std::string> zones_;  // by peer
  mw::gauge up_;
  mw::counter refused_;
  std::unique_ptr<mw::admin_offer> page_;
  mw::subscription on_up_;
  mw::subscription on_down_;
};

}  // namespace

MW_PLUGIN(census, "census", "1.0.0")
