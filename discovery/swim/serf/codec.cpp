// codec: field names are those of memberlist, sorted by their bytes.
// SPDX-License-Identifier: Apache-2.0
#include "serf/codec.h"

#include "wire/bytes.h"
#include "wire/pack.h"

#include <algorithm>

namespace mw::swim::serf {

namespace {

std::string begin(kind k) {
  return std::string(1, static_cast<char>(k));
}

std::string encode_one(const ping& m) {
  std::string out = begin(kind::ping);
  packer p(out);
  p.map(2).raw("Node").raw(m.node).raw("SeqNo").number(m.number);
  return out;
}

std::string encode_one(const ping_request& m) {
  std::string out = begin(kind::indirect_ping);
  packer p(out);
  p.map(5).raw("Nack").boolean(m.wants_nack).raw("Node").raw(m.node).raw("Port");
  p.number(m.target.port).raw("SeqNo").number(m.number).raw("Target").raw(ip_bytes(m.target.host));
  return out;
}

std::string encode_one(const ack& m) {
  std::string out = begin(kind::ack);
  packer p(out);
  p.map(2).raw("Payload");
  if (m.where)
    p.raw(encode_coordinate(*m.where));
  else
    p.nil();
  p.raw("SeqNo").number(m.number);
  return out;
}

std::string encode_one(const nack& m) {
  std::string out = begin(kind::nack);
  packer(out).map(1).raw("SeqNo").number(m.number);
  return out;
}

std::string claim(kind k, std::uint32_t incarnation, const std::string& node,
                  const std::string& from) {
  std::string out = begin(k);
  packer p(out);
  p.map(3).raw("From").raw(from).raw("Incarnation").number(incarnation).raw("Node").raw(node);
  return out;
}

std::string encode_one(const suspect_claim& m) {
  return claim(kind::suspect, m.incarnation, m.node, m.from);
}

std::string encode_one(const dead_claim& m) {
  return claim(kind::dead, m.incarnation, m.node, m.from);
}

std::string encode_one(const alive_claim& m) {
  std::string out = begin(kind::alive);
  packer p(out);
  p.map(6).raw("Addr").raw(ip_bytes(m.at.host)).raw("Incarnation").number(m.incarnation);
  p.raw("Meta").raw(m.meta).raw("Node").raw(m.node).raw("Port").number(m.at.port).raw("Vsn");
  p.raw({reinterpret_cast<const char*>(m.versions.data()), m.versions.size()});
  return out;
}

std::string encode_one(const user_bytes& m) {
  return begin(kind::user) + m.bytes;
}

// All fields that any of the messages has; what is absent stays empty.
struct fields {
  std::uint64_t number = 0, incarnation = 0, port = 0, source_port = 0;
  std::string_view node, from, target, address, meta, versions, payload, source, source_node;
  bool nack = false;
};

bool read_number(unpacker& in, std::string_view name, fields& f) {
  if (name == "SeqNo") return f.number = in.number(), true;
  if (name == "Incarnation") return f.incarnation = in.number(), true;
  if (name == "Port") return f.port = in.number(), true;
  if (name == "SourcePort") return f.source_port = in.number(), true;
  if (name == "Nack") return f.nack = in.boolean(), true;
  return false;
}

bool read_text(unpacker& in, std::string_view name, fields& f) {
  if (name == "Node") return f.node = in.raw(), true;
  if (name == "From") return f.from = in.raw(), true;
  if (name == "Target") return f.target = in.raw(), true;
  if (name == "Addr") return f.address = in.raw(), true;
  if (name == "Meta") return f.meta = in.raw(), true;
  if (name == "Vsn") return f.versions = in.raw(), true;
  if (name == "Payload") return f.payload = in.raw(), true;
  if (name == "SourceAddr") return f.source = in.raw(), true;
  if (name == "SourceNode") return f.source_node = in.raw(), true;
  return false;
}

std::optional<fields> read_fields(std::string_view bytes) {
  unpacker in(bytes);
  fields f;
  const std::size_t entries = in.map();
  for (std::size_t i = 0; i < entries && !in.failed(); ++i) {
    const std::string_view name = in.raw();
    if (!read_number(in, name, f) && !read_text(in, name, f)) in.skip();
  }
  const bool fits = f.number <= 0xffffffff && f.incarnation <= 0xffffffff && f.port <= 0xffff &&
                    f.source_port <= 0xffff;
  if (in.failed() || !fits) return std::nullopt;
  return f;
}

endpoint where(std::string_view address, std::uint64_t port) {
  return {ip_text(address), static_cast<std::uint16_t>(port), false};
}

std::optional<message> make_alive(const fields& f) {
  alive_claim m{static_cast<std::uint32_t>(f.incarnation),
                std::string(f.node),
                where(f.address, f.port),
                std::string(f.meta),
                {}};
  if (m.at.empty()) return std::nullopt;
  if (f.versions.size() == m.versions.size())
    std::copy(f.versions.begin(), f.versions.end(), m.versions.begin());
  else if (!f.versions.empty())
    return std::nullopt;  // a short array crashed others
  else
    m.versions = our_versions;
  return m;
}

}  // namespace

std::string codec::encode(const message& m) const {
  return std::visit([](const auto& one) { return encode_one(one); }, m);
}

std::string encode_coordinate(const coordinate& c) {
  std::string out(1, '\x01');
  packer p(out);
  p.map(4).raw("Adjustment").real(c.adjustment).raw("Error").real(c.error);
  p.raw("Height").real(c.height).raw("Vec").array(c.at.size());
  for (const double one : c.at) p.real(one);
  return out;
}

std::optional<coordinate> decode_coordinate(std::string_view bytes) {
  if (bytes.size() < 2 || bytes.front() != '\x01') return std::nullopt;
  unpacker in(bytes.substr(1));
  coordinate c;
  const std::size_t entries = in.map();
  for (std::size_t i = 0; i < entries && !in.failed(); ++i) {
    const std::string_view name = in.raw();
    if (name == "Adjustment") {
      c.adjustment = in.real();
    } else if (name == "Error") {
      c.error = in.real();
    } else if (name == "Height") {
      c.height = in.real();
    } else if (name == "Vec") {
      if (in.array() != c.at.size()) return std::nullopt;
      for (double& one : c.at) one = in.real();
    } else {
      in.skip();
    }
  }
  if (in.failed()) return std::nullopt;
  return c;
}

std::optional<message> decode(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto k = static_cast<kind>(bytes.front());
  if (k == kind::user) return user_bytes{std::string(bytes.substr(1))};
  const bool known = k <= kind::dead || k == kind::nack;
  if (!known) return std::nullopt;
  const auto read = read_fields(bytes.substr(1));
  if (!read) return std::nullopt;
  const fields& f = *read;
  const auto number = static_cast<std::uint32_t>(f.number);
  const auto incarnation = static_cast<std::uint32_t>(f.incarnation);
  const std::string node(f.node);
  switch (k) {
    case kind::ping:
      return ping{number, node, where(f.source, f.source_port), std::string(f.source_node)};
    case kind::indirect_ping:
      return ping_request{number, where(f.target, f.port),        node,
                          f.nack, where(f.source, f.source_port), std::string(f.source_node)};
    case kind::ack:
      return ack{number, decode_coordinate(f.payload), {}};
    case kind::suspect:
      return suspect_claim{incarnation, node, std::string(f.from)};
    case kind::alive:
      return make_alive(f);
    case kind::dead:
      return dead_claim{incarnation, node, std::string(f.from)};
    default:
      return nack{number};
  }
}

}  // namespace mw::swim::serf
