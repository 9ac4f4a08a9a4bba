// ledger: connections come, say who they are, and go.
// SPDX-License-Identifier: Apache-2.0
#include "core/ledger.h"

#include <mw/assert.h>

#include <algorithm>
#include <utility>

namespace mw::firewall {
namespace {

constexpr std::size_t listeners_max = 64;
constexpr std::string_view other_listeners = "other";

void subtract(std::map<network, std::uint32_t>& counts, const network& key) {
  const auto there = counts.find(key);
  if (there == counts.end()) return;
  if (--there->second == 0) counts.erase(there);
}

std::uint32_t count_in(const std::map<network, std::uint32_t>& counts, const network& key) {
  const auto there = counts.find(key);
  return there == counts.end() ? 0 : there->second;
}

}  // namespace

network address_key(const ip_address& one) {
  return network_of(one, one.is_v4() ? 128 : 64);
}

network network_key(const ip_address& one) {
  return network_of(one, one.is_v4() ? 96 + 24 : 48);
}

ledger::ledger(rules by, std::uint64_t seed)
    : rules_(std::move(by)),
      standings_(rules_.addresses, hash_mix(seed, 0)),
      bans_(rules_.bans_max) {
  system_.limits = &rules_.system;
  unproved_.limits = &rules_.unproved.limits;
  for (const connection_rate& one : rules_.rates)
    rates_.push_back({one, {rules_.addresses, hash_mix(seed, rates_.size() + 1)}});
}

refusal ledger::refuse(refusal why) {
  if (why == refusal::none) return why;
  ++refused_[static_cast<std::size_t>(why)];
  ++all_refused_;
  return why;
}

listener_account& ledger::door(std::string_view name, const std::string*& kept) {
  auto there = listeners_.find(name);
  if (there == listeners_.end() && listeners_.size() >= listeners_max)
    there = listeners_.find(other_listeners);
  if (there == listeners_.end()) {
    const bool full = listeners_.size() >= listeners_max;
    there = listeners_.emplace(full ? other_listeners : name, listener_account{}).first;
    there->second.own.limits = &rules_.listener;
    there->second.number = static_cast<std::uint32_t>(listeners_.size());
  }
  kept = &there->first;
  return there->second;
}

// Its own account and all above.
account_path ledger::path_of(member& who) {
  account_path path;
  path.add(&who.own, level::connection);
  if (who.peer != nullptr) path.add(&who.peer->own, level::peer);
  if (who.unproved) path.add(&unproved_, level::unproved);
  path.add(&who.listener->own, level::listener);
  path.add(&system_, level::system);
  return path;
}

// ---- who comes in ------------------------------------------------------------------------------

refusal ledger::arrive(member& who, const std::optional<ip_address>& from,
                       std::string_view listener, time_point now) {
  MW_ASSERT(who.serial == 0, "a member arrives once");
  who.from = from;
  const std::string* name = nullptr;
  listener_account& at = door(listener, name);
  who.listener = &at;
  who.listener_name = name;
  const refusal why = admit(who, now);
  if (why == refusal::none) return why;
  ++at.refused;
  who.listener = nullptr;
  return refuse(why);
}

refusal ledger::admit(member& who, time_point now) {
  if (const refusal why = admit_address(who, now); why != refusal::none) return why;
  if (system_.memory >= rules_.newcomers_below) return refusal::memory_pressure;
  if (const refusal why = admit_unproved(who); why != refusal::none) return why;
  who.own.limits = &rules_.connection;
  who.began = now;
  account_path path = path_of(who);
  if (const refusal why = path.take_connection(); why != refusal::none) return why;
  if (newcomers_.size() >= rules_.unproved.total) evict_oldest();
  who.serial = ++serial_;
  members_.emplace(who.serial, &who);
  begin_unproved(who);
  for (const auto& rule : rules_.connection_frames)
    if (rule && !who.frames) who.frames = std::make_unique<frame_meters>();
  return refusal::none;
}

// Lists, bans and rates. Rates are those of each listener: forged packets at one of them must not
// use up what their pretended sender has at another. What has no address is on this machine: the
// file's mode is its list.
refusal ledger::admit_address(member& who, time_point now) {
  if (!who.from) {
    who.exempt = true;
    return refusal::none;
  }
  const auto listed = lists_.find(*who.from);
  if (listed == static_cast<prefix_trie::value_type>(listing::deny)) return refusal::denied_list;
  if (!listed && rules_.default_deny) return refusal::not_listed;
  who.exempt = listed == static_cast<prefix_trie::value_type>(listing::exempt);
  if (const ban* one = bans_.find(*who.from, now)) {
    if (one->why == ban_cause::person) return refusal::banned;
    if (!who.exempt) return refusal::cooling_down;
  }
  if (who.exempt) return refusal::none;
  for (rate_table& table : rates_) {
    const unsigned bits = who.from->is_v4() ? 96u + table.rule.v4_bits : table.rule.v6_bits;
    meter& used = table.records.at({network_of(*who.from, bits), who.listener->number}, now).used;
    if (!used.take(table.rule.allowed, now)) return refusal::rate;
  }
  return refusal::none;
}

refusal ledger::admit_unproved(const member& who) const {
  if (who.exempt) return refusal::none;
  if (count_in(addresses_, address_key(*who.from)) >= rules_.unproved.per_address)
    return refusal::unproved_address;
  if (count_in(networks_, network_key(*who.from)) >= rules_.unproved.per_network)
    return refusal::unproved_network;
  return refusal::none;
}

// Only lists and bans by people: whom this node dials, it has chosen.
refusal ledger::depart(member& who, const std::optional<ip_address>& to, std::string_view transport,
                       time_point now) {
  MW_ASSERT(who.serial == 0, "a member departs once");
  who.from = to;
  who.dialled = true;
  who.exempt = true;  // from cool-downs: what a peer we chose does is no attack
  if (to) {
    const auto listed = lists_.find(*to);
    if (listed == static_cast<prefix_trie::value_type>(listing::deny))
      return refuse(refusal::denied_list);
    if (!listed && rules_.default_deny) return refuse(refusal::not_listed);
    const ban* const one = bans_.find(*to, now);
    if (one != nullptr && one->why == ban_cause::person) return refuse(refusal::banned);
  }
  who.listener = &door(transport, who.listener_name);
  who.own.limits = &rules_.connection;
  who.began = now;
  account_path path = path_of(who);
  if (const refusal why = path.take_connection(); why != refusal::none) {
    who.listener = nullptr;
    return refuse(why);
  }
  who.serial = ++serial_;
  members_.emplace(who.serial, &who);
  return refusal::none;
}

// ---- those that have not said who they are -----------------------------------------------------

void ledger::begin_unproved(member& who) {
  who.unproved = true;
  ++unproved_.connections;
  newcomers_.emplace(who.serial, &who);
  if (!who.from) return;
  ++addresses_[address_key(*who.from)];
  ++networks_[network_key(*who.from)];
}

void ledger::end_unproved(member& who) {
  if (!who.unproved) return;
  who.unproved = false;
  --unproved_.connections;
  unproved_.memory -= std::min(unproved_.memory, who.own.memory);
  unproved_.streams -= std::min(unproved_.streams, who.own.streams);
  newcomers_.erase(who.serial);
  if (!who.from) return;
  subtract(addresses_, address_key(*who.from));
  subtract(networks_, network_key(*who.from));
}

void ledger::evict_oldest() {
  if (!newcomers_.empty()) evict(*newcomers_.begin()->second, refusal::unproved_total);
}

void ledger::evict(member& who, refusal why) {
  if (std::exchange(who.evicted, true)) return;
  end_unproved(who);
  evictions_.push_back({&who, why});
  (void)refuse(why);
}

refusal ledger::prove(member& who, std::string_view identity, bool proven) {
  MW_ASSERT(who.serial != 0, "only members say who they are");
  if (who.peer != nullptr || who.evicted) return refusal::none;
  std::string name(identity);
  if (!proven) name += who.from ? " at " + to_string(*who.from) : " on this machine";
  auto there = peers_.find(name);
  if (there == peers_.end()) {
    there = peers_.emplace(std::move(name), peer_account{}).first;
    there->second.own.limits = &rules_.peer;
    there->second.proven = proven;
  }
  account_path path;
  path.add(&there->second.own, level::peer);
  refusal why = path.take_connection();
  if (why == refusal::none) {
    why = path.take_memory(who.own.memory);
    if (why != refusal::none) path.give_connection();
  }
  if (why != refusal::none) {
    if (there->second.own.connections == 0) peers_.erase(there);
    return refuse(why);
  }
  there->second.own.streams += who.own.streams;
  end_unproved(who);
  who.peer = &there->second;
  who.peer_name = &there->first;
  return refusal::none;
}

void ledger::release_peer(member& who) {
  if (who.peer == nullptr) return;
  peer_account& peer = *std::exchange(who.peer, nullptr);
  const std::string& name = *std::exchange(who.peer_name, nullptr);
  if (peer.own.connections == 0) peers_.erase(peers_.find(name));
}

void ledger::leave(member& who) {
  if (who.serial == 0) return;
  std::erase_if(evictions_, [&who](const eviction& one) { return one.who == &who; });
  account_path path;
  path.add(who.peer != nullptr ? &who.peer->own : nullptr, level::peer);
  path.add(&who.listener->own, level::listener);
  path.add(&system_, level::system);
  end_unproved(who);
  path.give_memory(who.own.memory);
  path.give_streams(who.own.streams);
  path.give_connection();
  release_peer(who);
  members_.erase(who.serial);
  who.serial = 0;
  who.own = {};
}

}  // namespace mw::firewall
