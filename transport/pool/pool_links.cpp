// pool_links: connections begin, are welcomed, and end.
// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <algorithm>
#include <utility>

namespace mw::pool {

namespace {

mishap mishap_of(const failure& why) {
  if (why.kind() == errc::timed_out) return mishap::dial_timeout;
  return why.kind() == errc::denied ? mishap::dial_denied : mishap::dial_refused;
}

std::string explain(const connection& who, const introduction& hello, meeting outcome) {
  const std::string name = "node id '" + hello.id + "'";
  switch (outcome) {
    case meeting::our_double:
      return "this node has " + name + ", too: give each node an id of its own";
    case meeting::two_lives:
      return name +
             " is connected in another life: wait until that is over, or give each node an "
             "id of its own";
    case meeting::impostor:
      if (!hello.proved.empty() && hello.proved != hello.id)
        return name + " is not that of '" + who.identity() + "', which is '" + hello.proved + "'";
      return name + " belongs to another identity than '" + who.identity() + "'";
    case meeting::full:
      return "no room for another peer, see peers";
    case meeting::ourselves:
      return "this is ourselves";
    case meeting::welcome:
      break;
  }
  return "welcome";
}

}  // namespace

status pool::listen() {
  for (const endpoint& at : carrier_.configured()) {
    MW_TRY(listener_ptr door,
           carrier_.listen(at, [this](link from) { accepted(std::move(from)); }));
    if (user_ == nullptr) door->pause();
    host_.log().info("listening", {{"at", mw::to_string(door->local())}});
    doors_.push_back(std::move(door));
  }
  return {};
}

std::optional<endpoint> pool::reachable() const {
  if (opt_.advertise) return opt_.advertise;
  for (const listener_ptr& door : doors_) {
    const endpoint at = door->local();
    if (others_reach(at)) return at;
  }
  return std::nullopt;
}

// ---- beginnings --------------------------------------------------------------------------------

void pool::accepted(link from) {
  if (user_ == nullptr || draining_) return;  // the stream goes, which resets it
  make_room_for_stranger();
  begin(std::move(from), {.began = host_.now()});
}

void pool::dialled(dial& one, result<link> outcome) {
  one.over = true;
  peer* const p = book_.find(one.to);
  wake_now();  // looks for the next dial, and drops this one
  if (p == nullptr || draining_) return;
  if (!outcome) return dial_failed(*p, outcome.error());
  metrics_.connect.record(host_.now() - one.began);
  begin(std::move(*outcome), {.ref = {},
                              .dialled = one.to,
                              .address = one.address,
                              .began = host_.now(),
                              .lifetime = draw_lifetime(opt_.lifetime, dice_)});
}

void pool::begin(link from, connection::origin how) {
  make_room_for_link();
  connection& made = links_.add([&](link_ref ref) {
    how.ref = ref;
    return std::make_unique<connection>(shared_, std::move(from), std::move(how));
  });
  made.start();
  wake_at(host_.now() + opt_.handshake_deadline);
}

void pool::dial_failed(peer& p, const failure& why) {
  if (p.dialling > 0) --p.dialling;
  p.view.refused = why.kind() == errc::disconnected ? p.view.refused + 1 : 0;
  metrics_.failed(mishap_of(why));
  const duration pause = retry_later(p, duration::zero());
  host_.log().debug("a dial failed",
                    {{"peer", p.name()}, {"why", why}, {"again in", mw::to_string(pause)}});
  set_state(p);
}

// A connection that lasted was a success; one that broke at once counts as a failed dial, so that
// peers which close what they have just opened do not keep us busy.
duration pool::retry_later(peer& p, duration lasted) {
  if (lasted >= opt_.keep_alive) p.retry.succeeded();
  const duration pause = p.retry.failed(opt_.retry_from, opt_.retry_to, dice_);
  p.dial_from = host_.now() + pause;
  wake_at(p.dial_from);
  return pause;
}

// Strangers are many when somebody floods us: the oldest one that has not said who it is goes.
void pool::make_room_for_stranger() {
  std::size_t strangers = 0;
  connection* oldest = nullptr;
  links_.each([&](connection& one) {
    if (one.state() != phase::greeting || one.dialled()) return;
    ++strangers;
    if (oldest == nullptr || one.how().began < oldest->how().began) oldest = &one;
  });
  if (strangers < opt_.unproved || oldest == nullptr) return;
  metrics_.evicted(eviction::unproved);
  oldest->abandon({errc::overloaded, "too many connections that do not say who they are"});
}

// Of all connections that nobody uses the one unused for longest makes room.
void pool::make_room_for_link() {
  if (links_.count() < opt_.connections_total) return;
  connection* quietest = nullptr;
  links_.each([&](connection& one) {
    if (!one.usable() || one.open() > 0 || one.queued() > 0) return;
    if (quietest == nullptr || one.last_used() < quietest->last_used()) quietest = &one;
  });
  if (quietest == nullptr) return;
  metrics_.evicted(eviction::lru);
  quietest->drain({errc::overloaded, "evicted: connections_total is reached"});
}

// ---- who it is ---------------------------------------------------------------------------------

status pool::on_hello(connection& who, const introduction& hello) {
  const auto [outcome, p] = book_.meet(hello, who.how().dialled, who.how().address, host_.now());
  if (outcome == meeting::welcome) {
    if (!who.dialled() && p->links.empty())
      joining_.publish({hello.id, mw::to_string(who.remote())});
    who.belongs_to(p->view.ref);
    wake_now();
    return {};
  }
  if (outcome != meeting::ourselves && outcome != meeting::full) conflict(who, hello, outcome);
  if (outcome == meeting::full) metrics_.refused(refusal::peers);
  wake_now();
  return {errc::denied, explain(who, hello, outcome)};
}

void pool::conflict(const connection& who, const introduction& hello, meeting outcome) {
  metrics_.alerts.add();
  const std::string text = explain(who, hello, outcome);
  host_.log().warn(
      "a node id is not unique",
      {{"id", hello.id}, {"from", mw::to_string(who.remote())}, {"what", to_string(outcome)}});
  alerts_.publish({"identity_conflict", hello.id, mw::to_string(who.remote()) + ": " + text});
}

void pool::on_ready(connection& who) {
  peer* p = book_.find(who.peer());
  if (p == nullptr) return who.drain({errc::disconnected, "the peer is not known any more"});
  if (who.dialled() && p->dialling > 0) --p->dialling;
  p->links.push_back(who.ref());
  p->view.refused = 0;
  set_state(*p);
  link_up_.publish({p->view.id, mw::to_string(who.remote()), carrier_name_});
  host_.log().info(
      "connected",
      {{"peer", p->view.id}, {"at", mw::to_string(who.remote())}, {"dialled", who.dialled()}});
  tell_news();
  place_waiting(*p, who);
  p = book_.find(who.peer());
  if (p != nullptr && p->waiting.empty() && std::exchange(p->wants_room, false))
    user_->on_room(p->view.ref);
  wake_now();
}

void pool::on_arrival(connection& who, const message_head& head, const payload& body, bool& hold) {
  const peer* const p = book_.find(who.peer());
  if (p == nullptr) return;
  user_->on_message({p->view, who.ref(), head, body, hold});
}

void pool::on_room(connection& who) {
  peer* const p = book_.find(who.peer());
  if (p == nullptr) return;
  p->wants_room = false;
  user_->on_room(p->view.ref);
}

// ---- endings -----------------------------------------------------------------------------------

void pool::no_longer_usable(connection& who) {
  peer* const p = book_.find(who.peer());
  if (p == nullptr || std::erase(p->links, who.ref()) == 0) return;
  p->quiet_since = host_.now();
  p->view.last_heard = std::max(p->view.last_heard, who.last_heard());
  set_state(*p);
  wake_now();
}

void pool::on_draining(connection& who) {
  no_longer_usable(who);
}

void pool::on_down(connection& who, const failure& why) {
  peer* const p = book_.find(who.peer().generation != 0 ? who.peer() : who.how().dialled);
  const time_point now = host_.now();
  const bool was_ready = who.ready_since() != time_point{};
  no_longer_usable(who);
  if (!was_ready && who.dialled() && p != nullptr) {
    if (who.peer().generation != 0 || p->view.ref == who.how().dialled) dial_failed(*p, why);
  }
  wake_now();
  if (!was_ready) {
    // A list of peers that all nodes share has each node's own address in it.
    const std::string at = mw::to_string(who.remote());
    if (who.ourselves())
      host_.log().debug("an address is our own", {{"at", at}});
    else if (who.dialled() && why.kind() == errc::denied)  // it stays so until somebody acts
      host_.log().warn("a peer and this node do not match", {{"at", at}, {"why", why}});
    else
      host_.log().info("a connection did not come up", {{"at", at}, {"why", why}});
    return;
  }
  link_down_.publish(
      {p == nullptr ? std::string() : p->view.id, mw::to_string(who.remote()), why.text()});
  host_.log().info("disconnected", {{"peer", p == nullptr ? std::string() : p->view.id},
                                    {"at", mw::to_string(who.remote())},
                                    {"why", why}});
  if (p != nullptr && p->links.empty()) retry_later(*p, now - who.ready_since());
  user_->on_link_closed(who.peer(), who.ref(), why);
  if (p != nullptr && std::exchange(p->wants_room, false)) user_->on_room(p->view.ref);
}

void pool::on_gone(connection& who) {
  (void)links_.remove(who.ref());
  if (draining_) wake_now();
}

}  // namespace mw::pool
