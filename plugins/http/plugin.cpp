// http: serves the endpoints of all plug-ins to people, browsers, scripts and scrapers.
// SPDX-License-Identifier: Apache-2.0
#include "gate/admitted_stream.h"
#include "server.h"

#include <mw/plugin.h>

namespace {

class http final : public mw::plugin {
 public:
  using options = mw::http::settings;

  static void describe(mw::manifest& m) {
    m.about("Serves the endpoints of all plug-ins over HTTP/1.1, event streams and WebSockets.")
        .stability(mw::plugin_stability::alpha)
        .trust(mw::plugin_trust::hostile_peer);
    m.uses<mw::admin_directory>("directory", "The endpoints that are served.")
        .may_use<mw::admission>("admission", "Who may connect, and how often.");
  }

  http(mw::host& host, const options& opt)
      : host_(host),
        admits_(host.find<mw::admission>("admission")),
        listen_(opt.listen),
        accepted_options_{.send_limit = opt.send_limit, .user_timeout = opt.write_deadline},
        server_(host, opt, host.use<mw::admin_directory>("directory"), anonymous_) {}

  mw::status start() override {
    MW_TRY(listener_,
           host_.streams().listen(listen_, accepted_options_,
                                  [this](mw::stream_ptr peer) { take(std::move(peer)); }));
    host_.log().info("listening", {{"at", to_string(listener_->local())}});
    return {};
  }

  void drain(mw::function<void()> done) override {
    listener_.reset();
    server_.drain(std::move(done));
  }

 private:
  // Whom admission refuses is closed at once, which it counts.
  void take(mw::stream_ptr peer) {
    if (admits_ == nullptr) return server_.accept(std::move(peer));
    auto scope = admits_->arrive(peer->remote(), host_.name());
    if (scope) server_.accept(mw::http::admitted_stream::make(std::move(peer), std::move(*scope)));
  }

  mw::host& host_;
  mw::admission* admits_;  // null: everybody
  mw::endpoint listen_;
  mw::stream_options accepted_options_;
  mw::http::anonymous anonymous_;
  mw::http::server server_;
  mw::listener_ptr listener_;  // last: accepts nothing while the server goes
};

}  // namespace

MW_PLUGIN(http, "http", "0.1.0")
