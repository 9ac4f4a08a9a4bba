// security.audit: writes down what security plug-ins say, so that a later change is noticed.
// SPDX-License-Identifier: Apache-2.0
#include "journal.h"
#include "settings.h"
#include "tools.h"

#include <mw/audit.h>
#include <mw/events_node.h>
#include <mw/node_services.h>
#include <mw/plugin.h>
#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <utility>

namespace mw::audit_log {
namespace {

constexpr std::uint32_t events_max = 4096;  // in the queue of each topic, until the turn's end

// Events of security are numbered by their publisher; zero: this one is not.
std::uint64_t number_of(const tapped_event& event) {
  constexpr std::array<std::string_view, 4> numbered{"access.", "policy.", "identity.", "admin."};
  const auto ours = [&](std::string_view prefix) { return event.type.topic.starts_with(prefix); };
  if (std::none_of(numbered.begin(), numbered.end(), ours)) return 0;
  for (const field_info& field : event.type.fields)
    if (field.name == "number" && field.kind == value_kind::natural)
      return field.get(event.event).natural;
  return 0;
}

class security_audit final : public plugin, private audit {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about(
         "Writes a log of denials, policies, refused identities and admin actions that shows "
         "when it was changed.")
        .provides<audit>()
        .uses<event_tap>("tap", "The events of the node; the kernel provides them.")
        .publishes<alert_raised>()
        .publishes<alert_cleared>();
  }
  static std::span<const tool> tools() { return audit_tools(); }

  security_audit(host& h, const settings& opt)
      : host_(h),
        denies_(opt.full == when_full::deny),
        written_(h.gauge("mw_audit_records", "Records written since the start.")),
        lost_(h.counter("mw_audit_lost_total",
                        "Records lost: no room, or events that never came here.")),
        waiting_(h.gauge("mw_audit_waiting_bytes", "Records that wait for the disk.")),
        failures_(h.counter("mw_audit_failures_total", "Times that the disk began to refuse.")),
        raised_(h.bus().open<alert_raised>()),
        cleared_(h.bus().open<alert_cleared>()),
        journal_(h, opt,
                 {.trouble = [this](const failure& why) { on_trouble(why); },
                  .recovered = [this] { on_recovered(); },
                  .damaged = [this](const std::string& what) { on_damaged(what); }}) {
    h.provide<audit>(*this);
    for (const std::string& topic : opt.topics) {
      auto listening = h.use<event_tap>("tap").listen(
          topic, "", events_max, [this](const tapped_event& event) { on_event(event); });
      if (!listening) throw std::invalid_argument("topics: " + listening.error().text());
      taps_.push_back(std::move(*listening));
    }
    pages_.push_back(h.admin().offer(
        {"/audit", "The state of the audit log."},
        [this](const admin_request&, const admin_reply& reply) { reply({.body = as_json()}); }));
    pages_.push_back(h.admin().offer(
        {"/audit/head", "The last record on disk, to be kept elsewhere: NUMBER:HASH."},
        [this](const admin_request&, const admin_reply& reply) {
          reply({.content_type = "text/plain", .body = to_string(journal_.last())});
        }));
  }

  status start() override {
    journal_.start();
    return {};
  }

  void drain(function<void()> done) override { journal_.flush(std::move(done)); }

 private:
  bool accepting() const noexcept override { return !denies_ || journal_.has_room(); }

  void on_event(const tapped_event& event) {
    if (const std::uint64_t number = number_of(event)) look_for_gap(event, number);
    const std::string json = to_json(event);
    record(json.substr(1, json.size() - 2));
  }

  void look_for_gap(const tapped_event& event, std::uint64_t number) {
    std::uint64_t& last = last_[std::string(event.publisher) + " " + std::string(event.type.topic)];
    const std::uint64_t before = std::exchange(last, number);
    if (number <= before + 1) return;  // the next one, or a publisher that began anew
    const std::uint64_t missing = number - before - 1;
    lost_.add(missing);
    json_writer json;
    json.begin_object().key("what").value("audit.gap").key("topic").value(event.type.topic);
    json.key("publisher").value(event.publisher).key("records").value(missing).end_object();
    const std::string text = json.take();
    record(text.substr(1, text.size() - 2));
  }

  void record(std::string fields) {
    if (!journal_.write(std::move(fields))) lost_.add();
    written_.set(static_cast<double>(journal_.written()));
    waiting_.set(static_cast<double>(journal_.waiting_bytes()));
    if (journal_.lost() == told_lost_) return;
    told_lost_ = journal_.lost();
    alert("audit_lost", std::to_string(told_lost_) +
                            " records are lost since the start: the disk "
                            "is too slow or full; see `queue` and `full`");
  }

  void alert(const std::string& name, const std::string& text) {
    if (!alerts_.emplace(name, text).second) return;  // told already
    host_.log().error("the audit log", {{"alert", name}, {"why", text}});
    raised_.publish({name, std::string(host_.name()), text});
  }

  void on_trouble(const failure& why) {
    failures_.add();
    host_.status().degraded(why.text());
    alert("audit_disk", why.text());
  }
  void on_recovered() {
    host_.status().ready();
    if (alerts_.erase("audit_disk") != 0)
      cleared_.publish({"audit_disk", std::string(host_.name())});
  }
  void on_damaged(const std::string& what) {
    damage_ = what;
    alert("audit_damaged", what + "; keep the files as they are and run `mw audit verify`");
  }

  [[nodiscard]] std::string as_json() const {
    json_writer json;
    json.begin_object().key("head").value(to_string(journal_.last()));
    json.key("file").value(journal_.file_name()).key("written").value(journal_.written());
    json.key("waiting_bytes").value(journal_.waiting_bytes()).key("lost").value(lost_.value());
    json.key("accepting").value(accepting()).key("damage").value(damage_);
    return json.end_object().take();
  }

  host& host_;
  bool denies_;
  gauge written_;
  counter lost_;
  gauge waiting_;
  counter failures_;
  publisher<alert_raised> raised_;
  publisher<alert_cleared> cleared_;
  std::map<std::string, std::uint64_t> last_;  // number, by publisher and topic
  std::map<std::string, std::string> alerts_;  // raised, by name
  std::string damage_;
  std::uint64_t told_lost_ = 0;
  journal journal_;
  std::vector<std::unique_ptr<admin_offer>> pages_;
  std::vector<subscription> taps_;  // last: no event comes while the rest goes
};

}  // namespace
}  // namespace mw::audit_log

MW_PLUGIN(mw::audit_log::security_audit, "security.audit", "1.0.0")
