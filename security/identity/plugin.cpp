// security.identity: who a certificate is, and whether it still may be.
// SPDX-License-Identifier: Apache-2.0
#include "book.h"
#include "common/spiffe/spiffe_id.h"
#include "common/watched_file/watched_file.h"
#include "common/x509/pem.h"
#include "settings.h"

#include <mw/authn.h>
#include <mw/credentials.h>
#include <mw/events_security.h>
#include <mw/plugin.h>
#include <mw/toolkit/json_writer.h>

#include <map>
#include <stdexcept>
#include <utility>

namespace mw::identity {
namespace {

// Whoever watches; the list is shared because watches may outlive a round of telling.
struct watchers {
  std::map<std::uint64_t, function<void()>> all;
  std::uint64_t next = 1;
};

class watch final : public authn_watch {
 public:
  watch(watchers& list, function<void()> changed) : list_(list), number_(list.next++) {
    list_.all.emplace(number_, std::move(changed));
  }
  ~watch() override { list_.all.erase(number_); }

 private:
  watchers& list_;
  std::uint64_t number_;
};

spiffe::leaf_rules rules_of(const settings& opt) {
  spiffe::leaf_rules rules{opt.trust_domains, {}};
  for (const std::string& text : opt.node_ids) {
    auto pattern = spiffe::parse_node_pattern(text);
    if (!pattern) throw std::invalid_argument(pattern.error().text());
    rules.nodes.push_back(std::move(*pattern));
  }
  return rules;
}

class security_identity final : public plugin, private authn {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Says which identity a trusted certificate is, and whether it still holds.")
        .provides<authn>()
        .may_use<credentials>("credentials", "Knows the own domain and who may sign deny lists.")
        .publishes<identity_refused>()
        .publishes<alert_raised>()
        .publishes<alert_cleared>()
        .reports_ready()
        .trust(plugin_trust::hostile_peer);
  }

  security_identity(host& h, const settings& opt)
      : host_(h),
        book_(rules_of(opt), opt.deny_list.has_value()),
        credentials_(h.find<credentials>("credentials")),
        accepted_(h.counter("mw_identity_accepted_total", "Certificates that are identities.")),
        denied_entries_(h.gauge("mw_identity_deny_entries", "Entries of the deny list in force.")),
        list_number_(h.gauge("mw_identity_deny_list_number", "Number of the deny list in force.")),
        list_failures_(h.counter("mw_identity_deny_list_failures_total",
                                 "Readings that gave no good deny list.")),
        refused_(h.bus().open<identity_refused>()),
        raised_(h.bus().open<alert_raised>()),
        cleared_(h.bus().open<alert_cleared>()) {
    for (const x509::refusal_row& row : x509::all_refusals())
      if (row.code.starts_with("AUTH"))
        refusals_.emplace(row.why, h.counter("mw_identity_refused_total",
                                             "Certificates that are none of ours, by rule.",
                                             {{"code", row.code}}));
    if (opt.trust_domains.empty() && credentials_ == nullptr)
      throw std::invalid_argument(
          "trust_domains: say which are accepted, such as [mesh.local]; without a stanza of "
          "security.credentials there is no own domain to take");
    if (opt.deny_list_signers)
      signers_file_.emplace(h, *opt.deny_list_signers, opt.reload, x509::file_bytes_max,
                            [this](const result<std::string_view>& text) { heard_signers(text); });
    else if (opt.deny_list && credentials_ == nullptr)
      throw std::invalid_argument("deny_list: say who may sign it by deny_list_signers");
    if (opt.deny_list)
      list_file_.emplace(h, *opt.deny_list, opt.reload, denylist::text_bytes_max,
                         [this](const result<std::string_view>& text) { heard_list(text); });
    h.provide<authn>(*this);
    page_ = h.admin().offer(
        {"/identity", "Accepted domains, the deny list, refusals by rule."},
        [this](const admin_request&, const admin_reply& reply) { reply({.body = as_json()}); });
  }

  status start() override {
    if (book_.rules().domains.empty()) {
      const spiffe::parsed own = spiffe::parse(credentials_->current()->identity);
      if (own.what != spiffe::fault::none)
        return {errc::invalid,
                "trust_domains: this node's own certificate has no identity to take it from"};
      book_.accept_domain(std::string(own.domain));
    }
    if (signers_file_)
      signers_file_->read();
    else if (list_file_)
      list_file_->read();
    if (!list_file_) host_.status().ready();
    return {};
  }

