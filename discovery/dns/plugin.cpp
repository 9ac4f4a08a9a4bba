// discovery.dns: peers from SRV, A and AAAA records, followed for as long as they live.
// SPDX-License-Identifier: Apache-2.0
#include "common/sources/published_peers.h"
#include "common/sources/waiters.h"
#include "core/resolv_conf.h"
#include "core/watch.h"
#include "search.h"
#include "settings.h"

#include <mw/discovery.h>
#include <mw/plugin.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

namespace mw::dns {
namespace {

constexpr std::size_t resolv_conf_max = 64 * 1024;

class dns_discovery final : public plugin, private discovery {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Lists the peers that DNS knows: SRV, A and AAAA records, as long as they live.")
        .provides<discovery>({{"watches"}})
        .publishes<peer_found>()
        .publishes<peer_lost>()
        .trust(plugin_trust::hostile_peer);
  }

  dns_discovery(host& node, options opt)
      : node_(node),
        opt_(std::move(opt)),
        metrics_(node),
        context_{node,
                 metrics_,
                 {.rounds = opt_.attempts, .patience = opt_.timeout},
                 opt_.addresses,
                 opt_.all_priorities,
                 node.random("dns"),
                 opt_.servers},
        listed_(node),
        asked_(node, "mw_discovery_dns_"),
        page_(
            node.admin().offer({"/discovery/" + std::string(node.name()), "Peers that DNS lists."},
                               [this](const admin_request&, const admin_reply& reply) {
                                 reply({.body = listed_.as_json()});
                               })),
        clock_(node.make_timer([this] { look_at_due(); })) {
    for (wanted& one : wanted_by(opt_))
      looks_.push_back(
          {.what = std::move(one), .state = watch({opt_.ttl_min, opt_.ttl_max, opt_.negatives})});
    if (looks_.empty())
      throw std::invalid_argument("there is nothing to look for: give `services` or `hosts`");
    node.provide<discovery>(*this);
  }

  status start() override {
    clock_->arm(duration::zero());
    return {};
  }

 private:
  struct look {
    wanted what;
    watch state;
    std::unique_ptr<search> running;
    bool failing = false;
  };

  std::vector<peer_found> peers() const override { return listed_.list(); }

  void refresh(function<void(status)> done) override {
    asked_.add(std::move(done));
    hurry_ = true;
    clock_->arm(duration::zero());
  }

  result<std::unique_ptr<announcement>> announce(const self_description&) override {
    return {errc::unsupported,
            "discovery.dns only asks: add a record for this node where the zone is kept"};
  }

  // ---- looking ---------------------------------------------------------------------------------

  void look_at_due() {
    if (reading_ || running_ != 0) return;  // its end looks again
    const time_point now = node_.now();
    const bool any = hurry_ || std::any_of(looks_.begin(), looks_.end(),
                                           [&](const look& one) { return one.state.due() <= now; });
    if (!any) return rest();
    if (!opt_.servers.empty()) return begin();
    read_servers();
  }

  void read_servers() {
    reading_ = true;
    node_.files().open(opt_.resolv_conf, open_mode::read, [this](result<file_ptr> opened) {
      if (!opened) return servers_read(opened.error().text());
      file_ = std::move(*opened);
      const std::size_t size = std::min<std::uint64_t>(file_->size(), resolv_conf_max);
      file_->read(0, size, [this](const result<slice>& content) {
        file_.reset();
        if (!content) return servers_read(content.error().text());
        // Without a server the last ones stay: files are replaced, and half of one is seen.
        if (auto found = servers_in(content->text()); !found.empty())
          context_.servers = std::move(found);
        servers_read(context_.servers.empty() ? "it lists no name server" : "");
      });
    });
  }

