// push_pull: a header map, a map for each member, then opaque bytes.
// SPDX-License-Identifier: Apache-2.0
#include "serf/push_pull.h"

#include "serf/codec.h"
#include "serf/stream_cutter.h"
#include "wire/bytes.h"
#include "wire/pack.h"

#include <algorithm>

namespace mw::swim::serf {

namespace {

void pack_member(packer& p, const member_state& m) {
  const alive_claim& c = m.claim;
  p.map(7).raw("Addr").raw(ip_bytes(c.at.host)).raw("Incarnation").number(c.incarnation);
  p.raw("Meta").raw(c.meta).raw("Name").raw(c.node).raw("Port").number(c.at.port);
  p.raw("State").number(static_cast<std::uint8_t>(m.state)).raw("Vsn");
  p.raw({reinterpret_cast<const char*>(c.versions.data()), c.versions.size()});
}

struct raw_member {
  std::string_view address, meta, name, versions;
  std::uint64_t incarnation = 0, port = 0, state = 0;
};

raw_member read_member(unpacker& in) {
  raw_member m;
  const std::size_t entries = in.map();
  for (std::size_t i = 0; i < entries && !in.failed(); ++i) {
    const std::string_view name = in.raw();
    if (name == "Addr")
      m.address = in.raw();
    else if (name == "Meta")
      m.meta = in.raw();
    else if (name == "Name")
      m.name = in.raw();
    else if (name == "Vsn")
      m.versions = in.raw();
    else if (name == "Incarnation")
      m.incarnation = in.number();
    else if (name == "Port")
      m.port = in.number();
    else if (name == "State")
      m.state = in.number();
    else
      in.skip();
  }
  return m;
}

bool fits(const raw_member& m) {
  return m.incarnation <= 0xffffffff && m.port <= 0xffff && m.state <= 3 &&
         (m.versions.size() == 6 || m.versions.empty()) && !ip_text(m.address).empty();
}

member_state made(const raw_member& m) {
  member_state out;
  out.claim = {static_cast<std::uint32_t>(m.incarnation),
               std::string(m.name),
               {ip_text(m.address), static_cast<std::uint16_t>(m.port), false},
               std::string(m.meta),
               our_versions};
  std::copy(m.versions.begin(), m.versions.end(), out.claim.versions.begin());
  out.state = static_cast<liveness>(m.state);
  return out;
}

}  // namespace

std::string encode(const push_pull& what) {
  std::string out(1, static_cast<char>(kind::push_pull));
  packer p(out);
  p.map(3).raw("Join").boolean(what.join).raw("Nodes").number(what.members.size());
  p.raw("UserStateLen").number(what.user_state.size());
  for (const member_state& m : what.members) pack_member(p, m);
  return out + what.user_state;
}

result<push_pull> decode_push_pull(std::string_view bytes) {
  const failure broken(errc::invalid, "the peer's state cannot be understood");
  if (bytes.empty() || static_cast<kind>(bytes.front()) != kind::push_pull) return broken;
  unpacker in(bytes.substr(1));
  push_pull out;
  std::uint64_t members = 0;
  std::uint64_t user = 0;
  const std::size_t entries = in.map();
  for (std::size_t i = 0; i < entries && !in.failed(); ++i) {
    const std::string_view name = in.raw();
    if (name == "Join")
      out.join = in.boolean();
    else if (name == "Nodes")
      members = in.number();
    else if (name == "UserStateLen")
      user = in.number();
    else
      in.skip();
  }
  if (in.failed() || members > stream_cutter::members_max || members > in.rest().size())
    return broken;
  for (std::uint64_t i = 0; i < members; ++i) {
    const raw_member m = read_member(in);
    if (in.failed()) return broken;
    if (fits(m)) out.members.push_back(made(m));
  }
  if (in.rest().size() != user) return broken;
  out.user_state = std::string(in.rest());
  return out;
}

std::string encode_error(std::string_view text) {
  std::string out(1, static_cast<char>(kind::error));
  packer(out).map(1).raw("Error").raw(text);
  return out;
}

std::string decode_error(std::string_view bytes) {
  unpacker in(bytes.substr(std::min<std::size_t>(1, bytes.size())));
  if (in.map() == 0 || in.raw() != "Error") return "an error without words";
  return std::string(in.raw().substr(0, 256));
}

std::optional<std::string> decode_stream_user(std::string_view bytes) {
  if (bytes.empty() || static_cast<kind>(bytes.front()) != kind::user) return std::nullopt;
  unpacker in(bytes.substr(1));
  if (in.map() != 1 || in.raw() != "UserMsgLen") return std::nullopt;
  const std::uint64_t size = in.number();
  if (in.failed() || size != in.rest().size()) return std::nullopt;
  return std::string(in.rest());
}

}  // namespace mw::swim::serf
