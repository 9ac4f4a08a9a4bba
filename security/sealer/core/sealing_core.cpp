// sealing_core: sealing and opening, and the passing of time; agreement.cpp is how keys come.
// SPDX-License-Identifier: Apache-2.0
#include "core/sealing_core.h"

#include "wire/bytes.h"

#include <mw/assert.h>

#include <algorithm>

namespace mw::sealing {
namespace {

constexpr std::string_view origin_label = "meshwright sealer 1 origin";
constexpr duration rotations_apart = 1s;
constexpr duration asks_apart = 1s;
constexpr std::size_t signature_tail = 1;  // the size of the signature, behind it

std::uint32_t milliseconds(time_point now) {
  return static_cast<std::uint32_t>(now.since_start / 1ms);
}

}  // namespace

sealing_core::sealing_core(const crypto::library& with, notary& signer, whoami self,
                           const limits& bounds)
    : with_(with),
      notary_(signer),
      self_(self),
      limits_(bounds),
      keys_(with, signer, std::move(self), bounds) {}

status sealing_core::start(moment at) {
  MW_CHECK(keys_.rotate(at.now, at.wall));
  rotate_not_before_ = at.now + rotations_apart;
  return {};
}

peer* sealing_core::find(std::string_view node) {
  const auto at = peers_.find(node);
  return at == peers_.end() ? nullptr : &at->second;
}

failure sealing_core::denied(refusal why) {
  count(why);
  return {errc::denied,
          "the message could not be opened: not sealed for here, changed or replayed"};
}

status sealing_core::seal(const seal_context& context, const message_out& body, message_out& into,
                          time_point now) {
  into.clear();
  context_bytes bound;
  if (!bound.write(context)) {
    count(refusal::bad_context);
    return failure(errc::invalid, "names of at most 255 bytes and 256 bytes to bind can be sealed");
  }
  peer* const to = find(context.to);
  if (to == nullptr || to->best == nullptr) {
    count(refusal::no_key);
    return failure(errc::overloaded, "no key is agreed with " + std::string(context.to) +
                                         " yet: try again soon; /sealer shows what is agreed");
  }
  pair& p = *to->best;
  const std::uint64_t size = body.size();
  // Well before the end a successor is made; this is the end.
  if (p.next_sequence >= limits_.rotate_records || p.sealed_bytes + size > limits_.rotate_bytes) {
    want_rotation();
    count(refusal::worn_out);
    return failure(errc::overloaded, "the key shared with " + to->id + " has sealed " +
                                         std::to_string(p.next_sequence) + " messages of " +
                                         std::to_string(p.sealed_bytes) +
                                         " bytes and is worn out; the next is being agreed");
  }
  std::vector<std::byte> signature;
  if (context.sign) {
    signature = sign(bound, body);
    if (signature.empty()) return failure(errc::internal, "the key of this node did not sign");
  }
  const envelope_head head{.algorithm = p.sealing->algorithm(),
                           .is_signed = context.sign,
                           .sender_key = p.own,
                           .receiver_key = p.theirs,
                           .sequence = p.next_sequence++,  // first of all: never used twice
                           .sent_ms = milliseconds(now)};
  p.sealed_bytes += size;
  if (p.next_sequence >= limits_.rotate_records - limits_.rotate_records / 4 ||
      p.sealed_bytes >= limits_.rotate_bytes - limits_.rotate_bytes / 4)
    if (keys_.current().name == p.own) want_rotation();
  if (p.sealing->seal(head, bound.view(), body, signature, into)) return {};
  into.clear();
  return failure(errc::internal, "OpenSSL could not seal");
}

std::vector<std::byte> sealing_core::sign(const context_bytes& context, const message_out& body) {
  crypto::hasher hash(with_);
  hash.add(context.view());
  for_each_piece(body, [&](bytes_view piece) { hash.add(piece); });
  std::vector<std::byte> text;
  add_bytes(text, as_bytes(origin_label));
  add_bytes(text, hash.finish());
  auto made = notary_.sign(text);
  if (!made) return {};
  made->push_back(static_cast<std::byte>(made->size()));
  return *std::move(made);
}

// Cheap checks before the cipher runs.
std::optional<refusal> sealing_core::check(const envelope_view& view, const pair& p) const {
  if (p.retired()) return refusal::retired_key;
  if (view.head.algorithm != p.opening->algorithm() || !p.opening->commits(view.commitment))
    return refusal::commitment;
  switch (p.window.look(view.head.sequence)) {
    case replay_window::verdict::fresh:
      return std::nullopt;
    case replay_window::verdict::seen:
      return refusal::replayed;
    case replay_window::verdict::behind:
      return refusal::behind;
  }
  return refusal::behind;
}

std::optional<refusal> sealing_core::check_age(const envelope_view& view, pair& p,
                                               time_point now) const {
  const std::uint32_t difference = milliseconds(now) - view.head.sent_ms;
  if (!p.clock) p.clock = difference;
  const auto age = static_cast<std::int32_t>(difference - *p.clock);
  // Quicker than any before it: the clocks are closer than was known.
  if (age < 0) p.clock = difference;
  if (age > limits_.age_max / 1ms) return refusal::too_old;
  return std::nullopt;
}

result<opened_message> sealing_core::open(const seal_context& context, bytes_view envelope,
                                          time_point now) {
  const auto view = read_envelope(envelope);
  if (!view) return denied(refusal::malformed);
  context_bytes bound;
  if (!bound.write(context)) return denied(refusal::bad_context);
  peer* const from = find(context.from);
  pair* const p =
      from == nullptr ? nullptr : find_pair(*from, view->head.sender_key, view->head.receiver_key);
  if (p == nullptr) {
    if (from != nullptr) ask(*from, now);
    return denied(refusal::unknown_key);
  }
  if (const auto why = check(*view, *p)) return denied(*why);
  if (opened_.size() < view->encrypted.size()) opened_.resize(view->encrypted.size());
  if (!p->opening->open(*view, bound.view(), opened_.data())) {
    on_forgery(*from, *p);
    return denied(refusal::forged);
  }
  p->window.take(view->head.sequence);
  if (const auto why = check_age(*view, *p, now)) return denied(*why);
  ++p->opened;
  if (!p->proven) proved(*from, *p, now);
  return finish_open(context, bound, *view, *p);
}

result<opened_message> sealing_core::finish_open(const seal_context& context,
                                                 const context_bytes& bound,
                                                 const envelope_view& view, const pair& p) {
  opened_message out;
  out.body = bytes_view(opened_).first(view.encrypted.size());
  out.identity = p.origin->who.uri;
  if (!view.head.is_signed) {
    if (context.sign) return denied(refusal::unsigned_body);
    return out;
  }
  const std::size_t size = out.body.empty() ? 0 : std::to_integer<std::size_t>(out.body.back());
  if (size == 0 || size + signature_tail > out.body.size()) return denied(refusal::bad_signature);
  const bytes_view signature = out.body.last(size + signature_tail).first(size);
  out.body = out.body.first(out.body.size() - size - signature_tail);
  crypto::hasher hash(with_);
  hash.add(bound.view());
  hash.add(out.body);
  std::vector<std::byte> text;
  add_bytes(text, as_bytes(origin_label));
  add_bytes(text, hash.finish());
  if (!p.origin->key.verify(text, signature)) return denied(refusal::bad_signature);
  out.is_signed = true;
  return out;
}

void sealing_core::on_forgery(peer& from, pair& p) {
  if (++p.forgeries < limits_.forgeries_max) return;
  ++alarms_;
  last_alarm_ = from.id;
  p.retire();
  choose_best(from);
  want_rotation();  // our next key makes a new pair
}

// Its messages are under keys that we do not have: perhaps it, or we, have restarted.
void sealing_core::ask(peer& whom, time_point now) {
  if (whom.asked_at != time_point{} && now - whom.asked_at < asks_apart) return;
  whom.asked_at = now;
  emit(whom, write_ask());
  send_announcement(whom, now);
}

std::size_t sealing_core::agreed() const {
  return static_cast<std::size_t>(std::count_if(
      peers_.begin(), peers_.end(), [](const auto& at) { return at.second.best != nullptr; }));
}

void sealing_core::rotate(moment at) {
  rotate_not_before_ = at.now + rotations_apart;
  if (status made = keys_.rotate(at.now, at.wall); !made) {
    ++rotation_failures_;
    last_rotation_failure_ = made.error().text();
    return;
  }
  last_rotation_failure_.clear();
  rotation_wanted_ = false;
  ++rotations_;
  forget_gone();
  adopt_own_key(at.now);
}

void sealing_core::retire_old(time_point now) {
  keys_.drop(now, [this](std::uint64_t name) {
    for (auto& [id, p] : peers_) {
      std::erase_if(p.pairs, [&](const auto& one) { return one->own == name; });
      choose_best(p);
    }
  });
  for (auto& [id, p] : peers_)
    for (auto& one : p.pairs) {
      const bool replaced = one->retire_at != time_point{} && one->retire_at <= now;
      if (one->retired() || (!replaced && one->ends > now)) continue;
      one->retire();
      choose_best(p);
    }
}

// Counters of a peer that has gone are needed as long as our key could meet it again.
void sealing_core::forget_gone() {
  std::erase_if(peers_, [this](const auto& at) {
    const peer& p = at.second;
    return p.life == 0 && p.pairs.empty();
  });
}

void sealing_core::check_identities() {
  for (auto& [id, p] : peers_)
    for (auto& one : p.pairs) {
      if (one->retired() || notary_.still_good(*one->origin)) continue;
      one->retire();
      choose_best(p);
    }
}

void sealing_core::tick(moment at) {
  retire_old(at.now);
  forget_gone();
  if ((rotation_wanted_ || keys_.due() <= at.now) && rotate_not_before_ <= at.now) rotate(at);
  for (auto& [id, p] : peers_) {
    if (!p.announce_at || *p.announce_at > at.now) continue;
    send_announcement(p, at.now);
  }
}

time_point sealing_core::next_tick() const {
  time_point next = std::max(rotation_wanted_ ? time_point{} : keys_.due(), rotate_not_before_);
  if (const auto drop = keys_.next_drop()) next = std::min(next, *drop);
  for (const auto& [id, p] : peers_) {
    if (p.announce_at) next = std::min(next, *p.announce_at);
    for (const auto& one : p.pairs) {
      if (one->retired()) continue;
      next = std::min(next, one->ends);
      if (one->retire_at != time_point{}) next = std::min(next, one->retire_at);
    }
  }
  return next;
}

}  // namespace mw::sealing
