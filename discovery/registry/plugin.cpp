// discovery.registry: several sources of peers as one, of which errors take nothing away.
// SPDX-License-Identifier: Apache-2.0
#include "common/sources/published_peers.h"
#include "common/sources/waiters.h"
#include "metrics.h"
#include "pages.h"
#include "round.h"
#include "settings.h"

#include <mw/events.h>
#include <mw/plugin.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace mw::registry {
namespace {

constexpr std::string_view alert_name = "discovery.mass_removal";

// One announcement at each source that takes any.
class announced_everywhere final : public announcement {
 public:
  explicit announced_everywhere(std::vector<std::unique_ptr<announcement>> all)
      : all_(std::move(all)) {}

 private:
  std::vector<std::unique_ptr<announcement>> all_;
};

class registry final : public plugin, private discovery, private round::listener {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Several sources of peers as one, of which errors take nothing away.")
        .uses_all<discovery>("sources", "The sources, the most trusted first.")
        .provides<discovery>({{"announces"}, {"watches"}})
        .publishes<peer_found>()
        .publishes<peer_lost>()
        .publishes<alert_raised>()
        .publishes<alert_cleared>()
        .subscribes<peer_found>()
        .subscribes<peer_lost>()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::hostile_peer);
  }

  registry(host& node, options opt)
      : node_(node),
        opt_(std::move(opt)),
        sources_(node.use_all<discovery>("sources")),
        ledgers_(sources_.size(), ledger(opt_.mass_removal.rules())),
        alarmed_(sources_.size(), false),
        failing_(sources_.size(), false),
        metrics_(node, opt_.sources),
        published_(node),
        raised_(node.bus().open<alert_raised>()),
        cleared_(node.bus().open<alert_cleared>()),
        waiting_(node, "mw_discovery_registry_"),
        round_(node, sources_, opt_.patience, *this),
        page_(node.admin().offer(
            {path(), "Peers of all sources, how the sources do, and what is held."},
            [this](const admin_request&, const admin_reply& reply) {
              reply({.body = page_of(opt_.sources, ledgers_, view_, node_.now())});
            })),
        release_page_(node.admin().offer(
            {path() + "/release", "Lets go of all peers that are held.", admin_kind::action},
            [this](const admin_request&, const admin_reply& reply) { release(reply); })),
        check_(node.make_timer([this] { check(); })),
        rethink_(node.make_timer([this] { think(); })),
        on_found_(node.bus().on<peer_found>([this](const peer_found& e) { heard(e.source); })),
        on_lost_(node.bus().on<peer_lost>([this](const peer_lost& e) { heard(e.source); })) {
    node.provide<discovery>(*this);
  }

  // Sources have started and may list peers already.
  status start() override {
    for (std::size_t i = 0; i < sources_.size(); ++i) look(i);
    think();
    if (opt_.check_every > duration::zero()) check_->arm(duration::zero());
    return {};
  }

 private:
  [[nodiscard]] std::string path() const { return "/discovery/" + std::string(node_.name()); }

  // ---- discovery/1 -----------------------------------------------------------------------------

  std::vector<peer_found> peers() const override { return published_.list(); }

  void refresh(function<void(status)> done) override {
    waiting_.add(std::move(done));
    if (!round_.running()) check();
  }

  result<std::unique_ptr<announcement>> announce(const self_description& self) override {
    const auto at = parse_endpoint(self.address);
    if (!at || at->local || at->port == 0)
      return {errc::invalid, sources::quoted(self.address) +
                                 " is not an endpoint that others can reach; write host:port, such "
                                 "as 10.0.0.5:7400"};
    std::vector<std::unique_ptr<announcement>> all;
    std::optional<failure> refused;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      auto made = sources_[i]->announce(self);
      if (made) {
        all.push_back(std::move(*made));
      } else if (made.error().kind() != errc::unsupported) {
        refused = made.error().in(opt_.sources[i]);
        metrics_.refused_announcements.add();
        node_.log().warn("a source does not announce this node",
                         {{"source", opt_.sources[i]}, {"why", made.error()}});
      }
    }
    if (!all.empty())
      return std::unique_ptr<announcement>(std::make_unique<announced_everywhere>(std::move(all)));
    if (refused) return *refused;
    return {errc::unsupported,
            "none of the sources of '" + std::string(node_.name()) + "' announces nodes"};
  }

  // ---- sources ---------------------------------------------------------------------------------

  // Events only say that there is news: the list itself is asked for, so that nothing that was
  // dropped on the way is missing for long.
  void heard(const std::string& name) {
    const auto at = std::find(opt_.sources.begin(), opt_.sources.end(), name);
    if (at == opt_.sources.end()) return;
    const auto source = static_cast<std::size_t>(at - opt_.sources.begin());
    // It has news: it seems to work again. What it lost counts only once that is certain.
    if (ledgers_[source].health().failing && !round_.running()) check_->arm(100ms);
    stale_.push_back(source);
    if (stale_.size() == 1) rethink_->arm(duration::zero());
    if (stale_.size() > 64) forget_doubles();
  }

  void forget_doubles() {
    std::sort(stale_.begin(), stale_.end());
    stale_.erase(std::unique(stale_.begin(), stale_.end()), stale_.end());
  }

  void look(std::size_t source) {
    sources::peer_list list = sources_[source]->peers();
    std::erase_if(list, [](const peer_found& peer) { return peer.address.empty(); });
    (void)sources::normalise(list);  // too many: merge() counts what has no room
    changed_ = ledgers_[source].update(list, node_.now()) || changed_;
  }

  void check() {
    if (!round_.running()) metrics_.rounds.add();
    round_.begin();
    if (opt_.check_every > duration::zero()) check_->arm(opt_.check_every);
  }

  void answered(std::size_t source, const status& outcome) override {
    ledgers_[source].answered(outcome, node_.now());
    if (outcome)
      metrics_.succeeded(source, node_.wall_now());
    else
      metrics_.failed(source);
    look(source);
    think();
  }

  void round_over(const status& worst) override { waiting_.answer(worst); }

  // ---- the view --------------------------------------------------------------------------------

  // Brings everything that others see up to date.
  void think() {
    forget_doubles();
    for (const std::size_t source : std::exchange(stale_, {})) look(source);
    for (ledger& one : ledgers_) changed_ = one.tick(node_.now()) || changed_;
    if (std::exchange(changed_, false)) publish();
    for (std::size_t i = 0; i < ledgers_.size(); ++i) {
      metrics_.show(i, ledgers_[i]);
      tell_alarm(i);
    }
    tell_health();
    arm();
  }

  void publish() {
    view_ = merge(ledgers_, sources::peers_max);
    if (const status taken = published_.take(to_list(view_, opt_.addresses)); !taken)
      node_.log().error("the list is as before", {{"why", taken.error()}});
    metrics_.show(view_, published_.list().size());
  }

  void tell_alarm(std::size_t source) {
    const bool now = ledgers_[source].holds_mass_removal();
    if (now == alarmed_[source]) return;
    alarmed_[source] = now;
    const std::string& name = opt_.sources[source];
    if (!now) return cleared_.publish({.name = std::string(alert_name), .subject = name});
    const std::string held = std::to_string(ledgers_[source].held());
    const std::string hold = mw::to_string(opt_.mass_removal.hold);
    node_.log().warn("a source lost many peers at once: they are held",
                     {{"source", name}, {"held", ledgers_[source].held()}, {"for", hold}});
    raised_.publish({.name = std::string(alert_name),
                     .subject = name,
                     .text = "the source lost many peers at once; " + held + " stay listed for " +
                             hold + ", unless POST " + path() + "/release lets them go"});
  }

  void tell_health() {
    std::string trouble;
    bool news = !told_;
    for (std::size_t i = 0; i < ledgers_.size(); ++i) {
      const source_health& health = ledgers_[i].health();
      news = news || health.failing != failing_[i];
      if (health.failing)
        trouble += (trouble.empty() ? "" : "; ") + opt_.sources[i] + ": " + health.error;
      if (health.failing && !failing_[i])
        node_.log().warn("a source fails: what it listed stays",
                         {{"source", opt_.sources[i]}, {"why", health.error}});
      if (!health.failing && failing_[i])
        node_.log().info("a source works again", {{"source", opt_.sources[i]}});
      failing_[i] = health.failing;
    }
    if (!news) return;
    told_ = true;
    if (trouble.empty())
      node_.status().ready();
    else
      node_.status().degraded(trouble);
  }

  void arm() {
    std::optional<time_point> next;
    for (const ledger& one : ledgers_)
      if (const auto due = one.next(); due && (!next || *due < *next)) next = due;
    if (next) rethink_->arm(std::max(*next - node_.now(), duration::zero()));
  }

  void release(const admin_reply& reply) {
    std::size_t gone = 0;
    for (ledger& one : ledgers_) gone += one.release();
    metrics_.released.add(gone);
    changed_ = changed_ || gone > 0;
    think();
    reply({.body = R"({"released":)" + std::to_string(gone) + "}"});
  }

  host& node_;
  const options opt_;
  std::vector<discovery*> sources_;
  std::vector<ledger> ledgers_;  // of the sources, in their order
  std::vector<bool> alarmed_;
  std::vector<bool> failing_;  // as it was told
  bool told_ = false;
  bool changed_ = false;
  merged_view view_;
  metrics metrics_;
  sources::published_peers published_;
  publisher<alert_raised> raised_;
  publisher<alert_cleared> cleared_;
  std::vector<std::size_t> stale_;
  sources::waiters waiting_;
  round round_;
  std::unique_ptr<admin_offer> page_;  // these last: they die first
  std::unique_ptr<admin_offer> release_page_;
  timer check_;
  timer rethink_;
  subscription on_found_;
  subscription on_lost_;
};

}  // namespace
}  // namespace mw::registry

MW_PLUGIN(mw::registry::registry, "discovery.registry", "0.1.0")
