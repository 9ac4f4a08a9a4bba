// transport.tcp: links over TCP, with names, deadlines, bounds and counters.
// SPDX-License-Identifier: Apache-2.0
#include "name_dial.h"
#include "settings.h"

#include <mw/plugin.h>

namespace {

// A slice that is alone is taken whole; this is what frames of the layers above may count on.
constexpr std::uint64_t frame_max = std::uint64_t{16} << 20;

class tcp_transport final : public mw::plugin, private mw::transport {
 public:
  using options = mw::tcp::settings;

  static void describe(mw::manifest& m) {
    m.about("Carries links over TCP: resolves names, races addresses, bounds what others open.")
        .provides<mw::transport>({{"ordered"}, {"max_frame", frame_max}})
        .may_use<mw::admission>("admission", "Who may connect, and how much each may take.")
        .trust(mw::plugin_trust::hostile_peer);
  }

  tcp_transport(mw::host& host, options opt)
      : listen_(std::move(opt.listen)),
        book_(host),
        admits_(host.find<mw::admission>("admission")),
        keeper_{host, book_, opt.accepting, opt.stream, admits_},
        dialler_{host, book_, opt.stream, admits_} {
    host.provide<mw::transport>(*this);
  }

 private:
  mw::result<mw::listener_ptr> listen(const mw::endpoint& at,
                                      mw::function<void(mw::link)> accepted) override {
    if (at.local || at.empty())
      return {mw::errc::invalid, "cannot listen on '" + to_string(at) +
                                     "' over TCP: write a numeric address and a port, such as"
                                     " 0.0.0.0:7400"};
    return mw::transports::link_listener::make(keeper_, at, std::move(accepted));
  }

  [[nodiscard]] std::vector<mw::endpoint> configured() const override {
    if (listen_.empty()) return {};
    return {listen_};
  }

  mw::dial_ptr dial(const mw::dial_request& request,
                    mw::function<void(mw::result<mw::link>)> done) override {
    return std::make_unique<mw::tcp::name_dial>(dialler_, request, std::move(done));
  }

  mw::endpoint listen_;
  mw::transports::link_book book_;
  mw::admission* admits_;  // null: everybody
  mw::transports::door_keeper keeper_;
  mw::tcp::dialler dialler_;
};

}  // namespace

MW_PLUGIN(tcp_transport, "transport.tcp", "0.1.0")
