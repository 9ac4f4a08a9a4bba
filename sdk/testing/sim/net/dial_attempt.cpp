// dial_attempt: hands the outcome of a dial to the plug-in.
// SPDX-License-Identifier: Apache-2.0
#include "dial_attempt.h"

#include "stream_handle.h"
#include "stream_network.h"

#include <utility>

namespace mw::sim {

dial_attempt::dial_attempt(lane& home, kernel::resource_ledger& ledger, stream_network& net,
                           function<void(result<stream_ptr>)> done)
    : lane_(home), ledger_(ledger), net_(net), done_(std::move(done)), counted_(ledger.dials) {}

void dial_attempt::begin(const endpoint& to, const stream_options& options, duration deadline) {
  id_ = net_.dial(*this, lane_, to, options, deadline);
}

dial_attempt::~dial_attempt() {
  if (!lane_.alive()) return;
  net_.cancel(id_);
  net_.abandon(connection_, 0);
}

void dial_attempt::connected(slot_id connection) {
  connection_ = connection;
  lane_.ready(telling_);
}

void dial_attempt::failed(failure why) {
  failure_ = std::move(why);
  lane_.ready(telling_);
}

void dial_attempt::tell() {
  // The plug-in may destroy this in the call: nothing may follow it.
  const function<void(result<stream_ptr>)> done = std::move(done_);
  if (failure_) return done(std::move(*failure_));
  const slot_id made = std::exchange(connection_, 0);
  if (net_.find(made) == nullptr)
    return done(failure(errc::disconnected, "connection reset by peer before it was used"));
  done(stream_ptr(std::make_unique<stream_handle>(lane_, ledger_, net_, made, 0)));
}

}  // namespace mw::sim
