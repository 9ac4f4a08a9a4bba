// transport.tls: links on which both ends have proved who they are and nobody between them reads.
// SPDX-License-Identifier: Apache-2.0
#include "links/door.h"
#include "links/rotation.h"
#include "links/secure_dial.h"
#include "page.h"

#include <mw/plugin.h>

#include <stdexcept>

namespace {

// A slice that is alone is taken whole; it is sealed as the carrier takes it.
constexpr std::uint64_t frame_max = std::uint64_t{16} << 20;

// OpenSSL draws from the host: from the system's generator, in the simulator from the seed.
class host_entropy final : public mw::tls::entropy {
 public:
  explicit host_entropy(const mw::host& host) : host_(host) {}
  void fill(std::span<std::byte> out) override { host_.secure_bytes(out); }

 private:
  const mw::host& host_;
};

std::unique_ptr<mw::tls::crypto> make_crypto(mw::tls::entropy& source) {
  auto made = mw::tls::crypto::make(source);
  if (!made) throw std::runtime_error(made.error().text());
  return std::move(*made);
}

class tls_transport final : public mw::plugin, private mw::transport {
 public:
  using options = mw::tls::settings;

  static void describe(mw::manifest& m) {
    m.about("Carries links over another transport, encrypted; both ends prove who they are.")
        .uses<mw::transport>("over", "Carries the encrypted bytes, such as transport.tcp.",
                             {{"ordered"}})
        .uses<mw::credentials>("credentials", "What this node shows, and whom it trusts.")
        .may_use<mw::authn>("identity",
                            "Whom a certificate belongs to; without it every peer whose chain "
                            "verifies is accepted under its URI name.")
        .provides<mw::transport>({{"ordered"}, {"secure"}, {"max_frame", frame_max}})
        .publishes<mw::alert_raised>()
        .trust(mw::plugin_trust::hostile_peer);
  }

  tls_transport(mw::host& host, options opt)
      : options_(std::move(opt)),
        over_(host.use<mw::transport>("over")),
        entropy_(host),
        crypto_(make_crypto(entropy_)),
        works_(host, *crypto_, options_, host.find<mw::authn>("identity")),
        steps_(host, options_.handshake_steps),
        arrivals_(works_, steps_),
        rotation_(works_, host.use<mw::credentials>("credentials")),
        page_(host.admin().offer(
            {mw::tls::page_path(host), "Links, their peers and how they are secured."},
            [this](const mw::admin_request&, const mw::admin_reply& reply) {
              reply({.body = mw::tls::page_json(works_, arrivals_.count(), steps_.waiting())});
            })),
        gauges_(host.every(mw::duration(std::chrono::seconds(1)), [this] {
          works_.metrics.handshakes(arrivals_.count(), steps_.waiting());
        })) {
    host.provide<mw::transport>(*this);
  }

  mw::status start() override { return rotation_.begin(); }

 private:
  mw::result<mw::listener_ptr> listen(const mw::endpoint& at,
                                      mw::function<void(mw::link)> accepted) override {
    auto made = std::make_unique<mw::tls::door>(works_, arrivals_, std::move(accepted));
    MW_CHECK(made->open(over_, at));
    return mw::listener_ptr(std::move(made));
  }

  // http says itself where it listens.
  [[nodiscard]] std::vector<mw::endpoint> configured() const override {
    if (options_.protocol == mw::tls::inner_protocol::http) return {};
    return over_.configured();
  }

  mw::dial_ptr dial(const mw::dial_request& request,
                    mw::function<void(mw::result<mw::link>)> done) override {
    if (options_.protocol == mw::tls::inner_protocol::http) return dial_nobody(std::move(done));
    return std::make_unique<mw::tls::secure_dial>(works_, steps_, over_, request, std::move(done));
  }

  // A dial that fails, in a later turn.
  struct refused_dial final : mw::dial_handle {
    mw::timer later;
  };
  mw::dial_ptr dial_nobody(mw::function<void(mw::result<mw::link>)> done) {
    auto handle = std::make_unique<refused_dial>();
    handle->later = works_.node.after(mw::duration::zero(), [done = std::move(done)] {
      done(mw::failure(mw::errc::invalid,
                       "this stanza of transport.tls serves http and dials nobody: give nodes one "
                       "with `protocol: mesh`"));
    });
    return handle;
  }

  const options options_;
  mw::transport& over_;
  host_entropy entropy_;
  std::unique_ptr<mw::tls::crypto> crypto_;
  mw::tls::works works_;
  mw::tls::step_queue steps_;
  mw::tls::arrivals arrivals_;
  mw::tls::rotation rotation_;
  std::unique_ptr<mw::admin_offer> page_;
  mw::timer gauges_;  // last: it dies first
};

}  // namespace

MW_PLUGIN(tls_transport, "transport.tls", "0.1.0")
