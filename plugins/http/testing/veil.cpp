// veil: http.veil stands in for transport.tls and security.policy in tests of http.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>
#include <mw/policy.h>
#include <mw/transport.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

// Every link has the identity of the stanza; the policy denies what is listed, and everything once
// somebody has called /veil/close.
class veil final : public mw::plugin, private mw::transport, private mw::policy {
 public:
  struct options {
    std::string certificate;
    std::vector<std::string> denied;
    void fields(mw::field_visitor& v) {
      v.field("certificate", certificate, "What every peer has proved.");
      v.field("denied", denied, "Paths that the policy denies.");
    }
  };

  static void describe(mw::manifest& m) {
    m.about("A secure transport and a policy for tests.")
        .provides<mw::transport>({{"ordered"}, {"secure"}})
        .provides<mw::policy>();
  }

  veil(mw::host& host, options opt) : host_(host), options_(std::move(opt)) {
    host.provide<mw::transport>(*this);
    host.provide<mw::policy>(*this);
    close_ = host.admin().offer({"/veil/close", "Denies everything.", mw::admin_kind::action},
                                [this](const mw::admin_request& asked, mw::admin_reply reply) {
                                  ++version_;
                                  reply({200, "text/plain", std::string(asked.caller)});
                                });
    feed_ = host.admin().offer_feed(
        {"/veil/feed", "Says nothing.", mw::admin_kind::feed},
        [this](const mw::admin_request&, std::unique_ptr<mw::admin_feed> feed) {
          feeds_.push_back(std::move(feed));
        });
  }

 private:
  mw::result<mw::listener_ptr> listen(const mw::endpoint& at,
                                      mw::function<void(mw::link)> accepted) override {
    return host_.streams().listen(at, {},
                                  [this, accepted = std::move(accepted)](mw::stream_ptr bytes) {
                                    mw::link made;
                                    made.bytes = std::move(bytes);
                                    made.peer = options_.certificate;
                                    accepted(std::move(made));
                                  });
  }
  [[nodiscard]] std::vector<mw::endpoint> configured() const override { return {}; }
  mw::dial_ptr dial(const mw::dial_request&, mw::function<void(mw::result<mw::link>)>) override {
    return nullptr;
  }

  mw::decision authorize(const mw::access& what) noexcept override {
    const bool listed = std::any_of(options_.denied.begin(), options_.denied.end(),
                                    [&](const auto& path) { return path == what.resource; });
    return {!listed && version_ == 1, 3, version_};
  }
  [[nodiscard]] std::string explain(const mw::access&) const override { return {}; }
  [[nodiscard]] std::uint64_t version() const noexcept override { return version_; }

  mw::host& host_;
  options options_;
  std::uint64_t version_ = 1;
  std::vector<std::unique_ptr<mw::admin_feed>> feeds_;
  std::unique_ptr<mw::admin_offer> close_;
  std::unique_ptr<mw::admin_offer> feed_;
};

}  // namespace

MW_PLUGIN(veil, "http.veil", "0.1.0")
