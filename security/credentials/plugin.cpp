// security.credentials: certificate, key and trust: checked before use, renewed at run time.
// SPDX-License-Identifier: Apache-2.0
#include "common/x509/pem.h"
#include "pages.h"
#include "set_reader.h"
#include "tools/certs.h"
#include "watches.h"

#include <mw/plugin.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace mw::creds {
namespace {

constexpr std::size_t answers_max = 16;  // reloads that wait for the reading under way

class credentials_plugin final : public plugin, private credentials {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Shows this node's certificate to others, renews it, and knows whom to trust.")
        .provides<credentials>()
        .publishes<certificate_rotated>()
        .publishes<alert_raised>()
        .publishes<alert_cleared>()
        .reports_ready()
        .trust(plugin_trust::local_only);
  }
  static std::span<const tool> tools() { return certs_tools(); }

  credentials_plugin(host& owner, const options& opt)
      : host_(owner),
        settings_(opt),
        keeper_({.skew = opt.skew,
                 .expires_soon = opt.expires_soon,
                 .group_may_read = opt.readers == key_readers::group}),
        reader_(owner, opt),
        watches_(owner),
        epoch_(owner.gauge("mw_security_credentials_epoch", "Number of the set in force.")),
        good_(owner.counter("mw_security_credentials_reloads_total",
                            "Sets that were new when the files were looked at.",
                            {{"outcome", "adopted"}})),
        bad_(owner.counter("mw_security_credentials_reloads_total",
                           "Sets that were new when the files were looked at.",
                           {{"outcome", "refused"}})),
        rotated_(owner.bus().open<certificate_rotated>()),
        raised_(owner.bus().open<alert_raised>()),
        cleared_(owner.bus().open<alert_cleared>()) {
    if (opt.nothing_given())
      throw std::invalid_argument(
          "cert, key and ca are missing: name PEM files, as in "
          "{ cert: certs/n1.pem, key: certs/n1.key, ca: certs/ca.pem }");
    owner.provide<credentials>(*this);
    const std::string path = "/credentials/" + std::string(owner.name());
    page_ =
        owner.admin().offer({path, "The certificates in force and what is wrong with new ones."},
                            [this](const admin_request&, admin_reply reply) {
                              reply({.body = page_of(keeper_, host_.name())});
                            });
    action_ = owner.admin().offer(
        {path + "/reload", "Looks at the files at once.", admin_kind::action},
        [this](const admin_request&, admin_reply reply) { reload(std::move(reply)); });
  }

  status start() override {
    started_ = host_.now();
    look_again_ = host_.make_timer([this] { look_at_files(); });
    look_at_files();
    return {};
  }

 private:
  [[nodiscard]] credential_ptr current() const override { return keeper_.current(); }
  [[nodiscard]] std::unique_ptr<credential_watch> watch(function<void()> changed) override {
    return watches_.add(std::move(changed));
  }

  void reload(admin_reply reply) {
    if (answers_.size() >= answers_max)
      return reply(admin_failure({errc::overloaded, "16 reloads wait already: ask again"}));
    answers_.push_back(std::move(reply));
    if (!reader_.busy()) look_at_files();
  }

  void look_at_files() {
    if (reader_.busy()) return;
    look_again_->cancel();  // a reload came first; the end of this reading arms it again
    // Those who ask while it reads may have written files that it has passed already.
    const std::size_t asked = answers_.size();
    reader_.read([this, asked](candidate found) { judge_files(std::move(found), asked); });
  }

  void judge_files(candidate found, std::size_t asked) {
    const look outcome = keeper_.step(std::move(found), host_.wall_now());
    publish(keeper_.take_outputs());
    report(outcome);
    auto waiting = std::exchange(answers_, {});
    for (std::size_t at = asked; at < waiting.size(); ++at)
      answers_.push_back(std::move(waiting[at]));
    waiting.resize(asked);
    for (const admin_reply& reply : waiting)
      reply({.status = outcome == look::refused ? 409 : 200,
             .body = reload_answer(keeper_, outcome)});
    look_again_->arm(answers_.empty() ? settings_.reload : duration::zero());
  }

  void publish(const keeper_outputs& all) {
    if (all.replaced) {
      const credential_ptr& set = keeper_.current();
      host_.log().info("a set of certificates is in force",
                       {{"identity", x509::escaped(set->identity, x509::name_bytes_max)},
                        {"epoch", set->epoch},
                        {"until", to_string(set->not_after)}});
      good_.add();
      epoch_.set(static_cast<double>(set->epoch));
      show_ends();
      if (set->epoch > 1) {
        rotated_.publish({.name = std::string(host_.name()),
                          .trust_epoch = set->epoch,
                          .expires = set->not_after});
        watches_.tell();
      }
    }
    if (!all.refused.empty()) bad_.add();
    for (const x509::problem& one : all.refused) {
      host_
          .counter("mw_security_credentials_refusals_total", "Reasons for which sets were refused.",
                   {{"code", code_of(one.why)}})
          .add();
      host_.log().warn("a set of certificates is refused", {{"why", to_string(one)}});
    }
    for (const alarm& one : all.alarms) tell(one);
  }

  void tell(const alarm& one) {
    const std::string subject = std::string(host_.name()) + ": " + one.subject;
    if (one.text.empty())
      cleared_.publish({.name = one.name, .subject = subject});
    else
      raised_.publish({.name = one.name, .subject = subject, .text = one.text});
  }

  void show_ends() {
    for (const std::string_view what : {"leaf", "intermediate", "authority", "list"}) {
      const auto end = keeper_.earliest_end(what);
      if (!end) continue;
      const auto seconds = std::chrono::floor<std::chrono::seconds>(end->since_epoch).count();
      host_
          .gauge("mw_security_credentials_expiry_timestamp_seconds",
                 "When the first of these ends, in seconds since 1970.", {{"what", what}})
          .set(static_cast<double>(seconds));
    }
  }

  void report(look outcome) {
    if (keeper_.current() != nullptr && outcome != look::refused) return host_.status().ready();
    std::string why;
    for (const x509::problem& one : keeper_.problems())
      why += (why.empty() ? "" : "; ") + to_string(one);
    if (keeper_.current() != nullptr) return host_.status().degraded(why);
    // Users start once this is ready or degraded: before the first good set it is neither.
    if (host_.now() - started_ >= settings_.wait) host_.status().failed(why);
  }

  host& host_;
  settings settings_;
  keeper keeper_;
  set_reader reader_;
  watches watches_;
  time_point started_;
  gauge epoch_;
  counter good_;
  counter bad_;
  publisher<certificate_rotated> rotated_;
  publisher<alert_raised> raised_;
  publisher<alert_cleared> cleared_;
  std::vector<admin_reply> answers_;
  std::unique_ptr<admin_offer> page_;  // these last: they die first
  std::unique_ptr<admin_offer> action_;
  timer look_again_;
};

}  // namespace
}  // namespace mw::creds

MW_PLUGIN(mw::creds::credentials_plugin, "security.credentials", "0.1.0")
