// door: connections in, links out.
// SPDX-License-Identifier: Apache-2.0
#include "links/door.h"

#include <algorithm>
#include <utility>

namespace mw::tls {

arrivals::arrivals(works& shared, step_queue& steps) : shared_(shared), steps_(steps) {}

void arrivals::add(link carrier, std::shared_ptr<doorway> to) {
  while (all_.size() >= shared_.opt.handshakes)
    all_.front().doing->give_up({refusal::too_many, {}, -1});
  handshake_owner& us = *this;
  auto doing = std::make_unique<handshake>(
      shared_, steps_, us,
      handshake::task{std::move(carrier), side::listener, {}, {}, shared_.opt.handshake_deadline});
  handshake& one = *doing;
  all_.push_back({std::move(doing), std::move(to)});
  one.start();
}

arrivals::arrival arrivals::remove(const handshake& done) {
  const auto at = std::find_if(all_.begin(), all_.end(),
                               [&done](const arrival& one) { return one.doing.get() == &done; });
  if (at == all_.end()) return {};
  arrival found = std::move(*at);
  all_.erase(at);
  return found;
}

void arrivals::on_linked(handshake& from, link made) {
  const arrival found = remove(from);
  const std::shared_ptr<doorway> to = found.to;
  if (to == nullptr || !to->open) return;
  if (to->paused) {
    if (to->ready.size() < shared_.opt.handshakes) to->ready.push_back(std::move(made));
    return;
  }
  to->accepted(std::move(made));
}

void arrivals::on_refused(handshake& from, const verdict&) {
  (void)remove(from);
}

void arrivals::forget(const std::shared_ptr<doorway>& gone) {
  gone->open = false;
  std::erase_if(all_, [&gone](const arrival& one) { return one.to == gone; });
}

door::door(works& shared, arrivals& all, function<void(link)> accepted)
    : all_(all),
      way_(std::make_shared<arrivals::doorway>()),
      next_turn_(shared.node.make_timer([this] { let_in_one(); })) {
  way_->accepted = std::move(accepted);
}

door::~door() {
  all_.forget(way_);
  way_->ready.clear();
}

status door::open(transport& over, const endpoint& at) {
  MW_TRY(carrier_, over.listen(at, [this](link arrived) { all_.add(std::move(arrived), way_); }));
  return {};
}

void door::pause() {
  way_->paused = true;
  carrier_->pause();
}

void door::resume() {
  way_->paused = false;
  carrier_->resume();
  if (!way_->ready.empty()) next_turn_->arm(duration::zero());
}

void door::let_in_one() {
  if (way_->paused || way_->ready.empty()) return;
  link one = std::move(way_->ready.front());
  way_->ready.pop_front();
  if (!way_->ready.empty()) next_turn_->arm(duration::zero());
  const auto way = way_;
  way->accepted(std::move(one));  // the user may destroy this: nothing may follow
}

}  // namespace mw::tls
