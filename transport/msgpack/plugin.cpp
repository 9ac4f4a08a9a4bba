// msgpack: typed messages as msgpack arrays, for whoever sends and receives them.
// SPDX-License-Identifier: Apache-2.0
#include "message_codec.h"

#include <mw/plugin.h>

namespace {

mw::msgpack::metrics metrics_of(mw::host& host) {
  using mw::msgpack::reason_names;
  const auto refused = [&host](std::size_t reason) {
    return host.counter("mw_msgpack_refused_total",
                        "Messages refused, sent or received, by the limit or rule broken.",
                        {{"reason", reason_names[reason]}});
  };
  mw::msgpack::metrics m{
      .encoded = host.counter("mw_msgpack_encoded_total", "Messages turned into bytes."),
      .decoded = host.counter("mw_msgpack_decoded_total", "Messages read from bytes."),
      .plan_restarts = host.counter("mw_msgpack_plan_restarts_total",
                                    "Times that more message types were seen than are remembered."),
      .refused = {}};
  for (std::size_t i = 0; i < reason_names.size(); ++i) m.refused.push_back(refused(i));
  return m;
}

class msgpack_plugin final : public mw::plugin {
 public:
  struct options {
    std::uint32_t depth = 32;
    std::uint32_t nodes = 65'536;
    mw::byte_size decoded_max{std::uint64_t{64} << 20U};

    void fields(mw::field_visitor& v) {
      v.field("depth", depth,
              "Lists and groups inside each other. Few messages need more than 8; each level costs "
              "stack. Peers refuse what is deeper than their own limit.",
              mw::between{1, mw::msgpack::depth_max}, mw::unit{"levels"});
      v.field("nodes", nodes,
              "Values in one message. Bounds the time that one message can take; too low refuses "
              "honest lists.",
              mw::between{16, 1 << 24}, mw::unit{"values"});
      v.field("decoded_max", decoded_max,
              "Memory that the lists of one received message may take, and the longest JSON text. "
              "Bounds what a small message can claim.",
              mw::between_of(mw::byte_size{1024}, mw::byte_size{std::uint64_t{1} << 32U}));
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Turns typed messages into msgpack and back, within limits.")
        .provides<mw::codec>()
        .stability(mw::plugin_stability::alpha)
        .trust(mw::plugin_trust::hostile_peer);
  }

  msgpack_plugin(mw::host& host, const options& opt)
      : codec_({opt.depth, opt.nodes, opt.decoded_max.count}, metrics_of(host)) {
    host.provide<mw::codec>(codec_);
  }

 private:
  mw::msgpack::message_codec codec_;
};

}  // namespace

MW_PLUGIN(msgpack_plugin, "transport.msgpack", "0.1.0")
