// msgpack: typed messages as msgpack arrays, for whoever sends and receives them.
// SPDX-License-Identifier: Apache-2.0
#include "decode.h"
#include "encode.h"
#include "metrics.h"

#include <mw/codec.h>
#include <mw/plugin.h>

namespace {

class msgpack_codec final : public mw::plugin, private mw::codec {
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

  msgpack_codec(mw::host& host, const options& opt)
      : limits_{opt.depth, opt.nodes, opt.decoded_max.count}, metrics_(host) {
    plans_.on_restart = [this] { metrics_.plan_restarts.add(); };
    host.provide<mw::codec>(*this);
  }

 private:
  std::string_view format() const noexcept override { return "msgpack/1"; }

  mw::status encode(const mw::message_type& type, const void* message,
                    mw::message_out& out) override {
    mw::msgpack::encoder work(limits_, out);
    if (!work.message(plans_.of(type), message)) return refused(work.why(), type.name);
    metrics_.encoded.add();
    return {};
  }

  mw::status decode(const mw::message_type& type, const mw::payload& from, void* message) override {
    mw::msgpack::decoder work(limits_, from);
    if (!work.message(plans_.of(type), message)) return refused(work.why(), type.name);
    metrics_.decoded.add();
    return {};
  }

  mw::result<std::string> to_json(const mw::payload&, const mw::message_type*) override {
    return mw::failure(mw::errc::unsupported, "this codec has no JSON form");
  }
  mw::status from_json(std::string_view, const mw::message_type*, mw::message_out&) override {
    return mw::failure(mw::errc::unsupported, "this codec has no JSON form");
  }

  mw::failure refused(const mw::msgpack::refusal& why, std::string_view type_name) {
    metrics_.refused(why.why).add();
    return why.as_failure(type_name);
  }

  mw::msgpack::limits limits_;
  mw::msgpack::plan_book plans_;
  mw::msgpack::metrics metrics_;
};

}  // namespace

MW_PLUGIN(msgpack_codec, "transport.msgpack", "0.1.0")
