// parts: the wire mode of a node: codec, envelope and conversations that belong together.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"
#include "wire/envelope.h"
#include "wire/keyring.h"
#include "wire/stream_party.h"

#include <mw/host.h>

#include <cstdint>
#include <memory>
#include <string>

namespace mw::swim {

// The packets, streams and message forms of one wire mode.
class wire_parts {
 public:
  virtual ~wire_parts() = default;
  [[nodiscard]] virtual const message_codec& codec() const = 0;
  [[nodiscard]] virtual packet_envelope& packets() = 0;
  [[nodiscard]] virtual party_ptr dialler(knowledge& node, const stream_task& task) = 0;
  [[nodiscard]] virtual party_ptr acceptor(knowledge& node, const endpoint& from) = 0;
};

// The name of the cluster in native packets and in what is signed.
[[nodiscard]] std::string native_label(const host& h, const options& opt);

// `keys` must outlive the parts; it may change under them.
[[nodiscard]] std::unique_ptr<wire_parts> make_wire(host& h, const options& opt,
                                                    const keyring& keys);

}  // namespace mw::swim
