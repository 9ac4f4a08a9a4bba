// agreement: announcements, what they prove, and which pair of keys is used.
// SPDX-License-Identifier: Apache-2.0
#include "core/sealing_core.h"

#include <algorithm>

namespace mw::sealing {
namespace {

constexpr double budget_max = 8;  // announcements of one peer that are looked at at once
constexpr double budget_per_second = 2;
constexpr std::size_t keys_of_peer_max = 8;  // for each key of ours
constexpr duration announce_wait_max = 30s;
constexpr std::uint64_t round_trip_max_ms = 10'000;

std::uint64_t stamp_of(time_point now) {
  return static_cast<std::uint64_t>(now.since_start / 1ms);
}

}  // namespace

peer* sealing_core::find_or_add(std::string_view node) {
  if (peer* const known = find(node)) return known;
  if (node.empty() || node.size() > context_bytes::name_max) return nullptr;
  if (peers_.size() >= limits_.peers_max) {
    count(refusal::peers_full);
    want_rotation();  // frees those that have gone
    return nullptr;
  }
  peer& made = peers_[std::string(node)];
  made.id = node;
  made.budget = budget_max;
  return &made;
}

void sealing_core::meet(std::string_view node, std::uint64_t life, moment at) {
  if (node == self_.node) return;
  peer* const p = life == 0 ? find(node) : find_or_add(node);
  if (p == nullptr) return;
  const bool same = p->life == life;
  p->life = life;
  if (life == 0) {
    p->announce_at.reset();
    return;
  }
  if (!same) {
    // It has forgotten its keys, whatever we think of them.
    for (auto& one : p->pairs) one->proven = false;
    choose_best(*p);
  }
  if (same && p->best != nullptr && !p->announce_at) return;
  p->announce_wait = limits_.announce_every;
  send_announcement(*p, at.now);
}

void sealing_core::send_announcement(peer& to, time_point now) {
  const own_key& own = keys_.current();
  emit(to, write_announcement({stamp_of(now), own.claim, own.signature}));
  if (to.life == 0) return;  // an answer, once
  to.announce_wait = std::max(to.announce_wait, limits_.announce_every);
  to.announce_at = now + to.announce_wait;
  to.announce_wait =
      std::min(to.announce_wait * 2, std::max(announce_wait_max, limits_.announce_every));
}

void sealing_core::send_have(peer& to, const pair& p, bool wants_answer, time_point now) {
  have message{.stamp = stamp_of(now),
               .echo = to.last_stamp,
               .sender_key = p.own,
               .receiver_key = p.theirs,
               .wants_answer = wants_answer,
               .mac = {}};
  message.mac = crypto::hmac_sha256(with_, p.confirm_ours.view(), {mac_input(message)});
  emit(to, write_have(message));
}

void sealing_core::receive(std::string_view from, bytes_view message, moment at) {
  const auto kind = kind_of(message);
  if (!kind) return count(refusal::key_malformed);
  peer* const p = from == self_.node ? nullptr : find_or_add(from);
  if (p == nullptr) return;
  if (!take_budget(*p, at.now)) return count(refusal::key_too_often);
  switch (*kind) {
    case key_message_kind::announce:
      return on_announcement(*p, message, at);
    case key_message_kind::have:
      return on_have(*p, message, at.now);
    case key_message_kind::ask:
      return on_ask(*p, at.now);
  }
}

bool sealing_core::take_budget(peer& from, time_point now) {
  const double seconds = std::chrono::duration<double>(now - from.budget_at).count();
  from.budget = std::min(budget_max, from.budget + seconds * budget_per_second);
  from.budget_at = now;
  if (from.budget < 1) return false;
  from.budget -= 1;
  return true;
}

bool sealing_core::is_current(const key_claim& claim, const peer& from, wall_time wall) {
  if (claim.node != from.id) return count(refusal::key_wrong_node), false;
  if (claim.cluster != self_.cluster) return count(refusal::key_wrong_cluster), false;
  // In milliseconds and without overflow: the numbers are a stranger's.
  const auto now_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(wall.since_epoch / 1ms, 0));
  const auto skew_ms = static_cast<std::uint64_t>(limits_.clock_skew / 1ms);
  const std::uint64_t valid_ms = std::uint64_t{claim.valid_s} * 1000;
  const bool too_early = claim.issued_ms > now_ms && claim.issued_ms - now_ms > skew_ms;
  const bool too_late = claim.issued_ms < now_ms && now_ms - claim.issued_ms > valid_ms + skew_ms;
  if (too_early || too_late) return count(refusal::key_stale), false;
  return true;
}

void sealing_core::on_announcement(peer& from, bytes_view message, moment at) {
  const auto said = read_announcement(message);
  if (!said) return count(refusal::key_malformed);
  const crypto::digest hash = hash_claim(with_, said->claim);
  from.last_stamp = said->stamp;
  pair* p = find_pair(from, short_name(hash), keys_.current().name);
  if (p == nullptr) {
    const auto claim = read_claim(said->claim);
    if (!claim) return count(refusal::key_malformed);
    if (!is_current(*claim, from, at.wall)) return;
    auto origin = notary_.prove(*claim, at.wall);
    if (!origin) return count(refusal::key_untrusted);
    if (!origin->key.verify(claim_to_sign(said->claim), said->signature))
      return count(refusal::key_forged);
    p = add_pair(from, *claim, hash, std::make_shared<const proven_origin>(*std::move(origin)),
                 at.now);
    if (p == nullptr) return;
  } else if (p->retired() || p->their_claim != hash) {
    return count(refusal::key_stale);
  }
  // It has to know our key before what we say with it makes sense.
  if (!p->proven && !from.announce_at) send_announcement(from, at.now);
  send_have(from, *p, !p->proven, at.now);
}

