// discovery.checks: looks at nodes and services, and says how well they are.
// SPDX-License-Identifier: Apache-2.0
#include "messages.h"
#include "metrics.h"
#include "pages.h"
#include "peers_seen.h"
#include "probes/probe.h"
#include "settings.h"
#include "tools.h"

#include <mw/failure_detector.h>
#include <mw/plugin.h>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mw::checks {
namespace {

constexpr duration peers_every = 1s;
constexpr std::size_t restarts_max = 16;  // that run at a time

class checks_plugin final : public plugin, private health_checks {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Looks at nodes and services (TCP, HTTP, gRPC, commands, TTL) and scores their health.")
        .may_use<channel>("channel", "Whose peers are checked with of: peers.")
        .uses_all<discovery>("sources", "Whose peers are checked when there is no channel.")
        .uses_all<failure_detector>("detectors", "Hear the outcome of checks with `evidence`.")
        .provides<health_checks>()
        .publishes<check_changed>()
        .publishes<health_changed>()
        .publishes<alert_raised>()
        .publishes<alert_cleared>()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::hostile_peer);
  }
  static std::span<const tool> tools() { return checks::tools(); }

  checks_plugin(host& node, settings opt)
      : node_(node),
        opt_(std::move(opt)),
        channel_(node.find<channel>("channel")),
        sources_(node.use_all<discovery>("sources")),
        detectors_(node.use_all<failure_detector>("detectors")),
        board_(opt_.rules(node.node().id), opt_.bounds(), node.random("checks"), node.now()),
        metrics_(node, opt_.checks),
        changed_(node.bus().open<check_changed>()),
        scored_(node.bus().open<health_changed>()),
        raised_(node.bus().open<alert_raised>()),
        cleared_(node.bus().open<alert_cleared>()),
        page_(node.admin().offer({path(), "Scores of subjects, and what each check found."},
                                 [this](const admin_request& request, const admin_reply& reply) {
                                   reply(list_page(*this, request));
                                 })),
        push_page_(node.admin().offer(
            {path() + "/push", "Takes a verdict: check, verdict, subject, output.",
             admin_kind::action},
            [this](const admin_request& request, const admin_reply& reply) {
              reply(push_page(*this, request));
            })),
        step_(node.make_timer([this] { step(); })),
        peers_(node.make_timer([this] { look_for_peers(); })),
        repeat_(node.make_timer([this] { repeat(); })) {
    if (board_.wants_peers() && channel_ == nullptr && sources_.empty())
      throw std::runtime_error(
          "checks of peers need somebody who knows them: add a stanza such as "
          "{ use: transport.pool } or { use: discovery.static }, or name it with `channel` or "
          "`sources`");
    node.provide<health_checks>(*this);
  }

  status start() override {
    repeat_->arm(opt_.repeat);
    if (board_.wants_peers()) look_for_peers();
    step();
    return {};
  }

  void drain(function<void()> done) override {
    draining_ = true;
    probes_.clear();
    restarts_.clear();
    done();
  }

 private:
  struct running_look {
    std::unique_ptr<probe> look;
    time_point started;
  };

  [[nodiscard]] std::string path() const { return "/checks/" + std::string(node_.name()); }

  // ---- health_checks/1 -------------------------------------------------------------------------

  status push(const pushed_verdict& what) override {
    MW_CHECK(board_.push(what, node_.now()));
    step_->arm(0s);
    return {};
  }
  std::optional<double> score_of(std::string_view subject) const override {
    return board_.score_of(subject);
  }
  std::vector<check_view> checks() const override { return board_.checks(node_.now()); }
  std::vector<subject_view> subjects() const override { return board_.subjects(); }

  // ---- looking ---------------------------------------------------------------------------------

  void look_for_peers() {
    if (draining_) return;
    board_.set_peers(peers_seen(channel_, sources_), node_.now());
    std::erase_if(probes_, [this](const auto& one) {
      return !board_.wanted({one.first.first, one.first.second});
    });
    peers_->arm(peers_every);
    step();
  }

  void repeat() {
    board_.repeat_scores();
    repeat_->arm(opt_.repeat);
    step();
  }

  void step() {
    if (draining_) return;
    board_.tick(node_.now());
    for (const board_wish& wish : board_.take_looks(node_.now())) look(wish);
    tell();
    if (const auto next = board_.next())
      step_->arm(std::max<duration>(*next - node_.now(), 0s));
    else
      step_->cancel();
  }

  void look(const board_wish& wish) {
    const check_settings& check = opt_.checks[wish.rule];
    probe_target target{check.target, {}, {}};
    if (check.of == check_of::peers) {
      target.peer = wish.subject;
      target.address = wish.address;
      const auto at = endpoint_of(wish.address, check.port);
      if (!at && check.kind != check_kind::exec)
        return found(wish.id, wish.rule, {check_verdict::fail, at.error().text()});
      if (at) target.at = *at;
    }
    const check_id id = wish.id;
    const std::size_t rule = wish.rule;
    running_look& slot = probes_[{id.slot, id.life}];
    slot.started = node_.now();
    slot.look = start_probe(node_, check, target,
                            [this, id, rule](const finding& what) { ended(id, rule, what); });
  }

  void ended(check_id id, std::size_t rule, const finding& what) {
    const auto at = probes_.find({id.slot, id.life});
    if (at == probes_.end()) return;
    metrics_.looked(opt_.checks[rule].kind, node_.now() - at->second.started);
    if (what.bounded) metrics_.bounded.add();
    const finding told = what;  // it lives in the probe, which dies here
    probes_.erase(at);
    found(id, rule, told);
  }

  void found(check_id id, std::size_t rule, const finding& what) {
    if (opt_.checks[rule].evidence) tell_detectors(id, what.verdict);
    board_.finish(id, what.verdict, what.output, node_.now());
    step_->arm(0s);
  }

  // Who does not watch the peer, or has heard too many observers, does without.
  void tell_detectors(check_id id, check_verdict verdict) {
    const auto kind = verdict == check_verdict::fail ? evidence_kind::failed : evidence_kind::alive;
    const std::string subject = board_.subject_of(id);
    for (failure_detector* one : detectors_) (void)one->observe({subject, kind, node_.name()});
  }

  // ---- telling ---------------------------------------------------------------------------------

  void tell() {
    const board_news news = board_.take_news();
    for (const level_change& one : news.levels) tell_level(one);
    for (const subject_view& one : news.scores)
      scored_.publish({.subject = one.subject,
                       .score = one.score,
                       .reason = one.reason,
                       .by = std::string(node_.name())});
    for (const board_wish& one : news.restarts) restart(one);
    for (const board_wish& one : news.spent) {
      const std::string& name = opt_.checks[one.rule].name;
      node_.log().error("a check stays critical and its restarts are used up",
                        {{"check", name}, {"subject", one.subject}});
      raised_.publish({.name = "check.restarts_spent",
                       .subject = one.subject,
                       .text = name + " stays critical, and its restarts are used up"});
    }
    metrics_.show(board_, restarts_.size());
  }

  void tell_level(const level_change& one) {
    const check_settings& check = opt_.checks[one.rule];
    if (one.to == check_level::critical) {
      node_.log().warn("a check is critical",
                       {{"check", check.name}, {"subject", one.subject}, {"why", one.output}});
    } else {
      node_.log().info(
          "a check has another level",
          {{"check", check.name}, {"subject", one.subject}, {"level", to_string(one.to)}});
    }
    metrics_.critical(one.rule,
                      (one.to == check_level::critical) - (one.from == check_level::critical));
    changed_.publish({.check = check.name,
                      .subject = one.subject,
                      .level = std::string(to_string(one.to)),
                      .former = std::string(to_string(one.from)),
                      .output = one.output,
                      .by = std::string(node_.name())});
    if (!check.alert) return;
    if (one.to == check_level::critical)
      raised_.publish({.name = "check." + check.name, .subject = one.subject, .text = one.output});
    else if (one.from == check_level::critical)
      cleared_.publish({.name = "check." + check.name, .subject = one.subject});
  }

  // One at a time for each check of a subject: the next one ends the one before.
  void restart(const board_wish& wish) {
    const std::uint32_t slot = wish.id.slot;
    if (restarts_.size() >= restarts_max && !restarts_.contains(slot)) {
      metrics_.bounded.add();
      return;  // its budget is used, as if it had failed
    }
    const restart_settings& how = opt_.checks[wish.rule].restart;
    process_spec spec = how.run.spec(how.time_limit);
    spec.environment.push_back("MW_CHECK=" + opt_.checks[wish.rule].name);
    spec.environment.push_back("MW_SUBJECT=" + wish.subject);
    node_.log().warn("running the command of recovery",
                     {{"check", opt_.checks[wish.rule].name}, {"subject", wish.subject}});
    restarts_[slot] =
        node_.processes().start(spec, [this, slot](const result<process_outcome>& ended) {
          const finding what = finding_of(ended);
          if (what.bounded) metrics_.bounded.add();
          if (what.verdict != check_verdict::pass)
            node_.log().error("the command of recovery failed", {{"why", what.output}});
          restarts_.erase(slot);
        });
  }

  host& node_;
  const settings opt_;
  channel* const channel_;
  const std::vector<discovery*> sources_;
  const std::vector<failure_detector*> detectors_;
  board board_;
  metrics metrics_;
  bool draining_ = false;
  publisher<check_changed> changed_;
  publisher<health_changed> scored_;
  publisher<alert_raised> raised_;
  publisher<alert_cleared> cleared_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, running_look> probes_;
  std::map<std::uint32_t, process_ptr> restarts_;
  std::unique_ptr<admin_offer> page_;  // these last: they die first
  std::unique_ptr<admin_offer> push_page_;
  timer step_;
  timer peers_;
  timer repeat_;
};

}  // namespace
}  // namespace mw::checks

MW_PLUGIN(mw::checks::checks_plugin, "discovery.checks", "0.1.0")
