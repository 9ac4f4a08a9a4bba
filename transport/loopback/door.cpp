// door: who listens where inside one instance of the transport, and who waits to be let in.
// SPDX-License-Identifier: Apache-2.0
#include "door.h"

#include <utility>

namespace mw::loopback {

door::door(const host& h, doors& book, const endpoint& at, function<void(link)> accepted)
    : book_(book),
      at_(at),
      accepted_(std::make_shared<function<void(link)>>(std::move(accepted))),
      next_turn_(h.make_timer([this] { let_in_one(); })) {
  book_.emplace(at_, this);
}

door::~door() {
  book_.erase(at_);
}

void door::resume() {
  paused_ = false;
  next_turn_->arm(duration::zero());
}

void door::knock(stream_ptr end) {
  waiting_.push_back(std::move(end));
  next_turn_->arm(duration::zero());
}

void door::let_in_one() {
  if (paused_ || waiting_.empty()) return;
  stream_ptr end = std::move(waiting_.front());
  waiting_.pop_front();
  if (!waiting_.empty()) next_turn_->arm(duration::zero());
  const auto accepted = accepted_;
  (*accepted)({std::move(end), ""});  // the user may destroy this: nothing may follow
}

}  // namespace mw::loopback
