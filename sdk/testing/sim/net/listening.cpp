// listening: accepting connections in turns.
// SPDX-License-Identifier: Apache-2.0
#include "listening.h"

#include "stream_handle.h"
#include "stream_network.h"

#include <utility>

namespace mw::sim {

result<listener_ptr> listening::make(lane& home, kernel::resource_ledger& ledger,
                                     stream_network& net, const endpoint& at,
                                     const stream_options& options,
                                     function<void(stream_ptr)> accepted) {
  auto made = std::make_unique<listening>(home, ledger, net, std::move(accepted));
  made->local_ = at;
  MW_TRY(made->id_, net.listen(*made, home, made->local_, options));
  return listener_ptr(std::move(made));
}

listening::listening(lane& home, kernel::resource_ledger& ledger, stream_network& net,
                     function<void(stream_ptr)> accepted)
    : lane_(home),
      ledger_(ledger),
      net_(net),
      accepted_(std::move(accepted)),
      counted_(ledger.listeners) {}

listening::~listening() {
  if (lane_.alive()) net_.stop_listening(id_);
}

void listening::resume() {
  paused_ = false;
  poke();
}

void listening::accept() {
  while (!paused_) {
    const slot_id id = net_.accept(id_);
    if (id == 0) return;
    stream_ptr made = std::make_unique<stream_handle>(lane_, ledger_, net_, id, 1);
    // Out of this object while it runs: it may destroy the listener, but not its own captures.
    function<void(stream_ptr)> accepted = std::move(accepted_);
    if (!life_.survives([&] { accepted(std::move(made)); })) return;
    accepted_ = std::move(accepted);
  }
}

}  // namespace mw::sim
