// security.policy: who may do what; one policy from YAML and file, replaced whole.
// SPDX-License-Identifier: Apache-2.0
#include "common/watched_file/watched_file.h"
#include "pages.h"
#include "settings.h"
#include "store.h"
#include "tools/tools.h"

#include <mw/audit.h>
#include <mw/credentials.h>
#include <mw/events_security.h>
#include <mw/plugin.h>
#include <mw/policy.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace mw::access_policy {
namespace {

struct counts {
  explicit counts(const host& h)
      : allowed(h.counter("mw_policy_allowed_total", "Decisions that allowed.")),
        hits(h.counter("mw_policy_cache_hits_total", "Decisions that were given again.")),
        unrecorded(h.counter("mw_policy_unrecorded_total",
                             "Denials because the audit log cannot take records.")),
        version(h.gauge("mw_policy_version", "Of the policy in force; 0: none yet.")),
        rules(h.gauge("mw_policy_rules", "Rules in force.")),
        failures(h.counter("mw_policy_reload_failures_total",
                           "Readings that failed, and texts that are no policy.")) {
    for (std::size_t i = 0; i < denied.size(); ++i)
      denied[i].emplace(h.counter("mw_policy_denied_total", "Decisions that denied, by verb.",
                                  {{"verb", name_of(static_cast<access_verb>(i))}}));
  }
  counter allowed, hits, unrecorded;
  std::array<std::optional<counter>, option_names(access_verb{}).size()> denied;
  gauge version, rules;
  counter failures;
};

class security_policy final : public plugin, private policy, private page_source {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Says who may call, send, join, offer, read and act; everything else is denied.")
        .provides<policy>()
        .may_use<credentials>("credentials", "Knows this node's own identity, for `self`.")
        .may_use<mw::audit>("audit", "Nothing is allowed while it cannot record and must.")
        .publishes<policy_changed>()
        .publishes<alert_raised>()
        .publishes<alert_cleared>()
        .reports_ready()
        .trust(plugin_trust::hostile_peer);
  }
  static std::span<const tool> tools() { return policy_tools(); }

  security_policy(host& h, const settings& opt)
      : host_(h),
        counts_(h),
        otherwise_(opt.otherwise == effect::allow),
        store_(opt.cache, h.random("decisions").next()),
        audit_(h.find<mw::audit>("audit")),
        changed_(h.bus().open<policy_changed>()),
        raised_(h.bus().open<alert_raised>()),
        cleared_(h.bus().open<alert_cleared>()) {
    auto own = document_of(opt);
    if (!own) throw std::invalid_argument(own.error().text());
    inline_part_ = std::move(*own);
    h.provide<policy>(*this);
    pages_ = offer_pages(h, *this);
    if (opt.file)
      file_.emplace(h, *opt.file, opt.reload, file_max,
                    [this](const result<std::string_view>& text) { heard(text); });
  }

  status start() override {
    if (const auto* const own = host_.find<credentials>("credentials"))
      own_identity_ = own->current()->identity;
    if (file_) {
      file_->read();
      return {};
    }
    MW_TRY(candidate made, prepare(inline_part_, otherwise_, std::nullopt, {}));
    take(std::move(made));
    host_.status().ready();
    return {};
  }

 private:
  decision authorize(const access& what) noexcept override {
    if (audit_ != nullptr && !audit_->accepting()) [[unlikely]] {
      counts_.unrecorded.add();
      return {false, 0, version()};
    }
    const store::answer got = store_.authorize(what);
    if (got.from_cache) counts_.hits.add();
    if (got.decided.allowed)
      counts_.allowed.add();
    else
      counts_.denied[static_cast<std::size_t>(what.verb)]->add();
    return {got.decided.allowed, got.decided.rule, store_.version()};
  }

  std::string explain(const access& what) const override { return as_text(store_.explain(what)); }

  // What is decided while nothing can be recorded holds for that time only.
  std::uint64_t version() const noexcept override {
    const bool recorded = audit_ == nullptr || audit_->accepting();
    return recorded ? store_.version() : ~std::uint64_t{0};
  }

  const store& policies() const override { return store_; }
  result<candidate> rehearse(std::string_view text) const override {
    return prepare(inline_part_, otherwise_, text, "body");
  }
  status read_again() override {
    if (!file_) return {errc::unsupported, "the policy is in the YAML alone: set `file`"};
    file_->read();
    return {};
  }

  void heard(const result<std::string_view>& text) {
    if (!text) return keep_last(text.error().in(file_->path()));
    if (last_text_ && *last_text_ == *text) {
      // Only what kept us from reading it may have changed.
      if (troubled_ && !text_is_bad_) settled();
      return;
    }
    last_text_ = std::string(*text);
    auto made = prepare(inline_part_, otherwise_, *text, file_->path());
    text_is_bad_ = !made.ok();
    if (!made) return keep_last(made.error());
    if (made->digest != store_.in_force().digest || store_.version() == 0) take(std::move(*made));
    settled();
  }

  void settled() {
    if (std::exchange(troubled_, false)) cleared_.publish({"policy_file", file_->path()});
    host_.status().ready();
  }

  void take(candidate made) {
    for (const std::string& warning : made.text.warnings)
      host_.log().warn("the policy may not mean this", {{"what", warning}});
    store_.apply(std::move(made), own_identity_);
    const candidate& now = store_.in_force();
    counts_.version.set(static_cast<double>(store_.version()));
    counts_.rules.set(static_cast<double>(now.text.rules.size()));
    host_.log().info(
        "a policy is in force",
        {{"version", store_.version()}, {"rules", now.text.rules.size()}, {"digest", now.digest}});
    tell({});
  }

  void keep_last(const failure& why) {
    counts_.failures.add();
    if (!troubled_ || why.text() != trouble_) {
      host_.log().error("the policy cannot be replaced: without an earlier one all is denied",
                        {{"version", store_.version()}, {"why", why.text()}});
      raised_.publish({"policy_file", file_->path(), why.text()});
      tell(why.text());
    }
    trouble_ = why.text();
    troubled_ = true;
    host_.status().degraded(trouble_);
  }

  void tell(std::string problem) {
    const candidate& now = store_.in_force();
    changed_.publish({.number = ++told_,
                      .version = store_.version(),
                      .digest = now.digest,
                      .rules = now.text.rules.size(),
                      .source = file_ ? file_->path() : std::string(),
                      .problem = std::move(problem)});
  }

  host& host_;
  counts counts_;
  bool otherwise_;
  document inline_part_;
  store store_;
  std::string own_identity_;
  mw::audit* audit_;
  std::optional<std::string> last_text_;  // of the file
  bool text_is_bad_ = false;
  std::string trouble_;
  bool troubled_ = false;
  std::uint64_t told_ = 0;
  publisher<policy_changed> changed_;
  publisher<alert_raised> raised_;
  publisher<alert_cleared> cleared_;
  std::optional<watched_file> file_;
  std::vector<std::unique_ptr<admin_offer>> pages_;
};

}  // namespace
}  // namespace mw::access_policy

MW_PLUGIN(mw::access_policy::security_policy, "security.policy", "1.0.0")
