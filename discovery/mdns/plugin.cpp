// discovery.mdns: finds nodes on the local network by multicast DNS, and is found by others.
// SPDX-License-Identifier: Apache-2.0
#include "common/lan/told_trouble.h"
#include "common/sources/published_peers.h"
#include "common/sources/waiters.h"
#include "metrics.h"
#include "seen_peers.h"
#include "settings.h"
#include "station.h"

#include <mw/discovery.h>
#include <mw/plugin.h>
#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace mw::mdns {
namespace {

constexpr duration refresh_patience = 1s;
constexpr duration goodbye_patience = 150ms;

std::string_view text_of(responder::phase at) {
  switch (at) {
    case responder::phase::idle:
      return "silent";
    case responder::phase::probing:
      return "probing";
    case responder::phase::announcing:
      return "announcing";
    case responder::phase::steady:
      break;
  }
  return "announced";
}

class mdns_discovery final : public plugin, private discovery {
 public:
  using options = mdns::options;

  static void describe(manifest& m) {
    m.about("Finds nodes on the local network by multicast DNS, and is found (RFC 6762, 6763).")
        .provides<discovery>({{"announces"}, {"watches"}})
        .publishes<peer_found>()
        .publishes<peer_lost>()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::hostile_peer);
  }

  mdns_discovery(host& node, const options& opt)
      : node_(node), opt_(opt), metrics_(node), listed_(node), asked_(node, "mw_discovery_mdns_") {
    for (const lan::interface& one : interfaces_of(opt_))
      stations_.push_back(
          std::make_unique<station>(node, metrics_, settings_of(opt_), one, [this] { list(); }));
    listing_ = node.make_timer([this] { publish_peers(); });
    answering_ = node.make_timer([this] { answer(); });
    leaving_ = node.make_timer([this] { left(); });
    offer("", "Peers that multicast DNS lists.", [this] { return listed_.as_json(); });
    offer("/interfaces", "Interfaces with what this node says and hears there.",
          [this] { return interfaces_json(); });
    node.provide<discovery>(*this);
  }

  status start() override {
    for (const auto& one : stations_) one->start();
    if (opt_.address) say(facts_for(*opt_.address, ""));
    list();
    return {};
  }

  void drain(function<void()> done) override {
    drained_ = std::move(done);
    say(std::nullopt);
    leaving_->arm(goodbyes_wait() ? goodbye_patience : duration::zero());
  }

 private:
  class announced final : public announcement {
   public:
    explicit announced(mdns_discovery& of) : of_(of) {}
    ~announced() override { of_.withdraw(); }

   private:
    mdns_discovery& of_;
  };

  // ---- discovery/1 -----------------------------------------------------------------------------

  std::vector<peer_found> peers() const override { return listed_.list(); }

  void refresh(function<void(status)> done) override {
    asked_.add(std::move(done));
    if (answering_->armed()) return;
    for (const auto& one : stations_) one->look_again();
    answering_->arm(refresh_patience);
  }

  result<std::unique_ptr<announcement>> announce(const self_description& self) override {
    MW_TRY(const endpoint at, lan::reachable(self.address));
    say(facts_for(at, self.zone));
    return std::unique_ptr<announcement>(std::make_unique<announced>(*this));
  }

  void withdraw() {
    if (drained_) return;
    say(opt_.address ? std::optional(facts_for(*opt_.address, "")) : std::nullopt);
  }

  void answer() {
    status outcome;
    const bool deaf = std::none_of(stations_.begin(), stations_.end(),
                                   [](const auto& one) { return one->core() != nullptr; });
    if (deaf) outcome = failure(errc::disconnected, trouble());
    asked_.answer(outcome);
  }

  // ---- what is said ----------------------------------------------------------------------------

  [[nodiscard]] facts facts_for(const endpoint& at, const std::string& zone) const {
    const node_info& self = node_.node();
    return {self.id, self.cluster, zone.empty() ? self.zone : zone, at};
  }

  void say(const std::optional<facts>& what) {
    for (const auto& one : stations_) one->publish(what);
  }

  [[nodiscard]] bool goodbyes_wait() const {
    return std::any_of(stations_.begin(), stations_.end(),
                       [](const auto& one) { return one->says_goodbye(); });
  }

  void left() { std::exchange(drained_, nullptr)(); }

  // ---- what is heard ---------------------------------------------------------------------------

  // Many packets of a turn make one list.
  void list() {
    if (!listing_->armed()) listing_->arm(duration::zero());
  }

  void publish_peers() {
    tell_trouble();
    sources::peer_list next;
    double records = 0;
    std::set<std::string> foreign;
    for (const auto& one : stations_) {
      if (one->core() == nullptr) continue;
      records += static_cast<double>(one->core()->hears().known().size());
      add_peers(*one->core(), node_.node().cluster, next, foreign);
    }
    for (const std::string& one : foreign)
      if (!foreign_.contains(one)) metrics_.foreign.add();
    foreign_ = std::move(foreign);
    if (const status taken = listed_.take(std::move(next)); !taken)
      node_.log().warn("the last list of peers stays", {{"why", taken.error().text()}});
    metrics_.peers.set(static_cast<double>(listed_.list().size()));
    metrics_.records.set(records);
  }

  [[nodiscard]] std::string trouble() const {
    std::string all;
    for (const auto& one : stations_)
      if (!one->trouble().empty()) all += (all.empty() ? "" : "; ") + one->trouble();
    return all;
  }

  void tell_trouble() {
    metrics_.interfaces_down.set(
        static_cast<double>(std::count_if(stations_.begin(), stations_.end(), [](const auto& one) {
          return !one->trouble().empty();
        })));
    told_.tell(node_, trouble());
  }

  // ---- pages -----------------------------------------------------------------------------------

  void offer(const std::string& path, std::string summary, function<std::string()> body) {
    pages_.push_back(node_.admin().offer(
        {"/discovery/" + std::string(node_.name()) + path, std::move(summary)},
        [body = std::move(body)](const admin_request&, const admin_reply& reply) {
          reply({.body = body()});
        }));
  }

  [[nodiscard]] std::string interfaces_json() const {
    json_writer out;
    out.begin_array();
    for (const auto& one : stations_) {
      out.begin_object().key("interface").value(one->where().host());
      out.key("trouble").value(one->trouble());
      if (const link* core = one->core()) {
        const responder& own = core->speaks();
        const bool speaks = own.at() != responder::phase::idle;
        out.key("state").value(text_of(own.at()));
        out.key("name").value(speaks ? own.names().instance.text() : "");
        out.key("host").value(speaks ? own.names().host.text() : "");
        out.key("conflicts").value(core->counted().conflicts);
        out.key("records").value(core->hears().known().size());
      }
      out.end_object();
    }
    return out.end_array().take();
  }

  host& node_;
  const options opt_;
  const metrics metrics_;
  sources::published_peers listed_;
  std::set<std::string> foreign_;  // instances that are counted already
  lan::told_trouble told_;
  function<void()> drained_;
  sources::waiters asked_;
  std::vector<std::unique_ptr<station>> stations_;
  std::vector<std::unique_ptr<admin_offer>> pages_;  // the rest last: they die first
  timer listing_;
  timer answering_;
  timer leaving_;
};

}  // namespace
}  // namespace mw::mdns

MW_PLUGIN(mw::mdns::mdns_discovery, "discovery.mdns", "1.0.0")
