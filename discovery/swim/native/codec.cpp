// codec: one function a message each way.
// SPDX-License-Identifier: Apache-2.0
#include "native/codec.h"

#include <algorithm>
#include <bit>

namespace mw::swim::native {

namespace {

constexpr std::uint8_t ack_has_coordinate = 1;
constexpr std::uint8_t ack_has_digest = 2;

std::string begin(kind k) {
  return std::string(1, static_cast<char>(k));
}

void put_float(std::string& out, double value) {
  put(out, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
}
double read_float(byte_reader& in) {
  return std::bit_cast<float>(in.number<std::uint32_t>());
}

std::string encode_one(const ping& m) {
  std::string out = begin(kind::ping);
  put(out, m.number);
  put_short(out, m.node);
  put_short(out, m.from);
  return out;
}

std::string encode_one(const ping_request& m) {
  std::string out = begin(kind::ping_request);
  put(out, m.number);
  put(out, static_cast<std::uint8_t>(m.wants_nack ? 1 : 0));
  put_address(out, m.target);
  put_short(out, m.node);
  put_short(out, m.from);
  return out;
}

std::string encode_one(const ack& m) {
  std::string out = begin(kind::ack);
  put(out, m.number);
  put(out, static_cast<std::uint8_t>((m.where ? ack_has_coordinate : 0) |
                                     (m.digest ? ack_has_digest : 0)));
  if (m.digest) put(out, *m.digest);
  if (!m.where) return out;
  for (const double one : m.where->at) put_float(out, one);
  put_float(out, m.where->error);
  put_float(out, m.where->adjustment);
  put_float(out, m.where->height);
  return out;
}

std::string encode_one(const nack& m) {
  std::string out = begin(kind::nack);
  put(out, m.number);
  return out;
}

std::string claim(kind k, std::uint32_t incarnation, const std::string& node,
                  const std::string& from) {
  std::string out = begin(k);
  put(out, incarnation);
  put_short(out, node);
  put_short(out, from);
  return out;
}

std::string encode_one(const suspect_claim& m) {
  return claim(kind::suspect, m.incarnation, m.node, m.from);
}

std::string encode_one(const dead_claim& m) {
  if (!m.signed_by || m.from != m.node) return claim(kind::dead, m.incarnation, m.node, m.from);
  std::string out = begin(kind::left_signed);
  put(out, m.incarnation);
  put_short(out, m.node);
  put_proof(out, *m.signed_by);
  return out;
}

std::string encode_one(const alive_claim& m) {
  std::string out = begin(m.signed_by ? kind::alive_signed : kind::alive);
  put_alive(out, m);
  if (m.signed_by) put_proof(out, *m.signed_by);
  return out;
}

std::string encode_one(const user_bytes& m) {
  return begin(kind::user) + m.bytes;
}

ack read_ack(byte_reader& in) {
  ack m{in.number<std::uint32_t>(), {}, {}};
  const auto flags = in.number<std::uint8_t>();
  if ((flags & ack_has_digest) != 0) m.digest = in.number<std::uint64_t>();
  if ((flags & ack_has_coordinate) == 0) return m;
  coordinate c;
  for (double& one : c.at) one = read_float(in);
  c.error = read_float(in);
  c.adjustment = read_float(in);
  c.height = read_float(in);
  m.where = c;
  return m;
}

template <class Claim>
Claim read_claim(byte_reader& in) {
  Claim m;
  m.incarnation = in.number<std::uint32_t>();
  m.node = in.short_text();
  m.from = in.short_text();
  return m;
}

message read_body(kind k, byte_reader& in) {
  switch (k) {
    case kind::ping: {
      ping m;
      m.number = in.number<std::uint32_t>();
      m.node = in.short_text();
      m.from = in.short_text();
      return m;
    }
    case kind::ping_request: {
      ping_request m;
      m.number = in.number<std::uint32_t>();
      m.wants_nack = in.number<std::uint8_t>() != 0;
      m.target = read_address(in);
      m.node = in.short_text();
      m.from = in.short_text();
      return m;
    }
    case kind::ack:
      return read_ack(in);
    case kind::nack:
      return nack{in.number<std::uint32_t>()};
    case kind::suspect:
      return read_claim<suspect_claim>(in);
    case kind::dead:
      return read_claim<dead_claim>(in);
    case kind::alive:
      return read_alive(in);
    case kind::alive_signed: {
      alive_claim m = read_alive(in);
      m.signed_by = read_proof(in);
      return m;
    }
    case kind::left_signed: {
      dead_claim m;
      m.incarnation = in.number<std::uint32_t>();
      m.node = m.from = in.short_text();
      m.signed_by = read_proof(in);
      return m;
    }
    default:
      in.fail();
      return nack{};
  }
}

}  // namespace

void put_address(std::string& out, const endpoint& at) {
  put_short(out, ip_bytes(at.host));
  put(out, at.port);
}

endpoint read_address(byte_reader& in) {
  endpoint at;
  const std::string_view bytes = in.short_text();
  at.host = ip_text(bytes);
  at.port = in.number<std::uint16_t>();
  if (at.host.empty()) in.fail();
  return at;
}

void put_alive(std::string& out, const alive_claim& c) {
  put(out, c.incarnation);
  put_short(out, c.node);
  put_address(out, c.at);
  put_long(out, c.meta);
}

alive_claim read_alive(byte_reader& in) {
  alive_claim c;
  c.incarnation = in.number<std::uint32_t>();
  c.node = in.short_text();
  c.at = read_address(in);
  c.meta = in.long_text();
  return c;
}

void put_id(std::string& out, const card_id& id) {
  out.append(id.begin(), id.end());
}

card_id read_id(byte_reader& in) {
  card_id out{};
  const std::string_view bytes = in.text(out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

void put_proof(std::string& out, const proof& p) {
  put_id(out, p.card);
  out.append(p.signature.begin(), p.signature.end());
}

proof read_proof(byte_reader& in) {
  proof out{read_id(in), {}};
  const std::string_view bytes = in.text(out.signature.size());
  std::copy(bytes.begin(), bytes.end(), out.signature.begin());
  return out;
}

bool is_known(std::uint8_t number) {
  return number <= static_cast<std::uint8_t>(kind::left_signed);
}

std::string codec::encode(const message& m) const {
  return std::visit([](const auto& one) { return encode_one(one); }, m);
}

std::optional<message> decode(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto k = static_cast<kind>(bytes.front());
  bytes.remove_prefix(1);
  if (k == kind::user) return user_bytes{std::string(bytes)};
  byte_reader in(bytes);
  message m = read_body(k, in);
  if (in.failed() || !in.empty()) return std::nullopt;
  return m;
}

}  // namespace mw::swim::native
