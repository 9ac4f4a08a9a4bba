// waiters: a bounded list, and a timer for those it had no room for.
// SPDX-License-Identifier: Apache-2.0
#include "common/sources/waiters.h"

#include <utility>

namespace mw::sources {

waiters::waiters(const host& node, const std::string& prefix)
    : refusals_(node.counter(prefix + "refresh_refused_total",
                             "Calls of refresh() beyond the 1,024 that may wait.")),
      refusing_(node.make_timer([this] { refuse(); })) {}

void waiters::add(done_function done) {
  if (waiting_.size() < waiting_max) return waiting_.push_back(std::move(done));
  refusals_.add();
  if (refused_.empty()) refusing_->arm(duration::zero());
  refused_.push_back(std::move(done));
}

void waiters::answer(const status& outcome) {
  for (const done_function& done : take()) done(outcome);
}

std::vector<waiters::done_function> waiters::take() {
  return std::exchange(waiting_, {});
}

void waiters::refuse() {
  const status full(errc::overloaded,
                    "waiting_max: " + std::to_string(waiting_max) + " calls of refresh() wait");
  for (const done_function& done : std::exchange(refused_, {})) done(full);
}

}  // namespace mw::sources
