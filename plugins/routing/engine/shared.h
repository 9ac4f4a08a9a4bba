// shared: what all parts of the engine use, owned by the engine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/directory.h"
#include "engine/metrics.h"
#include "engine/peers.h"
#include "engine/post.h"
#include "guard/gate.h"
#include "guard/sealing.h"
#include "settings.h"

#include <mw/codec.h>
#include <mw/host.h>

#include <memory>

namespace mw::routing {

// The request whose handler runs at the moment: what it calls inherits from it.
struct call_context {
  bool active = false;
  std::uint8_t hops = 0;
  time_point deadline;
};

struct shared {
  shared(const host& on, settings opt, channel& outside, mw::codec& with, balancer* chooser,
         function<void()> soon)
      : node(on),
        options(std::move(opt)),
        counts(on, options.labelled_services),
        seed(on.random("tables").next()),
        life(on.random("life").next() | 1),
        peers(seed),
        services(peers, chooser, counts, options.services_max),
        mail(outside, peers, counts, static_cast<std::size_t>(options.local_max.count),
             [this] { wake(); }),
        guard(on),
        codec(with),
        wake(std::move(soon)) {
    peers.add_self(on.node().id, on.node().zone);
    services.seal_by(options.seal);
  }

  const host& node;
  settings options;
  metrics counts;
  std::uint64_t seed;
  std::uint64_t life;  // of this engine: its name as a producer, too
  peer_book peers;
  directory services;
  post mail;
  gate guard;
  mw::codec& codec;
  std::unique_ptr<sealing> seal;  // null: nothing is sealed
  function<void()> wake;          // asks for a turn of the engine
  call_context inside;
  message_out small;  // for messages of the router's own: tables, receipts, refusals, cancels
};

}  // namespace mw::routing
