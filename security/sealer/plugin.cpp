// security.sealer: protects messages from end to end, whoever relays them.
// SPDX-License-Identifier: Apache-2.0
#include "certificates.h"
#include "core/sealing_core.h"
#include "metrics.h"
#include "pages.h"
#include "settings.h"

#include <mw/events_node.h>
#include <mw/plugin.h>

#include <stdexcept>

namespace {

using mw::sealing::moment;
using mw::sealing::sealing_core;

constexpr std::string_view alert_name = "sealer.forgeries";

class sealer_plugin final : public mw::plugin, public mw::sealer {
 public:
  using options = mw::sealing::settings;

  static void describe(mw::manifest& m) {
    m.about("Protects messages from end to end, whoever relays them.")
        .provides<mw::sealer>()
        .uses<mw::credentials>("credentials", "The certificate and key that sign this node's keys.")
        .uses<mw::authn>("authn", "Says which node a certificate is for.")
        .publishes<mw::alert_raised>()
        .trust(mw::plugin_trust::hostile_peer);
  }

  sealer_plugin(mw::host& host, options opt)
      : host_(host),
        limits_(opt.as_limits()),
        library_(open_library(host)),
        credentials_(host.use<mw::credentials>("credentials")),
        authn_(host.use<mw::authn>("authn")),
        certificates_(*library_, credentials_, authn_, host.node().id),
        core_(*library_, certificates_, {host.node().id, host.node().cluster}, limits_),
        metrics_(host),
        alerts_(host.bus().open<mw::alert_raised>()),
        page_(host.admin().offer({"/sealer", "Epochs of keys, peers and counts of the sealer."},
                                 [this](const mw::admin_request&, mw::admin_reply reply) {
                                   reply({.body = mw::sealing::overview(core_, host_.now())});
                                 })),
        action_(host.admin().offer(
            {"/sealer/rotate", "Replaces this node's key now.", mw::admin_kind::action},
            [this](const mw::admin_request&, mw::admin_reply reply) {
              core_.rotate_now();
              settle();
              reply({.status = 202, .body = R"({"rotating":true})"});
            })),
        timer_(host.make_timer([this] { tick(); })) {
    host.provide<mw::sealer>(*this);
  }

  mw::status start() override {
    MW_CHECK(certificates_.refresh());
    MW_CHECK(core_.start(moment_now()));
    watch_ = credentials_.watch([this] { on_credentials(); });
    identities_ = authn_.watch([this] {
      core_.check_identities();
      settle();
    });
    settle();
    return {};
  }

  void attach(mw::sealer_carrier* carrier) override {
    carrier_ = carrier;
    if (carrier != nullptr) settle();
  }
  void meet(std::string_view node, std::uint64_t life) override {
    core_.meet(node, life, moment_now());
    settle();
  }
  void receive(std::string_view from, mw::bytes_view message) override {
    core_.receive(from, message, moment_now());
    settle();
  }
  mw::status seal(const mw::seal_context& context, const mw::message_out& body,
                  mw::message_out& into) override {
    mw::status done = core_.seal(context, body, into, host_.now());
    if (done)
      metrics_.sealed.add();
    else
      metrics_.follow(core_);
    if (core_.take_news()) settle();
    return done;
  }
  mw::result<mw::opened_message> open(const mw::seal_context& context,
                                      mw::bytes_view envelope) override {
    auto done = core_.open(context, envelope, host_.now());
    if (done)
      metrics_.opened.add();
    else
      settle_refusal();
    if (core_.take_news()) settle();
    return done;
  }

 private:
  static std::unique_ptr<mw::crypto::library> open_library(mw::host& host) {
    auto made =
        mw::crypto::library::make([&host](std::span<std::byte> out) { host.secure_bytes(out); });
    if (!made) throw std::runtime_error(made.error().text());
    return std::move(*made);
  }

  [[nodiscard]] moment moment_now() const { return {host_.now(), host_.wall_now()}; }

  void on_credentials() {
    if (const mw::status taken = certificates_.refresh(); !taken)
      return host_.log().warn("the new credentials cannot be used for sealing: the old stay",
                              {{"why", taken.error().text()}});
    core_.rotate_now();
    settle();
  }

  void tick() {
    armed_for_.reset();
    core_.tick(moment_now());
    settle();
  }

  // The carrier is never called inside a call on the sealer, so what is to be carried waits.
  void settle() {
    metrics_.follow(core_);
    if (core_.has_outputs() && !flushing_) {
      flushing_ = true;
      host_.at_turn_end([this] { flush(); });
    }
    arm();
  }

  void flush() {
    flushing_ = false;
    for (const mw::sealing::outgoing& one : core_.take_outputs())
      if (carrier_ != nullptr) carrier_->carry(one.to, one.message);
    arm();
  }

  void settle_refusal() {
    metrics_.follow(core_);
    if (core_.alarms() == alarms_) return;
    alarms_ = core_.alarms();
    alerts_.publish({.name = std::string(alert_name),
                     .subject = core_.last_alarm(),
                     .text = "as many messages under the key shared with " + core_.last_alarm() +
                             " were forged as forgeries_max allows: the key was given up and the "
                             "next is being agreed; look for who is on the way between the two"});
  }

  void arm() {
    const mw::time_point next = core_.next_tick();
    if (armed_for_ && *armed_for_ <= next) return;
    armed_for_ = next;
    timer_->arm(std::max(mw::duration::zero(), next - host_.now()));
  }

  mw::host& host_;
  mw::sealing::limits limits_;
  std::unique_ptr<mw::crypto::library> library_;
  mw::credentials& credentials_;
  mw::authn& authn_;
  mw::sealing::certificates certificates_;
  sealing_core core_;
  mw::sealing::metrics metrics_;
  mw::sealer_carrier* carrier_ = nullptr;
  std::uint64_t alarms_ = 0;
  bool flushing_ = false;
  std::optional<mw::time_point> armed_for_;
  mw::publisher<mw::alert_raised> alerts_;
  std::unique_ptr<mw::admin_offer> page_;
  std::unique_ptr<mw::admin_offer> action_;
  std::unique_ptr<mw::credential_watch> watch_;
  std::unique_ptr<mw::authn_watch> identities_;
  mw::timer timer_;
};

}  // namespace

MW_PLUGIN(sealer_plugin, "security.sealer", "1.0.0")
