// messages: events, queries, responses, intents and relays.
// SPDX-License-Identifier: Apache-2.0
#include "talk/messages.h"

#include "talk/fields.h"
#include "wire/bytes.h"
#include "wire/pack.h"

namespace mw::swim::talk {

namespace {

constexpr std::size_t payload_max = 9 * 1024;
constexpr std::size_t filters_max = 32;
constexpr std::int64_t timeout_max = 3'600'000'000'000;

endpoint where(std::string_view address, std::uint64_t port) {
  return {ip_text(address), static_cast<std::uint16_t>(port > 0xffff ? 0 : port), false};
}

bool read_query_field(unpacker& in, std::string_view name, query& m, std::string_view& address,
                      std::uint64_t& port) {
  if (name == "LTime") return m.time = in.number(), true;
  if (name == "ID") return m.id = static_cast<std::uint32_t>(in.number()), true;
  if (name == "Addr") return address = in.raw(), true;
  if (name == "Port") return port = in.number(), true;
  if (name == "SourceNode") return m.source = in.raw(), true;
  if (name == "Flags") return m.flags = static_cast<std::uint32_t>(in.number()), true;
  if (name == "RelayFactor") return m.relays = static_cast<std::uint8_t>(in.number()), true;
  if (name == "Timeout") return m.timeout = duration(in.integer()), true;
  if (name == "Name") return m.name = in.raw(), true;
  if (name == "Payload") return m.payload = in.raw(), true;
  if (name != "Filters") return false;
  const std::size_t count = in.array();
  if (count > filters_max) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) m.filters.emplace_back(in.raw());
  return true;
}

}  // namespace

std::string encode(const intent& m) {
  std::string out = begin(m.what);
  packer p(out);
  const bool leaves = m.what == kind::leave;
  p.map(leaves ? 3 : 2).raw("LTime").number(m.time).raw("Node").raw(m.node);
  if (leaves) p.raw("Prune").boolean(m.prune);
  return out;
}

std::optional<intent> decode_intent(std::string_view bytes) {
  intent m;
  if (bytes.empty()) return std::nullopt;
  m.what = static_cast<kind>(bytes.front());
  if (m.what != kind::leave && m.what != kind::join) return std::nullopt;
  unpacker in(bytes.substr(1));
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "LTime") return m.time = in.number(), true;
    if (name == "Node") return m.node = in.raw(), true;
    if (name == "Prune") return m.prune = in.boolean(), true;
    return false;
  });
  if (!fine || m.node.empty() || m.node.size() > node_name_max) return std::nullopt;
  return m;
}

std::string encode(const user_event& m) {
  std::string out = begin(kind::event);
  packer p(out);
  p.map(4).raw("CC").boolean(m.coalesce).raw("LTime").number(m.time);
  p.raw("Name").raw(m.name).raw("Payload").raw(m.payload);
  return out;
}

std::optional<user_event> decode_event(std::string_view bytes) {
  user_event m;
  unpacker in(body(bytes, kind::event));
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "LTime") return m.time = in.number(), true;
    if (name == "Name") return m.name = in.raw(), true;
    if (name == "Payload") return m.payload = in.raw(), true;
    if (name == "CC") return m.coalesce = in.boolean(), true;
    return false;
  });
  if (!fine || m.name.size() > node_name_max || m.payload.size() > payload_max) return std::nullopt;
  return m;
}

std::string encode(const query& m) {
  std::string out = begin(kind::query);
  packer p(out);
  p.map(11).raw("Addr").raw(ip_bytes(m.reply_to.host));
  p.raw("Filters");
  if (m.filters.empty()) {
    p.nil();
  } else {
    p.array(m.filters.size());
    for (const std::string& one : m.filters) p.raw(one);
  }
  p.raw("Flags").number(m.flags).raw("ID").number(m.id).raw("LTime").number(m.time);
  p.raw("Name").raw(m.name).raw("Payload").raw(m.payload).raw("Port").number(m.reply_to.port);
  p.raw("RelayFactor").number(m.relays).raw("SourceNode").raw(m.source);
  p.raw("Timeout").integer(m.timeout.count());
  return out;
}

std::optional<query> decode_query(std::string_view bytes) {
  query m;
  std::string_view address;
  std::uint64_t port = 0;
  unpacker in(body(bytes, kind::query));
  const bool fine = each_field(
      in, [&](std::string_view name) { return read_query_field(in, name, m, address, port); });
  m.reply_to = where(address, port);
  if (!fine || m.name.size() > node_name_max || m.payload.size() > payload_max ||
      m.timeout.count() < 0 || m.timeout.count() > timeout_max || m.source.size() > node_name_max)
    return std::nullopt;
  return m;
}

std::string encode(const response& m) {
  std::string out = begin(kind::response);
  packer p(out);
  p.map(5).raw("Flags").number(m.flags).raw("From").raw(m.from).raw("ID").number(m.id);
  p.raw("LTime").number(m.time).raw("Payload").raw(m.payload);
  return out;
}

std::optional<response> decode_response(std::string_view bytes) {
  response m;
  unpacker in(body(bytes, kind::response));
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "LTime") return m.time = in.number(), true;
    if (name == "ID") return m.id = static_cast<std::uint32_t>(in.number()), true;
    if (name == "From") return m.from = in.raw(), true;
    if (name == "Flags") return m.flags = static_cast<std::uint32_t>(in.number()), true;
    if (name == "Payload") return m.payload = in.raw(), true;
    return false;
  });
  if (!fine || m.from.size() > node_name_max || m.payload.size() > payload_max) return std::nullopt;
  return m;
}

std::string encode(const relayed& m) {
  std::string out = begin(kind::relay);
  packer p(out);
  p.map(2).raw("DestAddr").map(3).raw("IP").raw(ip_bytes(m.to.host));
  p.raw("Port").number(m.to.port).raw("Zone").raw("").raw("DestName").raw(m.name);
  return out + m.bytes;
}

std::optional<relayed> decode_relay(std::string_view bytes) {
  relayed m;
  std::string_view address;
  std::uint64_t port = 0;
  unpacker in(body(bytes, kind::relay));
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "DestName") return m.name = in.raw(), true;
    if (name != "DestAddr") return false;
    each_field(in, [&](std::string_view inner) {
      if (inner == "IP") return address = in.raw(), true;
      if (inner == "Port") return port = in.number(), true;
      return false;
    });
    return true;
  });
  m.to = where(address, port);
  m.bytes = std::string(in.rest());
  if (!fine || m.to.empty() || m.to.port == 0 || m.bytes.empty()) return std::nullopt;
  return m;
}

}  // namespace mw::swim::talk
