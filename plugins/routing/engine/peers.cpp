// peers: found by name of the channel, by node id and by the balancer's key.
// SPDX-License-Identifier: Apache-2.0
#include "engine/peers.h"

#include "wire/envelope.h"

#include <algorithm>

namespace mw::routing {
namespace {

auto lower(const std::vector<offered_name>& list, std::uint64_t hash) {
  return std::lower_bound(list.begin(), list.end(), hash,
                          [](const offered_name& n, std::uint64_t h) { return n.hash < h; });
}

std::vector<std::string> names_of(const std::vector<offered_name>& list) {
  std::vector<std::string> names;
  for (const offered_name& n : list) names.push_back(n.name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

const offered_name* peer::offers(std::uint64_t hash) const {
  const auto at = lower(services, hash);
  return at != services.end() && at->hash == hash ? &*at : nullptr;
}

bool peer::in_group(std::uint64_t hash, std::string_view name) const {
  const auto at = lower(groups, hash);
  return at != groups.end() && at->hash == hash && at->name == name;
}

peer& peer_book::add_self(std::string id, std::string zone) {
  auto self = std::make_unique<peer>();
  self->self = true;
  self->view.id = std::move(id);
  self->view.zone = std::move(zone);
  self->view.state = peer_state::up;
  peers_.push_back(std::move(self));
  set_key(*peers_.front());
  return *peers_.front();
}

peer* peer_book::update(const peer_view& view) {
  peer* known = find(view.ref);
  if (known == nullptr) {
    if (free_.empty() && peers_.size() >= peers_max) return nullptr;
    std::uint32_t index = static_cast<std::uint32_t>(peers_.size());
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    } else {
      peers_.emplace_back();
    }
    peers_[index] = std::make_unique<peer>();
    known = peers_[index].get();
    known->index = index;
    by_ref_.set({number_of(view.ref)}, index);
  }
  const bool other_id = known->view.id != view.id;
  if (other_id && known->key != 0) by_key_.erase({std::exchange(known->key, 0)});
  known->view = view;
  if (other_id) set_key(*known);
  ++version_;
  return known;
}

void peer_book::set_key(peer& p) {
  if (p.view.id.empty()) return;
  const std::uint64_t key = service_hash(p.view.id);
  if (by_key_.find({key})) return;  // two nodes of one id or hash: only the first is asked
  p.key = key;
  by_key_.set({key}, p.index);
  if (!p.self) p.weight = opinions_.score_of(p.view.id);
}

void peer_book::remove(peer& gone) {
  by_ref_.erase({number_of(gone.view.ref)});
  if (peer*& kept = recent_[gone.view.ref.slot % recent_.size()]; kept == &gone) kept = nullptr;
  if (gone.key != 0) by_key_.erase({gone.key});
  const std::uint32_t index = gone.index;
  opinions_.forget(gone.view.id);
  peers_[index].reset();
  free_.push_back(index);
  // Its twin, if there is one, can be asked now.
  for (const std::unique_ptr<peer>& p : peers_)
    if (p != nullptr && p->key == 0) set_key(*p);
  ++version_;
}

peer* peer_book::look_up(peer_ref ref) {
  const auto index = by_ref_.find({number_of(ref)});
  if (!index) return nullptr;
  return recent_[ref.slot % recent_.size()] = peers_[*index].get();
}

peer* peer_book::find_key(candidate_key key) {
  const auto index = by_key_.find({key});
  return index ? peers_[*index].get() : nullptr;
}

peer* peer_book::find_id(std::string_view id) {
  peer* const found = find_key(service_hash(id));
  return found != nullptr && found->view.id == id ? found : nullptr;
}

bool peer_book::heard(const health_changed& told) {
  if (!opinions_.hear(told)) return false;
  peer* const p = find_id(told.subject);
  const double weight = opinions_.score_of(told.subject);
  if (p == nullptr || p->self || p->weight == weight) return true;
  p->weight = weight;
  ++version_;
  return true;
}

void peer_book::change(std::vector<offered_name>& list, const std::string& name, bool add) {
  const std::uint64_t hash = service_hash(name);
  const auto at = lower(list, hash);
  const bool there = at != list.end() && at->hash == hash;
  if (add && !there)
    list.insert(at, {hash, name});
  else if (!add && there && at->name == name)
    list.erase(at);
}

bool peer_book::take_table(peer& from, const table_message& table) {
  const bool full = table.what == table_message::form::full;
  const bool same_life = table.life == from.table_life;
  if (same_life && table.version <= from.table_version) return true;  // known already
  if (!full && (!same_life || table.base > from.table_version)) return false;
  if (full) {
    from.services.clear();
    from.groups.clear();
  }
  for (const table_change& c : table.changes) {
    const bool group = c.what >= table_change::kind::add_group;
    const bool add =
        c.what == table_change::kind::add_service || c.what == table_change::kind::add_group;
    std::vector<offered_name>& list = group ? from.groups : from.services;
    if (!add || list.size() < names_per_table) change(list, c.name, add);
  }
  from.table_life = table.life;
  from.table_version = table.version;
  ++version_;
  return true;
}

std::vector<member> peer_book::members() const {
  std::vector<member> all;
  for (const std::unique_ptr<peer>& p : peers_)
    if (p != nullptr)
      all.push_back({.id = p->view.id,
                     .zone = p->view.zone,
                     .address = p->view.address,
                     .state = p->view.state,
                     .services = names_of(p->services),
                     .groups = names_of(p->groups),
                     .self = p->self});
  std::sort(all.begin(), all.end(), [](const member& a, const member& b) { return a.id < b.id; });
  return all;
}

}  // namespace mw::routing
