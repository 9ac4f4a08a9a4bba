// link_listener: lets connections in as links: no more than may be open, no faster than may come.
// SPDX-License-Identifier: Apache-2.0
#include "link_listener.h"

#include "counted_stream.h"

#include <utility>

namespace mw::transports {

result<listener_ptr> link_listener::make(const door_keeper& keeper, const endpoint& at,
                                         function<void(link)> accepted) {
  auto made = std::make_unique<link_listener>(keeper, std::move(accepted));
  MW_TRY(made->inner_,
         keeper.host.streams().listen(at, keeper.options, [self = made.get()](stream_ptr one) {
           self->take(std::move(one));
         }));
  return listener_ptr(std::move(made));
}

link_listener::link_listener(const door_keeper& keeper, function<void(link)> accepted)
    : keeper_(keeper),
      accepted_(std::make_shared<function<void(link)>>(std::move(accepted))),
      gate_(keeper.limits.accept_rate),
      next_(keeper.host.make_timer([this] { apply(); })) {}

void link_listener::pause() {
  paused_ = true;
  apply();
}

void link_listener::resume() {
  paused_ = false;
  apply();
}

void link_listener::apply() {
  if (paused_ || next_->armed())
    inner_->pause();
  else
    inner_->resume();
}

void link_listener::take(stream_ptr one) {
  hold_back();
  if (keeper_.book.accepted_open() >= keeper_.limits.connections_max) return refuse();
  full_ = false;
  std::unique_ptr<admission_scope> scope;
  if (keeper_.admits != nullptr) {
    auto asked = keeper_.admits->arrive(one->remote(), keeper_.host.name());
    if (!asked) return keeper_.book.refused_by_admission();
    scope = std::move(*asked);
  }
  auto counted =
      std::make_unique<counted_stream>(std::move(one), keeper_.book, link_origin::accepted);
  if (scope) counted->watch(*scope);
  const auto accepted = accepted_;
  (*accepted)({.bytes = std::move(counted), .scope = std::move(scope)});
  // The user may destroy this: nothing may follow.
}

// The caller drops the stream, which resets it.
void link_listener::refuse() {
  keeper_.book.refused_too_many();
  if (std::exchange(full_, true)) return;
  keeper_.host.log().warn("connections are closed at once: connections_max is reached",
                          {{"at", to_string(local())},
                           {"connections_max", keeper_.limits.connections_max},
                           {"remedy", "raise connections_max, or find who connects so often"}});
}

void link_listener::hold_back() {
  const time_point now = keeper_.host.now();
  gate_.pass(now);
  const duration wait = gate_.wait(now);
  if (wait == duration::zero()) return;
  keeper_.book.accepting_paused();
  next_->arm(wait);
  apply();
}

}  // namespace mw::transports
