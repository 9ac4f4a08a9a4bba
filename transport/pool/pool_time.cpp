// pool_time: what is due: dials, closings, deadlines, news for the user.
// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <algorithm>
#include <utility>

namespace mw::pool {

namespace {

constexpr duration look_at_least = 1s;  // gauges stay fresh

}  // namespace

void pool::wake_at(time_point when) {
  if (clock_->armed() && when >= wakes_) return;
  wakes_ = when;
  clock_->arm(std::max(when - host_.now(), duration::zero()));
}

// One timer for everything: it is armed for the earliest thing that is due.
void pool::look_around() {
  const time_point now = host_.now();
  wakes_ = time_point{duration::max()};
  std::erase_if(dials_, [](const std::unique_ptr<dial>& one) { return one->over; });
  time_point next = std::min(now + look_at_least, tend_connections(now));
  if (user_ != nullptr) {
    expire_waiting(now);
    book_.forget_quiet(now - opt_.forget_after);
    next = std::min(next, tend_peers(now));
    tell_news();
  }
  update_gauges();
  check_drained();
  wake_at(std::max(next, now + 1ms));
}

time_point pool::tend_connections(time_point now) {
  time_point next{duration::max()};
  links_.each([&](connection& one) { next = std::min(next, one.tick(now)); });
  return next;
}

time_point pool::tend_peers(time_point now) {
  time_point next{duration::max()};
  if (draining_) return next;
  count_dials();
  book_.each([&](peer& p) {
    close_some(p, now);
    const dial_facts facts{now, p.dialling, !p.addresses.empty(), !p.waiting.empty()};
    if (!wants_dial(rules_, facts_of(p), facts)) return;
    if (p.dial_from > now)
      next = std::min(next, p.dial_from);
    else if (dials_.size() < opt_.dials)
      start_dial(p, now);
  });
  return next;
}

// Counted anew each time: peers merge while they are being dialled.
void pool::count_dials() {
  book_.each([](peer& p) { p.dialling = 0; });
  for (const auto& one : dials_)
    if (peer* const p = one->over ? nullptr : book_.find(one->to)) ++p->dialling;
  links_.each([this](const connection& one) {
    if (one.state() != phase::greeting || !one.dialled()) return;
    const bool met = one.peer().generation != 0;
    if (peer* const p = book_.find(met ? one.peer() : one.how().dialled)) ++p->dialling;
  });
}

std::vector<link_facts> pool::facts_of(const peer& p) const {
  std::vector<link_facts> facts;
  for (const link_ref ref : p.links) {
    const connection* const one = links_.find(ref);
    if (one == nullptr) continue;
    facts.push_back({one->dialled(), one->open(), one->congested(), one->ready_since(),
                     one->last_used(), one->lifetime(), one->due()});
  }
  return facts;
}

void pool::close_some(peer& p, time_point now) {
  const bool give_way = ours_.node > p.view.id;
  const auto one = wants_close(rules_, facts_of(p), give_way, now);
  if (!one) return;
  connection* const link = links_.find(p.links[one->index]);
  switch (one->why) {
    case close_reason::surplus:
      metrics_.evicted(eviction::surplus);
      return link->drain({errc::overloaded, "one connection more than connections allows"});
    case close_reason::idle:
      metrics_.evicted(eviction::idle);
      return link->drain({errc::disconnected, "unused for idle_timeout"});
    case close_reason::lifetime:
      metrics_.evicted(eviction::lifetime);
      return link->drain({errc::disconnected, link->due() ? "replaced: credentials have changed"
                                                          : "replaced: its lifetime is over"});
  }
}

void pool::start_dial(peer& p, time_point now) {
  const std::string& address = p.addresses[p.next_address++ % p.addresses.size()];
  const auto to = parse_endpoint(address);
  if (!to) {
    host_.log().warn("an address that cannot be dialled",
                     {{"peer", p.name()}, {"why", to.error()}});
    ++p.dialling;
    return dial_failed(p, to.error());
  }
  auto made = std::make_unique<dial>();
  dial& one = *made;
  one.to = p.view.ref;
  one.address = address;
  one.began = now;
  dials_.push_back(std::move(made));
  ++p.dialling;
  set_state(p);
  one.handle =
      carrier_.dial({.to = *to, .deadline = opt_.dial_deadline, .peer = p.view.identity},
                    [this, &one](result<link> outcome) { dialled(one, std::move(outcome)); });
}

// ---- what the user is told ---------------------------------------------------------------------

void pool::set_state(peer& p) {
  const peer_state before = p.view.state;
  p.view.links = static_cast<std::uint32_t>(p.links.size());
  if (!p.links.empty())
    p.view.state = peer_state::up;
  else if (p.dialling > 0)
    p.view.state = before == peer_state::up || before == peer_state::down ? peer_state::down
                                                                          : peer_state::connecting;
  else
    p.view.state = before == peer_state::known ? peer_state::known : peer_state::down;
  if (p.view.state != before || !p.links.empty()) book_.changed(p);
}

void pool::tell_news() {
  while (book_.has_news()) {
    peer_book::news news = book_.take_news();
    for (peer& gone : news.gone) {
      user_->on_peer(gone.view);
      fail_waiting(gone.waiting, {errc::not_found, "the peer is not known any more"});
    }
    std::sort(news.changed.begin(), news.changed.end(),
              [](peer_ref a, peer_ref b) { return a.slot < b.slot; });
    news.changed.erase(std::unique(news.changed.begin(), news.changed.end()), news.changed.end());
    for (const peer_ref ref : news.changed)
      if (const peer* const p = book_.find(ref)) user_->on_peer(peer_view(p->view));
  }
}

void pool::update_gauges() {
  std::array<std::size_t, link_state_count> count{};
  std::size_t open = 0;
  std::size_t usable = 0;
  std::size_t leaks = 0;
  std::size_t reassembling = 0;
  const time_point old = host_.now() - 60s;
  links_.each([&](connection& one) {
    const bool busy = one.open() > 0 || one.queued() > 0;
    const link_state state = one.state() == phase::greeting ? link_state::connecting
                             : one.state() != phase::ready  ? link_state::draining
                             : busy                         ? link_state::active
                                                            : link_state::idle;
    ++count[static_cast<std::size_t>(state)];
    open += one.open();
    usable += one.usable() ? 1 : 0;
    leaks += one.streams_since(old);
    reassembling += one.reassembling();
  });
  count[static_cast<std::size_t>(link_state::connecting)] += dials_.size();
  for (std::size_t i = 0; i < link_state_count; ++i)
    metrics_.connections(static_cast<link_state>(i), count[i]);
  metrics_.utilisation.set(
      usable == 0 ? 0 : static_cast<double>(open) / (static_cast<double>(usable) * opt_.streams));
  metrics_.leaks.set(static_cast<double>(leaks));
  metrics_.reassembling.set(static_cast<double>(reassembling));
  metrics_.waiters.set(static_cast<double>(waiting_));
  metrics_.peers.set(static_cast<double>(book_.count()));
}

// ---- the world outside -------------------------------------------------------------------------

void pool::found(const peer_found& event) {
  if (!book_.found(event)) metrics_.refused(refusal::peers);
  wake_now();
}

void pool::lost(const peer_lost& event) {
  book_.lost(event, host_.now());
  wake_now();
}

void pool::drain(function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  doors_.clear();
  dials_.clear();
  links_.each([this](connection& one) {
    metrics_.evicted(eviction::stop);
    one.drain({errc::disconnected, "the node is stopping"});
  });
  if (user_ != nullptr)
    book_.each([this](peer& p) {
      fail_waiting(p.waiting, {errc::disconnected, "the node is stopping"});
    });
  wake_now();
}

void pool::check_drained() {
  if (!draining_ || links_.count() > 0 || !drained_) return;
  std::exchange(drained_, {})();
}

}  // namespace mw::pool
