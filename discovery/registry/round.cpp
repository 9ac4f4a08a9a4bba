// round: see round.h.
// SPDX-License-Identifier: Apache-2.0
#include "round.h"

#include <utility>

namespace mw::registry {

round::round(const host& node, std::vector<discovery*> sources, duration patience, listener& to)
    : patience_(patience),
      listener_(to),
      self_(std::make_shared<round*>(this)),
      limit_(node.make_timer([this] { out_of_patience(); })) {
  for (discovery* one : sources) asked_.push_back({.source = one});
}

void round::begin() {
  if (running()) return;
  ++count_;
  open_ = asked_.size();
  succeeded_ = 0;
  worst_ = {};
  limit_->arm(patience_);
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    asked_[i].counts = true;
    if (std::exchange(asked_[i].pending, true)) continue;
    asked_[i].source->refresh([self = self_, i](const status& outcome) {
      if (*self != nullptr) (*self)->answer(i, outcome);
    });
  }
}

void round::answer(std::size_t index, const status& outcome) {
  asked_[index].pending = false;
  settle(index, outcome);
}

void round::settle(std::size_t index, const status& outcome) {
  listener_.answered(index, outcome);
  if (!std::exchange(asked_[index].counts, false)) return;
  if (outcome)
    ++succeeded_;
  else
    worst_ = outcome;
  if (--open_ > 0) return;
  limit_->cancel();
  listener_.round_over(succeeded_ > 0 ? status{} : worst_);
}

void round::out_of_patience() {
  for (std::size_t i = 0; i < asked_.size(); ++i)
    if (asked_[i].counts)
      settle(i, failure(errc::timed_out, "no answer within " + mw::to_string(patience_)));
}

}  // namespace mw::registry
