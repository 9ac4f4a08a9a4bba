// transport.udp: links of packets over UDP: bounded, timed out when silent, never an amplifier.
// SPDX-License-Identifier: Apache-2.0
#include "packet_dial.h"
#include "port.h"

#include <mw/plugin.h>

#include <utility>

namespace {

class udp_transport final : public mw::plugin, private mw::transport {
 public:
  struct options {
    mw::endpoint listen;
    mw::udp::limits bounds;

    void fields(mw::field_visitor& v) {
      v.field("listen", listen,
              "Numeric address and port to listen on; port 0 takes a free one. Empty: the node "
              "only dials.");
      v.field("max_packet", bounds.max_packet,
              "Largest packet; larger writes are refused. 1200 passes every path of the Internet; "
              "what is cut into fragments on its way is lost more often.",
              mw::between{1200, 65'507}, mw::unit{"bytes"});
      v.field("idle_timeout", bounds.idle_timeout,
              "A link whose peer says nothing for so long is closed: UDP has no other end.",
              mw::between_of(mw::duration(std::chrono::milliseconds(100)),
                             mw::duration(std::chrono::hours(24))));
      v.field("connections_max", bounds.connections_max,
              "Links that others may have opened at a time; packets of further strangers are "
              "dropped. Bounds the memory that forged addresses can hold.",
              mw::between{1, 1'000'000}, mw::unit{"connections"});
      v.field("queue_packets", bounds.queue_packets,
              "Packets of one link that wait for an owner that does not read; more are dropped.",
              mw::between{1, 4096}, mw::unit{"packets"});
      v.check("listen", !listen.local, "must be host:port; UDP has no socket files");
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Carries packets over UDP: each write is one packet, which may be lost.")
        .provides<mw::transport>({{"max_packet", 1200}})
        .may_use<mw::admission>("admission", "Whose packets make links, and how many.")
        .trust(mw::plugin_trust::hostile_peer);
  }

  udp_transport(mw::host& host, options opt)
      : listen_(std::move(opt.listen)), shared_(host, opt.bounds) {
    host.provide<mw::transport>(*this);
  }

 private:
  mw::result<mw::listener_ptr> listen(const mw::endpoint& at,
                                      mw::function<void(mw::link)> accepted) override {
    if (at.local || at.empty())
      return {mw::errc::invalid, "cannot listen on '" + to_string(at) +
                                     "' over UDP: write a numeric address and a port, such as"
                                     " 0.0.0.0:7400"};
    MW_TRY(auto opened, mw::udp::port::open(shared_, at));
    return mw::listener_ptr(
        std::make_unique<mw::udp::packet_listener>(std::move(opened), std::move(accepted)));
  }

  [[nodiscard]] std::vector<mw::endpoint> configured() const override {
    if (listen_.empty()) return {};
    return {listen_};
  }

  mw::dial_ptr dial(const mw::dial_request& request,
                    mw::function<void(mw::result<mw::link>)> done) override {
    return std::make_unique<mw::udp::packet_dial>(shared_, request, std::move(done));
  }

  mw::endpoint listen_;
  mw::udp::context shared_;
};

}  // namespace

MW_PLUGIN(udp_transport, "transport.udp", "0.1.0")
