// discovery.phi: watches the peers of a channel and says how alive each seems.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"
#include "settings.h"

#include <mw/channel.h>
#include <mw/events.h>
#include <mw/plugin.h>
#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mw::phi {
namespace {

constexpr std::size_t lines_max = 1000;
// The other detectors of this node that speak over the bus count as one observer.
constexpr std::string_view members = "membership";

class phi_plugin final : public plugin, private failure_detector {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Watches the peers of a channel and says how alive each seems.")
        .uses<channel>("channel", "Whose peers are watched.")
        .provides<failure_detector>()
        .publishes<health_changed>()
        .publishes<peer_suspect>()
        .subscribes<peer_suspect>()
        .subscribes<peer_up>()
        .subscribes<peer_down>()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::authenticated_peer);
  }

  phi_plugin(host& node, const options& opt)
      : node_(node),
        tick_(opt.tick),
        channel_(node.use<channel>("channel")),
        core_(opt.rules()),
        metrics_(node),
        prefix_("phi '" + std::string(node.name()) + "': "),
        changed_(node.bus().open<health_changed>()),
        suspect_(node.bus().open<peer_suspect>()),
        page_(node.admin().offer(
            {"/health/" + std::string(node.name()), "How alive each peer seems, and why."},
            [this](const admin_request&, const admin_reply& reply) {
              reply({.body = as_json()});
            })),
        look_(node.make_timer([this] { look(); })),
        tell_(node.make_timer([this] { tell(); })),
        on_suspect_(node.bus().on<peer_suspect>([this](const peer_suspect& e) {
          if (!e.reason.starts_with(prefix_)) hear(e.id, evidence_kind::suspected);
        })),
        on_up_(
            node.bus().on<peer_up>([this](const peer_up& e) { hear(e.id, evidence_kind::alive); })),
        on_down_(node.bus().on<peer_down>(
            [this](const peer_down& e) { hear(e.id, evidence_kind::suspected); })) {
    node.provide<failure_detector>(*this);
  }

  status start() override {
    look();
    return {};
  }

 private:
  // ---- failure_detector/1 ----------------------------------------------------------------------

  std::optional<peer_health> health_of(std::string_view id) const override {
    return core_.health_of(id, node_.now());
  }
  std::vector<peer_health> all() const override { return core_.all(node_.now()); }
  status observe(const evidence& what) override {
    MW_CHECK(core_.observe(what, node_.now()));
    tell_->arm(duration::zero());
    return {};
  }

  // ---- looking ---------------------------------------------------------------------------------

  // Any byte of a peer is a sign of life. The channel notes when the last one came; reading that
  // once in a while costs its traffic nothing.
  void look() {
    std::vector<peer_view> views = channel_.peers();
    std::erase_if(views, [](const peer_view& v) { return v.id.empty(); });
    seen_.clear();
    for (const peer_view& v : views)
      seen_.push_back({.id = v.id,
                       .last_heard = v.last_heard,
                       .linked = v.links > 0,
                       .refused = v.refused,
                       .life = v.life});
    // Late: what has arrived is read before the next turn but one.
    const bool done = core_.tick(seen_, node_.now());
    look_->arm(done ? tick_ : duration(1ms));
    tell();
  }

  // Who is not watched by us is somebody else's business.
  void hear(const std::string& id, evidence_kind kind) {
    if (core_.observe({.peer = id, .kind = kind, .by = members}, node_.now()))
      tell_->arm(duration::zero());
  }

  void tell() {
    for (const peer_health& one : core_.take_news()) {
      changed_.publish({.subject = one.id,
                        .score = one.weight,
                        .reason = one.reason,
                        .by = std::string(node_.name())});
      if (one.level == suspicion::suspect) {
        suspect_.publish({.id = one.id, .level = one.phi, .reason = prefix_ + one.reason});
        node_.log().warn("a peer is suspect", {{"peer", one.id}, {"why", one.reason}});
      } else {
        node_.log().info("a peer's health changed",
                         {{"peer", one.id}, {"level", to_string(one.level)}, {"why", one.reason}});
      }
    }
    metrics_.show(core_);
  }

  std::string as_json() const {
    json_writer out;
    out.begin_object().key("stalls").value(core_.counts().stalls);
    out.key("peers").begin_array();
    std::size_t lines = 0;
    for (const peer_health& one : core_.all(node_.now())) {
      if (++lines > lines_max) break;
      out.begin_object().key("id").value(one.id).key("level").value(to_string(one.level));
      out.key("phi").value(one.phi).key("weight").value(one.weight);
      out.key("silent_seconds").value(std::chrono::duration<double>(one.silence).count());
      out.key("reason").value(one.reason).end_object();
    }
    return out.end_array().end_object().take();
  }

  host& node_;
  const duration tick_;
  channel& channel_;
  detector core_;
  metrics metrics_;
  const std::string prefix_;  // of our reasons, so that we do not take them for another's
  publisher<health_changed> changed_;
  publisher<peer_suspect> suspect_;
  std::vector<sighting> seen_;         // kept for its memory
  std::unique_ptr<admin_offer> page_;  // these last: they die first
  timer look_;
  timer tell_;
  subscription on_suspect_;
  subscription on_up_;
  subscription on_down_;
};

}  // namespace
}  // namespace mw::phi

MW_PLUGIN(mw::phi::phi_plugin, "discovery.phi", "0.1.0")
