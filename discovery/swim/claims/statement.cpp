// statement: every field behind its length, so that no two statements have the same bytes.
// SPDX-License-Identifier: Apache-2.0
#include "claims/statement.h"

#include "wire/bytes.h"

namespace mw::swim::claims {

namespace {

constexpr std::string_view card_purpose{"meshwright gossip card\0", 23};
constexpr std::string_view claim_purpose{"meshwright gossip claim\0", 24};
constexpr std::uint8_t says_alive = 1;
constexpr std::uint8_t says_left = 2;

std::string begin(std::string_view label, std::uint8_t what, std::uint32_t incarnation,
                  std::string_view node) {
  std::string out(claim_purpose);
  put_short(out, label);
  put(out, what);
  put(out, incarnation);
  put_short(out, node);
  return out;
}

}  // namespace

std::string card_statement(std::string_view label, std::string_view node, std::string_view key) {
  std::string out(card_purpose);
  put_short(out, label);
  put_short(out, node);
  put_short(out, key);
  return out;
}

std::string statement(std::string_view label, const alive_claim& claim) {
  std::string out = begin(label, says_alive, claim.incarnation, claim.node);
  put_short(out, ip_bytes(claim.at.host));
  put(out, claim.at.port);
  put_long(out, claim.meta);
  return out;
}

std::string statement(std::string_view label, const dead_claim& leaving) {
  return begin(label, says_left, leaving.incarnation, leaving.node);
}

std::string encode(const card& c) {
  std::string out;
  put_short(out, c.node);
  put_short(out, c.key);
  put(out, static_cast<std::uint8_t>(c.certificates.size()));
  for (const std::string& one : c.certificates) put_long(out, one);
  put_long(out, c.signature);
  return out;
}

std::optional<card> decode_card(std::string_view bytes) {
  if (bytes.size() > card_bytes_max) return std::nullopt;
  byte_reader in(bytes);
  card c;
  c.node = in.short_text();
  c.key = in.short_text();
  const std::size_t count = in.number<std::uint8_t>();
  if (c.key.size() != claim_key_size || count == 0 || count > certificates_max) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i)
    c.certificates.emplace_back(in.long_text());
  c.signature = in.long_text();
  if (in.failed() || !in.empty()) return std::nullopt;
  return c;
}

}  // namespace mw::swim::claims