 private:
  result<peer_identity> identify(bytes_view leaf, peer_side side) override {
    x509::judged<peer_identity> who = book_.identify(leaf, side, host_.wall_now());
    if (who.ok()) {
      accepted_.add();
      return std::move(who.value);
    }
    const std::string text = x509::to_string(who.wrong);
    if (const auto at = refusals_.find(who.wrong.why); at != refusals_.end()) at->second.add();
    refused_.publish({.number = ++told_,
                      .code = std::string(x509::code_of(who.wrong.why)),
                      .text = text,
                      .side = side == peer_side::client ? "client" : "server",
                      .fingerprint = who.value.fingerprint});
    return failure(errc::denied, text);
  }

  status still_good(const peer_identity& who) const override {
    const x509::problem found = book_.fault_of(who, host_.wall_now());
    if (found.why == x509::refusal::none) return {};
    return {errc::denied, x509::to_string(found)};
  }

  std::unique_ptr<authn_watch> watch(function<void()> changed) override {
    return std::make_unique<identity::watch>(watchers_, std::move(changed));
  }

  void heard_signers(const result<std::string_view>& text) {
    if (!text) return trouble(signers_file_->path() + ": " + text.error().text());
    denylist::signers next;
    if (const status added = next.add(*text); !added)
      return trouble(signers_file_->path() + ": " + added.error().text());
    signers_ = std::move(next);
    if (list_file_) list_file_->read();
  }

  // Those who may sign: named, or the authorities of the credentials in force.
  [[nodiscard]] result<denylist::signers> trusted_signers() const {
    denylist::signers all;
    MW_CHECK(all.add(credentials_->current()->trust));
    return all;
  }

  void heard_list(const result<std::string_view>& text) {
    if (!text) return trouble(list_file_->path() + ": " + text.error().text());
    if (signers_file_ && signers_.size() == 0) return;  // read again when they are known
    result<bool> fresh = false;
    if (signers_file_) {
      fresh = book_.take_list(*text, signers_);
    } else {
      const auto trusted = trusted_signers();
      if (!trusted) return trouble(trusted.error().text());
      fresh = book_.take_list(*text, *trusted);
    }
    if (!fresh) return trouble(list_file_->path() + ": " + fresh.error().text());
    settled();
    if (*fresh) tell_all();
  }

  void settled() {
    denied_entries_.set(static_cast<double>(book_.list()->entries.size()));
    list_number_.set(static_cast<double>(book_.list()->number));
    if (book_.stale(host_.wall_now()))
      return trouble(list_file_->path() + ": the list has expired: sign a new one");
    if (std::exchange(troubled_, {}).empty()) return host_.status().ready();
    cleared_.publish({"deny_list", list_file_->path()});
    host_.status().ready();
  }

  void trouble(std::string why) {
    list_failures_.add();
    host_.status().degraded(why);
    if (why == troubled_) return;
    host_.log().error("the deny list: the last good one stays", {{"why", why}});
    raised_.publish({"deny_list", list_file_ ? list_file_->path() : std::string(), why});
    troubled_ = std::move(why);
  }

  // A watcher may end its own watch, or another's.
  void tell_all() {
    host_.log().info("a deny list is in force",
                     {{"number", book_.list()->number}, {"entries", book_.list()->entries.size()}});
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, changed] : watchers_.all) numbers.push_back(number);
    for (const std::uint64_t number : numbers)
      if (const auto at = watchers_.all.find(number); at != watchers_.all.end()) at->second();
  }

  [[nodiscard]] std::string as_json() const {
    json_writer json;
    json.begin_object().key("trust_domains").begin_array();
    for (const std::string& domain : book_.rules().domains) json.value(domain);
    json.end_array().key("accepted").value(accepted_.value());
    json.key("refused").begin_object();
    for (const auto& [why, count] : refusals_)
      if (count.value() != 0) json.key(x509::code_of(why)).value(count.value());
    json.end_object().key("deny_list");
    if (!book_.list()) {
      json.null();
    } else {
      json.begin_object().key("number").value(book_.list()->number);
      json.key("stale").value(book_.stale(host_.wall_now())).key("entries").begin_array();
      for (const denylist::entry& e : book_.list()->entries)
        json.begin_object().key("value").value(e.value).key("reason").value(e.reason).end_object();
      json.end_array().end_object();
    }
    return json.key("trouble").value(troubled_).end_object().take();
  }

  host& host_;
  book book_;
  const credentials* credentials_;
  counter accepted_;
  gauge denied_entries_, list_number_;
  counter list_failures_;
  std::map<x509::refusal, counter> refusals_;
  publisher<identity_refused> refused_;
  publisher<alert_raised> raised_;
  publisher<alert_cleared> cleared_;
  std::uint64_t told_ = 0;
  std::string troubled_;
  denylist::signers signers_;
  watchers watchers_;
  std::optional<watched_file> signers_file_;
  std::optional<watched_file> list_file_;
  std::unique_ptr<admin_offer> page_;
};

}  // namespace
}  // namespace mw::identity

MW_PLUGIN(mw::identity::security_identity, "security.identity", "1.0.0")
