// http: serves the endpoints of all plug-ins to people, browsers, scripts and scrapers.
// SPDX-License-Identifier: Apache-2.0
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
    m.uses<mw::admin_directory>("directory", "The endpoints that are served.");
  }

  http(mw::host& host, const options& opt)
      : host_(host),
        listen_(opt.listen),
        accepted_options_{.send_limit = opt.send_limit, .user_timeout = opt.write_deadline},
        server_(host, opt, host.use<mw::admin_directory>("directory"), anonymous_) {}

  mw::status start() override {
    MW_TRY(listener_,
           host_.streams().listen(listen_, accepted_options_, [this](mw::stream_ptr peer) {
             server_.accept(std::move(peer));
           }));
    host_.log().info("listening", {{"at", to_string(listener_->local())}});
    return {};
  }

  void drain(mw::function<void()> done) override {
    listener_.reset();
    server_.drain(std::move(done));
  }

 private:
  mw::host& host_;
  mw::endpoint listen_;
  mw::stream_options accepted_options_;
  mw::http::anonymous anonymous_;
  mw::http::server server_;
  mw::listener_ptr listener_;  // last: accepts nothing while the server goes
};

}  // namespace

MW_PLUGIN(http, "http", "0.1.0")