pair* sealing_core::find_pair(peer& of, std::uint64_t theirs, std::uint64_t own) {
  for (auto& one : of.pairs)
    if (one->theirs == theirs && one->own == own) return one.get();
  return nullptr;
}

pair* sealing_core::add_pair(peer& with, const key_claim& claim, const crypto::digest& hash,
                             std::shared_ptr<const proven_origin> origin, time_point now) {
  const own_key& own = keys_.current();
  const auto known = std::count_if(with.pairs.begin(), with.pairs.end(),
                                   [&](const auto& one) { return one->own == own.name; });
  if (static_cast<std::size_t>(known) >= keys_of_peer_max) {
    // Counters of the older ones must stay, so our next key makes room.
    count(refusal::key_too_many);
    want_rotation();
    return nullptr;
  }
  auto made = std::make_unique<pair>(limits_.window);
  made->theirs = short_name(hash);
  made->their_claim = hash;
  made->their_point = claim.point;
  made->their_algorithm = claim.algorithm;
  made->origin = std::move(origin);
  constexpr std::uint32_t valid_max_s = 400 * 24 * 3600;
  made->ends =
      now + std::chrono::seconds(std::min(claim.valid_s, valid_max_s)) + 2 * limits_.clock_skew;
  if (!derive(*made, own, with)) {
    count(refusal::key_untrusted);
    return nullptr;
  }
  with.pairs.push_back(std::move(made));
  return with.pairs.back().get();
}

status sealing_core::derive(pair& p, const own_key& own, const peer& with) {
  p.own = own.name;
  MW_TRY(const crypto::x25519_secret shared, crypto::x25519(with_, own.secret, p.their_point));
  const key_end ours{self_.node, own.claim_hash, own.algorithm};
  const key_end theirs{with.id, p.their_claim, p.their_algorithm};
  const auto there = direction::derive(with_, shared, ours, theirs);
  const auto back = direction::derive(with_, shared, theirs, ours);
  MW_TRY(p.sealing, direction::make(with_, there, own.algorithm, crypto::aead_key::use::seal));
  MW_TRY(p.opening, direction::make(with_, back, p.their_algorithm, crypto::aead_key::use::open));
  p.confirm_ours = there.confirm;
  p.confirm_theirs = back.confirm;
  return {};
}

void sealing_core::on_have(peer& from, bytes_view message, time_point now) {
  const auto said = read_have(message);
  if (!said) return count(refusal::key_malformed);
  pair* const p = find_pair(from, said->sender_key, said->receiver_key);
  if (p == nullptr || p->retired()) {
    // It speaks of a key that we have not seen, or no longer hold: have it introduce itself.
    count(refusal::key_unconfirmed);
    return ask(from, now);
  }
  const auto mac = crypto::hmac_sha256(with_, p->confirm_theirs.view(), {mac_input(*said)});
  if (!crypto::equal_in_constant_time(mac, said->mac)) return count(refusal::key_unconfirmed);
  // What comes back tells how far the clocks are apart, at most by the round trip.
  const std::uint64_t here = stamp_of(now);
  if (said->echo <= here && here - said->echo <= round_trip_max_ms)
    p->clock = static_cast<std::uint32_t>(here - said->stamp);
  from.last_stamp = said->stamp;
  proved(from, *p, now);
  if (said->wants_answer) send_have(from, *p, false, now);
}

// The peer holds the keys of this pair; older keys of the peer have served.
void sealing_core::proved(peer& by, pair& p, time_point now) {
  p.proven = true;
  // Only its holder proves a key, so the last to be proven for the first time is the newest: an old
  // announcement that somebody repeats changes nothing.
  if (!std::exchange(p.was_proven, true)) by.newest = p.theirs;
  if (p.own == keys_.current().name) by.announce_at.reset();
  if (p.theirs == by.newest)
    for (auto& other : by.pairs)
      if (other->theirs != p.theirs && other->retire_at == time_point{})
        other->retire_at = now + limits_.grace;
  choose_best(by);
}

// The newest of what is proven: their newest key, and of these our newest.
void sealing_core::choose_best(peer& of) {
  of.best = nullptr;
  for (auto& one : of.pairs) {
    if (!one->proven || one->retired()) continue;
    if (of.best == nullptr || one->theirs == of.newest || of.best->theirs != of.newest)
      of.best = one.get();
  }
}

void sealing_core::on_ask(peer& from, time_point now) {
  send_announcement(from, now);
}

// Our new key makes a pair with the newest key of each peer; the old pairs go on until it is
// proven.
void sealing_core::adopt_own_key(time_point now) {
  for (auto& [id, p] : peers_) {
    const auto latest = std::find_if(p.pairs.rbegin(), p.pairs.rend(), [&](const auto& one) {
      return one->theirs == p.newest && one->ends > now;
    });
    if (p.life != 0 && latest != p.pairs.rend() && notary_.still_good(*(*latest)->origin)) {
      auto made = std::make_unique<pair>(limits_.window);
      const pair& from = **latest;
      made->theirs = from.theirs;
      made->their_claim = from.their_claim;
      made->their_point = from.their_point;
      made->their_algorithm = from.their_algorithm;
      made->origin = from.origin;
      made->ends = from.ends;
      made->clock = from.clock;
      if (derive(*made, keys_.current(), p)) p.pairs.push_back(std::move(made));
    }
    if (p.life != 0) {
      p.announce_wait = limits_.announce_every;
      send_announcement(p, now);
    }
  }
}

}  // namespace mw::sealing
