// loadbalance.round_robin: peers take turns, in proportion to their weights.
// SPDX-License-Identifier: Apache-2.0
#include "turns.h"

#include <mw/plugin.h>

#include <array>
#include <cstdio>
#include <string>

namespace round_robin {

enum class zone_rule : std::uint8_t { any, prefer_own };
constexpr std::array<std::string_view, 2> option_names(zone_rule) {
  return {"any", "prefer_own"};
}

namespace {

struct options {
  zone_rule zones = zone_rule::any;
  void fields(mw::field_visitor& v) {
    v.field("zones", zones,
            "any: all peers take turns. prefer_own: only those of this node's zone, as long as one "
            "of them can be picked; saves traffic between zones, and is wrong when the callers are "
            "not spread like the peers.");
  }
};

struct probe {
  mw::counter picked;
  mw::counter nobody;
  mw::counter elsewhere;
  mw::gauge listed;  // over all services
};

// Picks for one service; knows nothing of the others.
class service_picker final : public mw::picker {
 public:
  service_picker(mw::host& host, const options& opt, const probe& counts)
      : own_zone_(opt.zones == zone_rule::prefer_own ? host.node().zone : std::string()),
        random_(host.random("turns")),
        counts_(counts) {}

  ~service_picker() override { counts_.listed.add(-listed()); }

  void assign(std::span<const mw::candidate> candidates) override {
    counts_.listed.add(-listed());
    std::vector<mw::candidate> near;
    std::vector<mw::candidate> far;
    for (const mw::candidate& one : candidates)
      (own_zone_.empty() || one.zone == own_zone_ ? near : far).push_back(one);
    near_.assign(near, random_);
    far_.assign(far, random_);
    counts_.listed.add(listed());
  }

  std::optional<mw::candidate_key> pick(const mw::pick_request& request) noexcept override {
    if (const auto key = near_.pick(request.avoid)) return counts_.picked.add(), key;
    const auto key = far_.pick(request.avoid);
    (key ? counts_.elsewhere : counts_.nobody).add();
    return key;
  }

  // Turns learn nothing from outcomes.
  void finished(const mw::call_outcome&) noexcept override {}

  std::vector<mw::candidate_view> explain() const override {
    std::vector<mw::candidate_view> views;
    add(near_, own_zone_.empty() ? "" : ", own zone", views);
    add(far_, ", other zone: only when no peer of the own zone can be picked", views);
    return views;
  }

 private:
  [[nodiscard]] double listed() const { return static_cast<double>(near_.size() + far_.size()); }
  static void add(const turns& from, std::string_view note, std::vector<mw::candidate_view>& to) {
    std::size_t before = 0;
    for (const turns::waiting& one : from.in_order()) {
      char weight[32];
      (void)std::snprintf(weight, sizeof weight, "%g", one.weight);
      to.push_back({one.key, one.wait,
                    std::to_string(before++) + " before it, weight " + weight + std::string(note)});
    }
  }

  std::string own_zone_;  // empty: all zones are alike
  mw::random_stream& random_;
  probe counts_;
  turns near_;
  turns far_;
};

class round_robin_plugin final : public mw::plugin, private mw::balancer {
 public:
  using options = round_robin::options;

  static void describe(mw::manifest& m) {
    m.about("Peers take turns, in proportion to their weights.")
        .provides<mw::balancer>({{"weighted"}})
        .stability(mw::plugin_stability::stable);
  }

  round_robin_plugin(mw::host& host, options opt)
      : host_(host),
        options_(opt),
        counts_{count("own"), count("none"), count("other_zone"),
                host.gauge("mw_round_robin_candidates",
                           "Candidates that are listed, over all services.")} {
    host.provide<mw::balancer>(*this);
  }

 private:
  [[nodiscard]] mw::counter count(std::string_view result) const {
    return host_.counter("mw_round_robin_picks_total",
                         "Picks by result: own (all zones when zones is any), other_zone, none.",
                         {{"result", result}});
  }
  std::unique_ptr<mw::picker> open(std::string_view) override {
    return std::make_unique<service_picker>(host_, options_, counts_);
  }

  mw::host& host_;
  options options_;
  probe counts_;
};

}  // namespace
}  // namespace round_robin

MW_PLUGIN(round_robin::round_robin_plugin, "loadbalance.round_robin", "1.0.0")