  void servers_read(const std::string& trouble) {
    reading_ = false;
    if (!context_.servers.empty()) return begin();
    for (look& one : looks_) one.state.failed(node_.now(), context_.dice);
    hurry_ = false;
    answering_ = asked_.take();
    report(opt_.resolv_conf.text + ": " + trouble + "; name servers can be given as `servers`");
  }

  void begin() {
    const time_point now = node_.now();
    context_.how.servers = context_.servers.size();
    trouble_.clear();
    for (look& one : looks_)
      if (hurry_ || one.state.due() <= now) ++running_;
    const bool all = std::exchange(hurry_, false);
    answering_ = asked_.take();
    for (look& one : looks_)
      if (all || one.state.due() <= now)
        one.running = std::make_unique<search>(
            context_, one.what, [this, &one](search_outcome outcome) { ended(one, outcome); });
  }

  void ended(look& one, search_outcome& outcome) {
    const time_point now = node_.now();
    switch (outcome.what) {
      case search_outcome::kind::found:
        (void)one.state.found({std::move(outcome.places), outcome.ttl, !outcome.why.empty()}, now,
                              context_.dice);
        break;
      case search_outcome::kind::missing:
        metrics_.negative.add();
        if (one.state.missing(outcome.ttl, outcome.decidedly, now, context_.dice))
          metrics_.emptied.add();
        break;
      case search_outcome::kind::failed:
        one.state.failed(now, context_.dice);
        break;
    }
    one.failing = outcome.what == search_outcome::kind::failed;
    if (one.failing) trouble_ = std::move(outcome.why);
    over_.push_back(std::move(one.running));  // it is calling us
    if (--running_ == 0) report(trouble_);
  }

  // A round of looking is over.
  void report(const std::string& trouble) {
    over_later_ = std::exchange(over_, {});
    status taken = publish();
    if (taken && !trouble.empty()) taken = failure(errc::disconnected, trouble);
    tell_trouble(taken);
    for (const auto& done : std::exchange(answering_, {})) done(taken);
    rest();
  }

  status publish() {
    sources::peer_list next;
    double stale = 0;
    for (const look& one : looks_) {
      stale += one.state.stale(node_.now()) ? 1 : 0;
      for (const place& each : one.state.places())
        next.push_back(
            {.address = mw::to_string(endpoint{.host = to_string(each.at), .port = each.port}),
             .zone = opt_.zone});
    }
    const status taken = listed_.take(std::move(next));
    metrics_.peers.set(static_cast<double>(listed_.list().size()));
    metrics_.stale.set(stale);
    return taken;
  }

  void tell_trouble(const status& now) {
    if (now && troubled_) node_.log().info("name servers answer again");
    if (!now && !troubled_)
      node_.log().warn("the last good list of peers stays", {{"why", now.error().text()}});
    troubled_ = !now;
    if (now)
      node_.status().ready();
    else
      node_.status().degraded(now.error().text());
  }

  void rest() {
    time_point next = looks_.front().state.due();
    for (const look& one : looks_) next = std::min(next, one.state.due());
    if (hurry_ || !asked_.empty()) next = node_.now();
    clock_->arm(std::max(next - node_.now(), duration::zero()));
  }

  host& node_;
  const options opt_;
  dns_metrics metrics_;
  search_context context_;
  sources::published_peers listed_;
  std::vector<look> looks_;  // never grows after construction: searches refer to its elements
  std::size_t running_ = 0;
  bool reading_ = false;
  bool hurry_ = false;
  bool troubled_ = false;
  std::string trouble_;
  sources::waiters asked_;
  std::vector<function<void(status)>> answering_;
  std::vector<std::unique_ptr<search>> over_;        // ended in this round; one may be calling us
  std::vector<std::unique_ptr<search>> over_later_;  // of the round before
  file_ptr file_;
  std::unique_ptr<admin_offer> page_;
  timer clock_;  // last: dies first
};

}  // namespace
}  // namespace mw::dns

MW_PLUGIN(mw::dns::dns_discovery, "discovery.dns", "0.1.0")
