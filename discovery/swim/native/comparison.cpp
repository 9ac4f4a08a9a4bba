// comparison: fixed layouts with counts in front; every count is checked against what is left.
// SPDX-License-Identifier: Apache-2.0
#include "native/comparison.h"

#include "native/codec.h"
#include "wire/bytes.h"

namespace mw::swim::native {

namespace {

constexpr std::size_t entries_max = 65'536;
constexpr std::size_t user_max = 1024 * 1024;
constexpr std::size_t record_min = 1 + 4 + 1 + 1 + 2 + 2;  // bytes

std::string begin(speech s) {
  return std::string(1, static_cast<char>(s));
}

// The body behind the byte of its kind; a reader that has failed when it is another kind.
byte_reader behind(std::string_view body, speech s) {
  if (body.empty() || static_cast<speech>(body.front()) != s) {
    byte_reader none{std::string_view()};
    none.fail();
    return none;
  }
  return byte_reader(body.substr(1));
}

void put_user(std::string& out, const std::string& user) {
  put(out, static_cast<std::uint32_t>(user.size()));
  out += user;
}

std::string read_user(byte_reader& in) {
  const auto size = in.number<std::uint32_t>();
  if (size > user_max) in.fail();
  return std::string(in.text(size));
}

constexpr std::uint8_t has_proof = 0x80;
constexpr std::size_t cards_in_records_max = 65'535;

void put_cards(std::string& out, const std::vector<std::string>& cards) {
  put(out, static_cast<std::uint16_t>(cards.size()));
  for (const std::string& one : cards) put_long(out, one);
}

std::vector<std::string> read_cards(byte_reader& in, std::size_t count_max) {
  std::vector<std::string> out;
  const std::size_t count = in.number<std::uint16_t>();
  if (count > count_max || 2 * count > in.rest().size()) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) out.emplace_back(in.long_text());
  return out;
}

// True when `count` things of `size` bytes may still follow.
bool room_for(byte_reader& in, std::size_t count, std::size_t size) {
  if (count > entries_max || count * size > in.rest().size()) in.fail();
  return !in.failed();
}

}  // namespace

std::array<std::uint64_t, group_size> group_digests(const bucket_digests& buckets) {
  std::array<std::uint64_t, group_size> out{};
  for (std::size_t i = 0; i < buckets.size(); ++i) out[i / group_size] ^= buckets[i];
  return out;
}

std::string encode(const probe_text& t) {
  std::string out = begin(speech::probe);
  put(out, t.number);
  put_short(out, t.node);
  return out;
}

std::optional<probe_text> decode_probe(std::string_view body) {
  byte_reader in = behind(body, speech::probe);
  probe_text t;
  t.number = in.number<std::uint32_t>();
  t.node = in.short_text();
  if (in.failed() || !in.empty()) return std::nullopt;
  return t;
}

std::string encode_here(std::uint32_t number) {
  std::string out = begin(speech::here);
  put(out, number);
  return out;
}

std::optional<std::uint32_t> decode_here(std::string_view body) {
  byte_reader in = behind(body, speech::here);
  const auto number = in.number<std::uint32_t>();
  if (in.failed() || !in.empty()) return std::nullopt;
  return number;
}

std::string encode(const compare_text& t) {
  std::string out = begin(speech::compare);
  put(out, static_cast<std::uint8_t>(t.join ? 1 : 0));
  for (const std::uint64_t one : t.groups) put(out, one);
  put_user(out, t.user);
  return out;
}

std::optional<compare_text> decode_compare(std::string_view body) {
  byte_reader in = behind(body, speech::compare);
  compare_text t;
  t.join = in.number<std::uint8_t>() != 0;
  for (std::uint64_t& one : t.groups) one = in.number<std::uint64_t>();
  t.user = read_user(in);
  if (in.failed() || !in.empty()) return std::nullopt;
  return t;
}

std::string encode(const groups_text& t) {
  std::string out = begin(speech::groups);
  put(out, static_cast<std::uint8_t>(t.groups.size()));
  for (const auto& [index, digests] : t.groups) {
    put(out, index);
    for (const std::uint64_t one : digests) put(out, one);
  }
  put_user(out, t.user);
  return out;
}

