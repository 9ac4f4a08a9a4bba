// parts: randomness of the host goes into nonces, salts and tokens.
// SPDX-License-Identifier: Apache-2.0
#include "node/parts.h"

#include "native/codec.h"
#include "native/envelope.h"
#include "native/stream.h"
#include "serf/codec.h"
#include "serf/envelope.h"
#include "serf/stream.h"

#include <span>
#include <utility>

namespace mw::swim {

namespace {

std::string fresh_bytes(host& h, std::size_t size) {
  std::string out(size, '\0');
  h.secure_bytes(std::as_writable_bytes(std::span(out)));
  return out;
}

std::uint64_t fresh_number(host& h) {
  std::uint64_t out = 0;
  h.secure_bytes(std::as_writable_bytes(std::span(&out, 1)));
  return out;
}

class native_parts final : public wire_parts {
 public:
  native_parts(host& h, const options& opt, const keyring& keys)
      : streams_{native_label(h, opt), &keys, [&h] { return fresh_bytes(h, 16); }},
        envelope_({h.node().id, native_label(h, opt), &keys, fresh_number(h), h.now()},
                  [&h] { return fresh_number(h); }) {}

  const message_codec& codec() const override { return codec_; }
  packet_envelope& packets() override { return envelope_; }
  party_ptr dialler(knowledge& node, const stream_task& task) override {
    return native::make_dialler(streams_, node, task);
  }
  party_ptr acceptor(knowledge& node, const endpoint& from) override {
    return native::make_acceptor(streams_, node, from);
  }

 private:
  native::stream_facts streams_;
  native::codec codec_;
  native::envelope envelope_;
};

class serf_parts final : public wire_parts {
 public:
  serf_parts(host& h, const options& opt, const keyring& keys)
      : layers_{&keys, opt.label, [&h] { return fresh_bytes(h, 12); }},
        codec_(layers_.room_taken()),
        envelope_(layers_) {}

  const message_codec& codec() const override { return codec_; }
  packet_envelope& packets() override { return envelope_; }
  party_ptr dialler(knowledge& node, const stream_task& task) override {
    return serf::make_dialler(layers_, node, task);
  }
  party_ptr acceptor(knowledge& node, const endpoint& from) override {
    return serf::make_acceptor(layers_, node, from);
  }

 private:
  serf::layers layers_;
  serf::codec codec_;
  serf::envelope envelope_;
};

}  // namespace

std::string native_label(const host& h, const options& opt) {
  return opt.label.empty() ? h.node().cluster : opt.label;
}

std::unique_ptr<wire_parts> make_wire(host& h, const options& opt, const keyring& keys) {
  if (opt.wire == wire_mode::serf) return std::make_unique<serf_parts>(h, opt, keys);
  return std::make_unique<native_parts>(h, opt, keys);
}

}  // namespace mw::swim
