// envelope: label, key, tag, window, age, proof: in this order, the cheapest first.
// SPDX-License-Identifier: Apache-2.0
#include "native/envelope.h"

#include "core/member_table.h"
#include "native/codec.h"
#include "native/frames.h"
#include "wire/aead.h"
#include "wire/bytes.h"
#include "wire/crc32.h"

#include <mw/assert.h>
#include <mw/toolkit/hash.h>

#include <utility>

namespace mw::swim::native {

namespace {

constexpr std::uint8_t packet_version = 0xa1;
constexpr std::size_t sum_size = 4;
constexpr std::size_t parts_max = 512;

void put_part(std::string& out, std::string_view part) {
  put_long(out, part);
}

std::string token_part(kind k, std::uint64_t token) {
  std::string part(1, static_cast<char>(k));
  put(part, token);
  return part;
}

}  // namespace

std::uint32_t envelope::label() const {
  return static_cast<std::uint32_t>(hash_text(facts_.cluster));
}

std::string envelope::key_for(const std::string& master, const sender_key& who) const {
  std::string salt;
  put(salt, who.salt);
  std::string info = "meshwright gossip packet ";
  put(info, who.name);
  return hkdf_sha256(master, salt, info + facts_.cluster, master.size());
}

std::string envelope::seal(std::string_view body, time_point now) {
  const sender_key us{place_of(facts_.name), facts_.salt};
  const bool encrypted = !facts_.keys->empty();
  if (encrypted) {
    const std::uint32_t id = keyring::id_of(facts_.keys->primary());
    if (id != own_key_id_) {
      own_key_id_ = id;
      own_key_ = key_for(facts_.keys->primary(), us);
    }
  }
  const std::uint64_t number = next_number_++;
  std::string out;
  put(out, packet_version);
  put(out, label());
  put(out, encrypted ? own_key_id_ : std::uint32_t{0});
  put(out, us.name);
  put(out, us.salt);
  put(out, number);
  put(out, static_cast<std::uint32_t>((now - facts_.born) / 1ms));
  MW_ASSERT(out.size() == header_size, "the header has a fixed size");
  if (encrypted) return out + aead_seal(own_key_, nonce_of(number), out + facts_.cluster, body);
  out += body;
  put(out, crc32(out + facts_.cluster));
  return out;
}

std::string envelope::close(const packet& p, time_point now) {
  std::string body;
  for (const std::string& part : p.parts) put_part(body, part);
  return seal(body, now);
}

drop envelope::unseal(std::string_view bytes, const header& h, std::string& body) {
  const std::string_view head = bytes.substr(0, header_size);
  const std::string_view rest = bytes.substr(header_size);
  if (h.key_id == 0) {
    if (!facts_.keys->empty()) return drop::plaintext;
    if (rest.size() < sum_size) return drop::malformed;
    byte_reader sum(rest.substr(rest.size() - sum_size));
    const std::string_view covered = bytes.substr(0, bytes.size() - sum_size);
    if (crc32(std::string(covered) + facts_.cluster) != sum.number<std::uint32_t>())
      return drop::checksum;
    body = rest.substr(0, rest.size() - sum_size);
    return drop::none;
  }
  const std::string* const master = facts_.keys->find(h.key_id);
  if (master == nullptr) return drop::key;
  const auto known = senders_.find(h.from);
  const bool cached = known != senders_.end() && known->second.key_id == h.key_id;
  const std::string key = cached ? known->second.key : key_for(*master, h.from);
  auto plain = aead_open(key, nonce_of(h.number), std::string(head) + facts_.cluster, rest);
  if (!plain) return drop::key;
  body = std::move(*plain);
  if (known != senders_.end() && !cached) {
    known->second.key_id = h.key_id;
    known->second.key = key;
  }
  return drop::none;
}

void envelope::make_room() {
  // The longest silent one among a few that have proved nothing, or the longest silent of all.
  auto victim = recent_.begin();
  auto at = recent_.begin();
  for (int i = 0; i < 64 && at != recent_.end(); ++i, ++at) {
    if (senders_.at(*at).proved) continue;
    victim = at;
    break;
  }
  const auto gone = senders_.find(*victim);
  if (!gone->second.held.empty()) --held_;
  recent_.erase(victim);
  senders_.erase(gone);
}

envelope::sender* envelope::find_or_add(const sender_key& who, time_point now) {
  const auto at = senders_.find(who);
  if (at != senders_.end()) {
    recent_.splice(recent_.end(), recent_, at->second.recent);
    return &at->second;
  }
  if (senders_.size() >= senders_max) make_room();
  sender& made = senders_[who];
  made.recent = recent_.insert(recent_.end(), who);
  made.token = fresh_() | 1;
  made.base = duration::max();
  made.base_at = now;
  return &made;
}

bool envelope::is_stale(sender& s, const header& h, time_point now) const {
  // Clocks differ by anything, and drift apart by one in a thousand at most.
  const duration difference = now.since_start - std::chrono::milliseconds(h.sent_ms);
  if (s.base == duration::max()) {
    s.base = difference;
    s.base_at = now;
  }
  s.base += (now - s.base_at) / 1000;
  s.base_at = now;
  if (difference < s.base) s.base = difference;
  return difference - s.base > age_max;
}

bool envelope::take_parts(std::string_view body, const endpoint& from,
                          std::vector<heard_message>& messages, controls& c) {
  byte_reader in(body);
  for (std::size_t i = 0; i < parts_max && !in.empty(); ++i) {
    const std::string_view part = in.long_text();
    if (in.failed() || part.empty()) return false;
    const auto k = static_cast<kind>(part.front());
    if (k == kind::challenge || k == kind::proof) {
      byte_reader token(part.substr(1));
      (k == kind::challenge ? c.challenge : c.proof) = token.number<std::uint64_t>();
      if (token.failed() || !token.empty()) return false;
    } else if (auto one = decode(part)) {
      messages.push_back({std::move(*one), from});
    } else if (is_known(static_cast<std::uint8_t>(part.front()))) {
      return false;  // others from 128 on are for newer versions, and are passed over
    }
  }
  return in.empty() && !in.failed();
}

void envelope::settle(sender& s, const controls& c, const endpoint& from, std::size_t size,
                      std::vector<heard_message> messages, opened_packet& out, time_point now) {
  if (c.proof != 0 && c.proof == s.token) {
    s.proved = true;
    s.at = from;
    s.token = fresh_() | 1;
    if (!s.held.empty()) --held_;
    out.messages = std::exchange(s.held, {});
  }
  std::string answer;
  if (c.challenge != 0) put_part(answer, token_part(kind::proof, c.challenge));
  const bool there = s.proved && s.at == from;
  if (there) {
    for (heard_message& one : messages) out.messages.push_back(std::move(one));
  } else {
    if (!messages.empty()) {
      if (s.held.empty() && held_ < held_max) {
        s.held = std::move(messages);
        ++held_;
      } else {
        out.why = drop::overflow;  // it will be said again
      }
    }
    put_part(answer, token_part(kind::challenge, s.token));
  }
  if (answer.empty()) return;
  std::string bytes = seal(answer, now);
  // Nobody gets more than they sent before it is clear that they are there. One part always fits.
  if (!there && bytes.size() > size && c.challenge != 0) {
    std::string less;
    put_part(less, token_part(kind::proof, c.challenge));
    bytes = seal(less, now);
  }
  if (!there && bytes.size() > size)
    out.why = drop::unproved;
  else
    out.answers.push_back({from, std::move(bytes)});
}

opened_packet envelope::open(std::string_view bytes, const endpoint& from, time_point now) {
  opened_packet out;
  byte_reader in(bytes);
  const auto stamp = in.number<std::uint8_t>();
  header h;
  h.label = in.number<std::uint32_t>();
  h.key_id = in.number<std::uint32_t>();
  h.from.name = in.number<std::uint64_t>();
  h.from.salt = in.number<std::uint64_t>();
  h.number = in.number<std::uint64_t>();
  h.sent_ms = in.number<std::uint32_t>();
  const auto refuse = [&out](drop why) {
    out.why = why;
    return out;
  };
  if (in.failed() || stamp != packet_version) return refuse(drop::malformed);
  if (h.label != label()) return refuse(drop::label);
  std::string body;
  if (const drop why = unseal(bytes, h, body); why != drop::none) return refuse(why);
  if (h.from == sender_key{place_of(facts_.name), facts_.salt}) return refuse(drop::replayed);
  std::vector<heard_message> messages;
  controls c;
  if (!take_parts(body, from, messages, c)) return refuse(drop::malformed);
  sender& s = *find_or_add(h.from, now);
  if (!s.window.accept(h.number)) return refuse(drop::replayed);
  if (is_stale(s, h, now)) {
    // Late for this life's clock; or the clock stood still: then it can prove that it is there.
    if (c.proof == 0 || c.proof != s.token) {
      s.proved = false;
      if (!s.held.empty()) --held_;
      s.held.clear();
      std::string challenge;
      put_part(challenge, token_part(kind::challenge, s.token));
      std::string answer = seal(challenge, now);
      if (answer.size() <= bytes.size()) out.answers.push_back({from, std::move(answer)});
      return refuse(drop::stale);
    }
    s.base = duration::max();
  }
  settle(s, c, from, bytes.size(), std::move(messages), out, now);
  return out;
}

}  // namespace mw::swim::native