std::optional<groups_text> decode_groups(std::string_view body) {
  byte_reader in = behind(body, speech::groups);
  groups_text t;
  const std::size_t count = in.number<std::uint8_t>();
  if (count > group_size) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    auto& [index, digests] = t.groups.emplace_back();
    index = in.number<std::uint8_t>();
    if (index >= group_size) in.fail();
    for (std::uint64_t& one : digests) one = in.number<std::uint64_t>();
  }
  t.user = read_user(in);
  if (in.failed() || !in.empty()) return std::nullopt;
  return t;
}

std::string encode(const entries_text& t) {
  std::string out = begin(speech::entries);
  put(out, static_cast<std::uint16_t>(t.buckets.size()));
  for (const auto& [index, entries] : t.buckets) {
    put(out, index);
    put(out, static_cast<std::uint32_t>(entries.size()));
    for (const entry& one : entries) {
      put(out, one.place);
      put(out, one.version);
    }
  }
  return out;
}

std::optional<entries_text> decode_entries(std::string_view body) {
  byte_reader in = behind(body, speech::entries);
  entries_text t;
  const std::size_t count = in.number<std::uint16_t>();
  if (count > bucket_count) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    auto& [index, entries] = t.buckets.emplace_back();
    index = in.number<std::uint8_t>();
    const std::size_t size = in.number<std::uint32_t>();
    if (!room_for(in, size, 16)) break;
    entries.resize(size);
    for (entry& one : entries) {
      one.place = in.number<std::uint64_t>();
      one.version = in.number<std::uint64_t>();
    }
  }
  if (in.failed() || !in.empty()) return std::nullopt;
  return t;
}

std::string encode(const records_text& t) {
  std::string out = begin(speech::records);
  put(out, static_cast<std::uint32_t>(t.members.size()));
  for (const member_state& m : t.members) {
    const std::uint8_t mark = m.claim.signed_by ? has_proof : 0;
    put(out, static_cast<std::uint8_t>(static_cast<std::uint8_t>(m.state) | mark));
    put_alive(out, m.claim);
    if (m.claim.signed_by) put_proof(out, *m.claim.signed_by);
  }
  put(out, static_cast<std::uint32_t>(t.wanted.size()));
  for (const std::uint64_t one : t.wanted) put(out, one);
  if (!t.cards.empty()) put_cards(out, t.cards);
  return out;
}

std::optional<records_text> decode_records(std::string_view body) {
  byte_reader in = behind(body, speech::records);
  records_text t;
  const std::size_t members = in.number<std::uint32_t>();
  if (room_for(in, members, record_min)) t.members.reserve(members);
  for (std::size_t i = 0; i < members && !in.failed(); ++i) {
    member_state m;
    const auto mark = in.number<std::uint8_t>();
    const std::uint8_t state = mark & static_cast<std::uint8_t>(~has_proof);
    if (state > 3) in.fail();
    m.state = static_cast<liveness>(state);
    m.claim = read_alive(in);
    if ((mark & has_proof) != 0) m.claim.signed_by = read_proof(in);
    t.members.push_back(std::move(m));
  }
  const std::size_t wanted = in.number<std::uint32_t>();
  if (room_for(in, wanted, 8)) t.wanted.resize(wanted);
  for (std::uint64_t& one : t.wanted) one = in.number<std::uint64_t>();
  if (!in.empty()) t.cards = read_cards(in, cards_in_records_max);
  if (in.failed() || !in.empty()) return std::nullopt;
  return t;
}

std::string encode(const want_cards_text& t) {
  std::string out = begin(speech::want_cards);
  put(out, static_cast<std::uint8_t>(t.ids.size()));
  for (const card_id& one : t.ids) put_id(out, one);
  return out;
}

std::optional<want_cards_text> decode_want_cards(std::string_view body) {
  byte_reader in = behind(body, speech::want_cards);
  want_cards_text t;
  const std::size_t count = in.number<std::uint8_t>();
  if (count == 0 || count > cards_each_max) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) t.ids.push_back(read_id(in));
  if (in.failed() || !in.empty()) return std::nullopt;
  return t;
}

std::string encode(const cards_text& t) {
  std::string out = begin(speech::cards);
  put_cards(out, t.cards);
  return out;
}

std::optional<cards_text> decode_cards(std::string_view body) {
  byte_reader in = behind(body, speech::cards);
  cards_text t{read_cards(in, cards_each_max)};
  if (in.failed() || !in.empty()) return std::nullopt;
  return t;
}

}  // namespace mw::swim::native
