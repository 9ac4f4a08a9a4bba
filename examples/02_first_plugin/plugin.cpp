// roll_call: announces a list of peers, one at a time, as if they came up.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>

namespace {

class roll_call final : public mw::plugin {
 public:
  struct options {
    std::vector<std::string> peers;
    mw::duration every = std::chrono::seconds(1);

    void fields(mw::field_visitor& v) {
      v.field("peers", peers, "Node ids to announce, in this order, again and again.",
              mw::required);
      v.field("every", every, "Time between two announcements; shorter floods the subscribers.",
              mw::between_of(std::chrono::milliseconds(1), std::chrono::hours(1)));
      v.check("peers", !peers.empty(), "must name at least one peer");
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Announces a list of peers, one at a time.").publishes<mw::peer_up>();
  }

  roll_call(mw::host& host, options opt)
      : options_(std::move(opt)),
        up_(host.bus().open<mw::peer_up>()),
        announced_(host.counter("mw_roll_call_announced_total", "Announcements made.")),
        next_(host.make_timer([this] { announce(); })) {}

  mw::status start() override {
    next_->arm(options_.every);
    return {};
  }

 private:
  void announce() {
    const std::string& id = options_.peers[announced_.value() % options_.peers.size()];
    up_.publish({.id = id, .address = "127.0.0.1:0", .zone = "a"});
    announced_.add();
    next_->arm(options_.every);
  }

  options options_;
  mw::publisher<mw::peer_up> up_;
  mw::counter announced_;
  mw::timer next_;
};

}  // namespace

MW_PLUGIN(roll_call, "roll_call", "1.0.0")
