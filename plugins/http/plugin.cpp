// http: serves the endpoints of all plug-ins to people, browsers, scripts and scrapers.
// SPDX-License-Identifier: Apache-2.0
#include "gate/admitted_stream.h"
#include "gate/calling_card.h"
#include "gate/door.h"
#include "server.h"

#include <mw/plugin.h>
#include <mw/transport.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace {

class http final : public mw::plugin {
 public:
  using options = mw::http::settings;

  static void describe(mw::manifest& m) {
    m.about("Serves the endpoints of all plug-ins over HTTP/1.1, event streams and WebSockets.")
        .reports_ready()
        .stability(mw::plugin_stability::alpha)
        .trust(mw::plugin_trust::hostile_peer);
    m.uses<mw::admin_directory>("directory", "The endpoints that are served.");
    m.may_use<mw::transport>("transport",
                             "The TLS to listen with; used only when named here. Without it "
                             "requests and tokens travel in the clear.",
                             {{"ordered"}, {"secure"}, {"by_name"}});
    m.may_use<mw::admission>("admission", "Who may connect, and how often.");
    m.may_use<mw::policy>("policy", "Who may read and do what; asked for each request.");
    m.publishes<mw::admin_refused>().publishes<mw::admin_acted>().publishes<mw::access_denied>();
  }

  http(mw::host& host, const options& opt)
      : host_(host),
        options_(opt),
        transport_(host.find<mw::transport>("transport")),
        admits_(host.find<mw::admission>("admission")),
        token_(opt.auth == mw::http::auth_mode::token ? draw_token(host) : std::string()),
        door_(host, rules()),
        server_(host, opt, host.use<mw::admin_directory>("directory"), door_) {}

  mw::status start() override {
    MW_TRY(listener_, listen());
    const mw::endpoint at = listener_->local();
    card_.emplace(host_, mw::http::calling_card::content{options_.token_file, token_, url(at)});
    card_->write([this, at](const mw::status& how) {
      if (!how) return host_.status().failed(how.error().text());
      tell_listening(at);
      host_.status().ready();
    });
    return {};
  }

  void drain(mw::function<void()> done) override {
    listener_.reset();
    drained_ = std::move(done);
    server_.drain([this] {
      if (!card_) return std::exchange(drained_, nullptr)();
      card_->remove([this] { std::exchange(drained_, nullptr)(); });
    });
  }

 private:
  // Once the token is where `mw` finds it: who reads this line may ask at once.
  void tell_listening(const mw::endpoint& at) const {
    host_.log().info(
        "listening",
        {{"auth",
          std::string(option_names(options_.auth)[static_cast<std::size_t>(options_.auth)])},
         {"at", to_string(at)}});
    const bool reachable = !at.local && !mw::http::is_loopback(at.host);
    if (reachable && transport_ == nullptr)
      host_.log().warn("tokens and pages can be read on the way: name a `transport` with TLS",
                       {{"at", to_string(at)}});
  }

  static std::string draw_token(mw::host& host) {
    std::array<std::byte, 32> bits{};
    host.secure_bytes(bits);
    return mw::http::to_hex(bits);
  }

  // With what only the wiring knows; may throw.
  mw::http::gate_rules rules() {
    mw::http::gate_rules rules = options_.gate();
    rules.policy = host_.find<mw::policy>("policy");
    if (!token_.empty())
      rules.tokens.add(
          {std::string(mw::http::own_token_name), mw::secret(token_), mw::http::role::act, true});
    if (options_.auth == mw::http::auth_mode::mtls) {
      if (transport_ == nullptr)
        throw std::invalid_argument(
            "auth: mtls needs a `transport`: name a stanza of transport.tls that asks clients for "
            "certificates");
      if (options_.identities.empty() && rules.policy == nullptr)
        throw std::invalid_argument(
            "auth: mtls lets nobody in: write `identities` with what each may do, or add a policy");
    }
    return rules;
  }

  mw::result<mw::listener_ptr> listen() {
    const auto take = [this](mw::link peer) { server_.accept(std::move(peer)); };
    if (transport_ != nullptr) return transport_->listen(options_.listen, take);
    const mw::stream_options own{.send_limit = options_.send_limit,
                                 .user_timeout = options_.write_deadline};
    return host_.streams().listen(
        options_.listen, own, [this](mw::stream_ptr bytes) { plain_arrived(std::move(bytes)); });
  }

  // Whom admission refuses is closed at once, which it counts.
  void plain_arrived(mw::stream_ptr bytes) {
    mw::link plain;
    plain.bytes = std::move(bytes);
    if (admits_ != nullptr) {
      auto scope = admits_->arrive(plain.bytes->remote(), host_.name());
      if (!scope) return;
      plain.bytes = mw::http::admitted_stream::make(std::move(plain.bytes), std::move(*scope));
    }
    server_.accept(std::move(plain));
  }

  [[nodiscard]] std::string url(const mw::endpoint& at) const {
    if (at.local) return to_string(at);
    return (transport_ != nullptr ? "https://" : "http://") + to_string(at);
  }

  mw::host& host_;
  options options_;
  mw::transport* transport_;
  mw::admission* admits_;  // null: everybody
  std::string token_;
  mw::http::door door_;
  mw::http::server server_;
  std::optional<mw::http::calling_card> card_;
  mw::function<void()> drained_;
  mw::listener_ptr listener_;  // last: accepts nothing while the server goes
};

}  // namespace

MW_PLUGIN(http, "http", "0.2.0")
