// @name@: a static list of peers; begin here for a source that asks DNS, a registry or multicast.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery.h>
#include <mw/plugin.h>

#include <algorithm>

namespace {

class @class@ final : public mw::plugin, private mw::discovery {
 public:
  struct options {
    std::vector<mw::endpoint> peers;
    void fields(mw::field_visitor& v) {
      v.field("peers", peers, "Endpoints of the peers, as they are announced in peer.found/1.");
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Knows the peers that its stanza lists.")
        .provides<mw::discovery>()
        .publishes<mw::peer_found>();
  }

  @class@(mw::host& host, const options& opt)
      : host_(host),
        listed_(host.gauge("mw_@class@_peers", "Peers that are listed.")),
        found_(host.bus().open<mw::peer_found>()) {
    for (const mw::endpoint& at : opt.peers)
      peers_.push_back(
          {.id = "", .address = to_string(at), .zone = "", .source = std::string(host.name())});
    std::sort(peers_.begin(), peers_.end(), by_address);
    peers_.erase(std::unique(peers_.begin(), peers_.end(), same_address), peers_.end());
    host.provide<mw::discovery>(*this);
  }

  mw::status start() override {
    for (const mw::peer_found& peer : peers_) found_.publish(peer);
    listed_.set(static_cast<double>(peers_.size()));
    return {};
  }

 private:
  std::vector<mw::peer_found> peers() const override { return peers_; }

  // Nothing can have changed. A source that asks somebody does it here: the answer is compared with
  // peers_, what is new is published, and then all that wait are told.
  void refresh(mw::function<void(mw::status)> done) override {
    waiting_.push_back(std::move(done));
    if (!answer_) answer_ = host_.make_timer([this] { tell_all({}); });
    if (!answer_->armed()) answer_->arm(mw::duration::zero());
  }

  void tell_all(const mw::status& outcome) {
    for (const auto& done : std::exchange(waiting_, {})) done(outcome);
  }

  mw::result<std::unique_ptr<mw::announcement>> announce(const mw::self_description&) override {
    return {mw::errc::unsupported, "@name@ is a list: add this node to it on the other nodes"};
  }

  static bool by_address(const mw::peer_found& a, const mw::peer_found& b) {
    return a.address < b.address;
  }
  static bool same_address(const mw::peer_found& a, const mw::peer_found& b) {
    return a.address == b.address;
  }

  mw::host& host_;
  mw::gauge listed_;
  mw::publisher<mw::peer_found> found_;
  std::vector<mw::peer_found> peers_;  // sorted by address, each once
  std::vector<mw::function<void(mw::status)>> waiting_;
  mw::timer answer_;  // last: it dies first
};

}  // namespace

MW_PLUGIN(@class@, "@name@", "0.1.0")
