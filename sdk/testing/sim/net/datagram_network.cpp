// datagram_network: binding, groups, and the way of a packet.
// SPDX-License-Identifier: Apache-2.0
#include "datagram_network.h"

#include "node/process.h"
#include "packet_socket.h"

#include <algorithm>

namespace mw::sim {

namespace {

constexpr std::size_t payload_max = 65'507;  // of UDP over IPv4
constexpr std::size_t arrived_max = 1024;  // packets in a socket's buffer; beyond, the system drops

}  // namespace

result<slot_id> datagram_network::open(packet_socket& handle, lane& home, endpoint& local,
                                       const datagram_options& options) {
  if (local.local) return {errc::unsupported, "datagrams over unix sockets: " + to_string(local)};
  const std::size_t node = home.home().on().index;
  MW_TRY(std::vector<place_key> places, addresses_.places(node, local));
  const auto taken = [this](place_key place) { return bound_.contains(place); };
  if (local.port == 0) {
    local.port = addresses_.free_port(places, taken);
    for (place_key& one : places) one |= local.port;
  }
  for (const place_key one : places)
    for (const slot_id other : taken(one) ? bound_.at(one) : std::vector<slot_id>())
      if (!options.share_port || !sockets_.find(other)->options.share_port)
        return {errc::denied, "cannot bind " + to_string(local) + ": address already in use"};
  socket_state state;
  state.handle = &handle;
  state.home = &home;
  state.node = node;
  state.options = options;
  state.port = local.port;
  state.places = places;
  state.any_address = local.host == "0.0.0.0" || local.host == "::";
  const slot_id id = sockets_.emplace(std::move(state));
  for (const place_key one : places) bound_[one].push_back(id);
  return id;
}

void datagram_network::close(slot_id id) {
  const socket_state* state = sockets_.find(id);
  if (state == nullptr) return;
  for (const place_key one : state->places) {
    std::erase(bound_[one], id);
    if (bound_[one].empty()) bound_.erase(one);
  }
  sockets_.erase(id);
}

result<place_key> datagram_network::group_of(slot_id id, const std::string& group,
                                             const std::string& on) {
  const socket_state& state = *sockets_.find(id);
  if (!on.empty()) MW_CHECK(addresses_.places(state.node, {on, 0}));
  MW_TRY(const place_key place, addresses_.target(state.node, {group, 0}));
  if (addresses_.kind(place) != address_kind::multicast)
    return {errc::invalid, group + " is not a multicast group"};
  return place;
}

status datagram_network::join(slot_id id, const std::string& group, const std::string& on) {
  MW_TRY(const place_key place, group_of(id, group, on));
  socket_state& state = *sockets_.find(id);
  state.groups.insert(place);
  if (on.empty()) return {};
  MW_TRY(const std::vector<place_key> where, addresses_.places(state.node, {on, 0}));
  const bool loopback = addresses_.kind(where.front()) == address_kind::loopback;
  state.loopback = loopback ? where.front() : 0;
  return {};
}

status datagram_network::leave(slot_id id, const std::string& group, const std::string& on) {
  MW_TRY(const place_key place, group_of(id, group, on));
  if (sockets_.find(id)->groups.erase(place) == 0)
    return {errc::invalid, "the socket has not joined " + group};
  return {};
}

result<place_key> datagram_network::target(slot_id from, const endpoint& to, std::size_t size) {
  const socket_state& source = *sockets_.find(from);
  if (size > payload_max)
    return {errc::invalid, "a packet of " + std::to_string(size) + " bytes is larger than " +
                               std::to_string(payload_max)};
  MW_TRY(const place_key place, addresses_.target(source.node, to));
  if (to.port == 0) return {errc::invalid, to_string(to) + " has no port"};
  if (addresses_.kind(place) == address_kind::broadcast && !source.options.broadcast)
    return {errc::invalid, "broadcast to " + to_string(to) + " was not enabled on this socket"};
  return place;
}

void datagram_network::send(slot_id from, packet what) {
  if (sockets_.find(from) == nullptr) return;
  const address_kind kind = addresses_.kind(what.peer);
  if (kind == address_kind::multicast || kind == address_kind::broadcast)
    send_to_group(from, what);
  else
    send_to_node_sockets(from, what);
}

void datagram_network::send_to_node_sockets(slot_id from, const packet& what) {
  const auto found = bound_.find(what.peer);
  if (found == bound_.end()) return;
  // Of several sockets that share a port the latest one hears what is sent to one.
  transmit(*sockets_.find(from), found->second.back(), what);
}

void datagram_network::send_to_group(slot_id from, const packet& what) {
  const socket_state& source = *sockets_.find(from);
  const place_key group = what.peer & ~place_key{0xffff};
  const bool broadcast = addresses_.kind(what.peer) == address_kind::broadcast;
  sockets_.each([&](slot_id id, const socket_state& one) {
    if (one.port != (what.peer & 0xffff)) return;
    const bool bound_to_group =
        !one.places.empty() && (one.places.front() & ~place_key{0xffff}) == group;
    const bool listens = broadcast
                             ? one.any_address
                             : (one.any_address || bound_to_group) && one.groups.contains(group);
    if (!broadcast && source.loopback != one.loopback) return;
    const bool own = one.node == source.node;
    const bool reaches =
        broadcast || (own ? source.options.multicast_loop : source.options.multicast_hops > 0);
    if (listens && reaches) transmit(source, id, what);
  });
}

// The faults of a path strike when a packet leaves, cuts when it arrives.
void datagram_network::transmit(const socket_state& source, slot_id target, const packet& what) {
  const socket_state& receiver = *sockets_.find(target);
  const sim_path path{source.node, receiver.node};
  const sim_link& link = links_.at(path);
  dice& chance = links_.chance();
  const event_tag tag = source.home->home().on().tag(event_kind::fault);
  if (what.bytes.size() > link.mtu) return events_.fired(sim_fault::packet_too_large, tag);
  if (chance.ppm(link.loss_ppm)) return events_.fired(sim_fault::packet_lost, tag);
  const bool on_loopback =
      source.loopback != 0 && addresses_.kind(what.peer) == address_kind::multicast;
  packet copy{what.bytes, on_loopback ? source.loopback | source.port
                                      : addresses_.source(source.node, source.port, what.peer)};
  if (chance.ppm(link.corrupt_ppm) && !copy.bytes.empty()) {
    events_.fired(sim_fault::packet_corrupted, tag);
    copy = damaged(copy);
  }
  duration leaves = events_.now();
  if (link.bytes_per_second > 0) {
    duration& free_at = free_at_[{path.from, path.to}];
    const std::uint64_t nanoseconds = what.bytes.size() * 1'000'000'000 / link.bytes_per_second;
    free_at = std::max(free_at, leaves) + duration(static_cast<std::int64_t>(nanoseconds));
    leaves = free_at;
  }
  if (chance.ppm(link.reorder_ppm)) {
    events_.fired(sim_fault::packet_reordered, tag);
    leaves += link.reorder_by;
  }
  if (chance.ppm(link.duplicate_ppm)) {
    events_.fired(sim_fault::packet_duplicated, tag);
    launch(path, leaves, target, copy);
  }
  launch(path, leaves, target, std::move(copy));
}

packet datagram_network::damaged(const packet& what) {
  std::vector<std::byte> bytes(what.bytes.view().begin(), what.bytes.view().end());
  const std::uint64_t bit = links_.chance().below(bytes.size() * 8);
  bytes[static_cast<std::size_t>(bit / 8)] ^= std::byte(1 << (bit % 8));
  return {slice::copy_of(bytes), what.peer};
}

void datagram_network::launch(sim_path path, duration leaves, slot_id target, packet what) {
  const event_tag tag = links_.node(path.to).tag(event_kind::packet);
  // 48 bytes of captures, so that sending does not allocate: the path is packed.
  const auto packed = static_cast<std::uint32_t>(path.from << 16 | path.to);
  auto deliver = [this, target, packed, from = what.peer, bytes = std::move(what.bytes)]() mutable {
    arrive({packed >> 16, packed & 0xffff}, target, {std::move(bytes), from});
  };
  events_.at(leaves + links_.latency(path), tag, std::move(deliver));
}

void datagram_network::arrive(sim_path path, slot_id target, packet what) {
  socket_state* socket = sockets_.find(target);
  if (socket == nullptr) return;
  const std::optional<duration> blocked = links_.blocked(path);
  if (blocked && *blocked == duration::max()) return;
  if (blocked) return launch(path, *blocked, target, std::move(what));
  if (socket->arrived.size() >= arrived_max) return;
  events_.note(links_.node(path.to).tag(event_kind::packet_in), what.bytes.view());
  socket->arrived.push(std::move(what));
  socket->handle->poke();
}

void datagram_network::drop(process& ended) {
  sockets_.each([&](slot_id id, const socket_state& one) {
    if (&one.home->home() == &ended) close(id);
  });
}

}  // namespace mw::sim
