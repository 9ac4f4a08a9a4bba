// peer_book: see peer_book.h.
// SPDX-License-Identifier: Apache-2.0
#include "peers/peer_book.h"

#include <algorithm>
#include <utility>

namespace mw::pool {

std::string_view to_string(meeting outcome) noexcept {
  switch (outcome) {
    case meeting::welcome:
      return "welcome";
    case meeting::ourselves:
      return "ourselves";
    case meeting::our_double:
      return "our_double";
    case meeting::two_lives:
      return "two_lives";
    case meeting::impostor:
      return "impostor";
    case meeting::full:
      return "full";
  }
  return "unknown";
}

peer* peer_book::add() {
  if (peers_.count() >= limit_) return nullptr;
  return &peers_.add([](peer_ref ref) {
    auto made = std::make_unique<peer>();
    made->view.ref = ref;
    return made;
  });
}

peer* peer_book::find_id(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : peers_.find(found->second);
}

void peer_book::name(peer& p, const std::string& id) {
  p.view.id = id;
  by_id_[id] = p.view.ref;
}

void peer_book::give_address(peer& to, const std::string& address) {
  const auto known = by_address_.find(address);
  if (known != by_address_.end() && known->second != to.view.ref)
    if (peer* const before = peers_.find(known->second)) take_address(*before, address);
  by_address_[address] = to.view.ref;
  std::erase(to.addresses, address);
  to.addresses.insert(to.addresses.begin(), address);
  to.view.address = address;
  to.next_address = 0;
}

void peer_book::take_address(peer& from, const std::string& address) {
  std::erase(from.addresses, address);
  from.view.address = from.addresses.empty() ? std::string() : from.addresses.front();
  const auto known = by_address_.find(address);
  if (known != by_address_.end() && known->second == from.view.ref) by_address_.erase(known);
  changed(from);
}

bool peer_book::found(const peer_found& event) {
  if (event.id == own_id_ || own_addresses_.contains(event.address)) return true;
  peer* at_id = event.id.empty() ? nullptr : find_id(event.id);
  const auto known = by_address_.find(event.address);
  peer* at_address = known == by_address_.end() ? nullptr : peers_.find(known->second);
  peer* p = at_id != nullptr ? at_id : at_address;
  // The address of a node with another id: that one has moved away, or will be found again.
  if (p != nullptr && !event.id.empty() && !p->view.id.empty() && p->view.id != event.id)
    p = nullptr;
  if (p == nullptr) p = add();
  if (p == nullptr) return false;
  const bool is_new = p->listings.empty() && p->addresses.empty();
  if (!event.id.empty() && p->view.id.empty()) name(*p, event.id);
  if (at_id != nullptr && at_address != nullptr && at_id != at_address &&
      at_address->view.id.empty())
    merge(*p, *at_address);
  if (!event.zone.empty()) p->view.zone = event.zone;

  const auto same_source = [&](const peer::listing& l) { return l.source == event.source; };
  const bool listed_there = std::any_of(
      p->listings.begin(), p->listings.end(),
      [&](const peer::listing& l) { return same_source(l) && l.address == event.address; });
  if (!listed_there && p->listings.size() < 16)
    p->listings.push_back({event.source, event.address});
  const bool new_address =
      std::find(p->addresses.begin(), p->addresses.end(), event.address) == p->addresses.end();
  if (new_address) {
    give_address(*p, event.address);
    p->dial_from = {};  // news is worth a try at once
  }
  if (is_new || new_address || !listed_there) changed(*p);
  return true;
}

void peer_book::lost(const peer_lost& event, time_point now) {
  own_addresses_.erase(event.address);
  peer* p = event.id.empty() ? nullptr : find_id(event.id);
  if (p == nullptr) {
    const auto known = by_address_.find(event.address);
    if (known != by_address_.end()) p = peers_.find(known->second);
  }
  if (p == nullptr) return;
  std::erase_if(p->listings, [&](const peer::listing& l) {
    return l.source == event.source && (event.address.empty() || l.address == event.address);
  });
  const bool elsewhere =
      std::any_of(p->listings.begin(), p->listings.end(),
                  [&](const peer::listing& l) { return l.address == event.address; });
  if (!elsewhere && !event.address.empty()) take_address(*p, event.address);
  if (p->listings.empty()) {
    p->quiet_since = now;
    for (const std::string& address : std::vector<std::string>(p->addresses))
      take_address(*p, address);
  }
}

peer_book::met peer_book::meet(const introduction& hello, peer_ref dialled, const std::string& at,
                               time_point now) {
  peer* const expected = peers_.find(dialled);
  if (!hello.proved.empty() && hello.proved != hello.id) return {meeting::impostor};
  if (hello.id == own_id_) {
    if (hello.life != own_life_) return {meeting::our_double};
    own_addresses_.insert(at);
    if (expected != nullptr) {
      take_address(*expected, at);
      if (expected->addresses.empty()) remove(*expected);
    }
    return {meeting::ourselves};
  }
  peer* known = find_id(hello.id);
  if (known != nullptr && !known->links.empty()) {
    if (known->view.identity != hello.identity) return {meeting::impostor};
    if (known->view.life != hello.life) return {meeting::two_lives};
  }
  peer* p = known;
  if (expected != nullptr && expected->view.id.empty()) {
    if (known == nullptr) {
      p = expected;
      name(*p, hello.id);
    } else if (known != expected) {
      merge(*known, *expected);
    }
  } else if (expected != nullptr && expected != known) {
    // Somebody else lives at that address now.
    take_address(*expected, at);
  }
  if (p == nullptr) p = add();
  if (p == nullptr) return {meeting::full};
  if (p->view.id.empty()) name(*p, hello.id);
  if (expected != nullptr && expected != p && !at.empty()) give_address(*p, at);
  p->view.life = hello.life;
  p->view.identity = hello.identity;
  if (!hello.zone.empty()) p->view.zone = hello.zone;
  p->quiet_since = now;
  changed(*p);
  return {meeting::welcome, p};
}

// `from` knew an address only; it was the same node all along.
void peer_book::merge(peer& into, peer& from) {
  for (const std::string& address : std::vector<std::string>(from.addresses)) {
    take_address(from, address);
    give_address(into, address);
  }
  for (peer::listing& l : from.listings)
    if (into.listings.size() < 16) into.listings.push_back(std::move(l));
  into.dialling += from.dialling;
  from.dialling = 0;
  into.waiting.append(std::move(from.waiting));
  into.wants_room = into.wants_room || from.wants_room;
  remove(from);
  changed(into);
}

void peer_book::remove(peer& p) {
  for (const std::string& address : std::vector<std::string>(p.addresses)) take_address(p, address);
  const auto named = by_id_.find(p.view.id);
  if (named != by_id_.end() && named->second == p.view.ref) by_id_.erase(named);
  p.view.state = peer_state::gone;
  p.view.links = 0;
  const std::unique_ptr<peer> last = peers_.remove(p.view.ref);
  std::erase(news_.changed, last->view.ref);
  news_.gone.push_back(std::move(*last));
}

void peer_book::forget_quiet(time_point before) {
  std::vector<peer*> quiet;
  peers_.each([&](peer& p) {
    if (!p.listed() && p.links.empty() && p.dialling == 0 && p.quiet_since <= before)
      quiet.push_back(&p);
  });
  for (peer* const p : quiet) remove(*p);
}

}  // namespace mw::pool
