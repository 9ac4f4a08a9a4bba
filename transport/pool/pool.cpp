// pool: the calls of channel/1, and the messages that wait for a connection.
// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <algorithm>
#include <utility>

namespace mw::pool {

namespace {

std::uint64_t draw_life(const host& node) {
  std::uint64_t life = 0;
  while (life == 0) node.secure_bytes(std::as_writable_bytes(std::span(&life, 1)));
  return life;
}

wire::checksum_set checksums_of(checksum_choice choice) {
  using wire::checksum;
  switch (choice) {
    case checksum_choice::off:
      return wire::checksum_set(checksum::none);
    case checksum_choice::crc32c:
      return wire::checksum_set(checksum::crc32c);
    case checksum_choice::xxh3:
      return wire::checksum_set(checksum::xxh3);
    case checksum_choice::automatic:
      break;
  }
  return wire::checksum_set(checksum::none, checksum::crc32c, checksum::xxh3);
}

wire::compression_set compressions_of(compression_choice choice) {
  using wire::compression;
  switch (choice) {
    case compression_choice::off:
      break;
    case compression_choice::lz4:
      return wire::compression_set(compression::none, compression::lz4);
    case compression_choice::zstd:
      return wire::compression_set(compression::none, compression::zstd);
    case compression_choice::automatic:
      return wire::compression_set(compression::none, compression::lz4, compression::zstd);
  }
  return wire::compression_set(compression::none);
}

wire::hello hello_of(const pool::parts& with, const settings& opt, std::uint64_t life) {
  const node_info& node = with.node.node();
  wire::hello ours;
  ours.node = opt.id.empty() ? node.id : opt.id;
  ours.cluster = node.cluster.empty() ? "default" : node.cluster;
  ours.zone = node.zone;
  ours.datacenter = node.datacenter;
  ours.codec = with.codec;
  ours.life = life;
  ours.checksums = checksums_of(opt.checksum);
  ours.compressions = compressions_of(opt.compression);
  ours.frame_max = static_cast<std::uint32_t>(
      std::max<std::uint64_t>(opt.fragment.count + 64, wire::frame_max_least));
  ours.message_max = static_cast<std::uint32_t>(opt.message_max.count);
  ours.link_window = static_cast<std::uint32_t>(opt.link_window.count);
  ours.stream_window = static_cast<std::uint32_t>(opt.stream_window.count);
  ours.exchanges = opt.exchanges;
  return ours;
}

}  // namespace

pool::pool(const parts& with, const settings& opt)
    : host_(with.node),
      carrier_(with.carrier),
      carrier_name_(with.carrier_name),
      opt_(opt),
      metrics_(with.node),
      ours_(hello_of(with, opt, draw_life(with.node))),
      rules_{opt.connections, opt.streams, opt.idle_timeout},
      waiting_limits_{opt.waiting_messages, opt.waiting_bytes.count},
      book_(ours_.node, ours_.life, opt.peers),
      shared_{with.node, opt, metrics_, *this, ours_, opt.outbox_bounds(), opt.assembly_bounds()},
      dice_(with.node.random("pool")),
      link_up_(with.node.bus().open<link_up>()),
      link_down_(with.node.bus().open<link_down>()),
      joining_(with.node.bus().open<peer_joining>()),
      alerts_(with.node.bus().open<alert_raised>()),
      clock_(with.node.make_timer([this] { look_around(); })) {}

pool::~pool() = default;

// ---- channel/1 ---------------------------------------------------------------------------------

void pool::attach(channel_events& events) {
  user_ = &events;
  for (const listener_ptr& door : doors_) door->resume();
  book_.each([this](const peer& p) { book_.changed(p); });
  wake_now();
}

// The connection that a message goes to: the first one while little waits there, so that messages
// leave together; then the least loaded one.
connection* pool::best_link(const peer& p, const message_head&) const {
  if (p.links.empty()) return nullptr;
  connection* const first = links_.find(p.links.front());
  if (first != nullptr && first->usable() && (p.links.size() == 1 || first->takes_more()))
    return first;
  connection* best = nullptr;
  std::size_t least = SIZE_MAX;
  for (const link_ref ref : p.links) {
    connection* const one = links_.find(ref);
    if (one == nullptr || !one->usable()) continue;
    const std::size_t load = one->queued() + std::size_t{one->open()} * 1024;
    if (load >= least) continue;
    least = load;
    best = one;
  }
  return best;
}

result<link_ref> pool::send(peer_ref to, const message_head& head, message_out& body, link_ref on) {
  peer* const p = book_.find(to);
  if (p == nullptr) [[unlikely]]
    return {errc::not_found, "the peer is not known any more"};
  connection* link = nullptr;
  if (on.generation != 0) {
    link = links_.find(on);
    if (link == nullptr || link->peer() != to)
      return {errc::disconnected, "the connection has closed"};
  } else {
    link = best_link(*p, head);
    if (link == nullptr) return wait(*p, head, body);
  }
  const status sent = link->send(head, body);
  if (!sent) [[unlikely]] {
    if (sent.error().kind() == errc::overloaded) {
      p->wants_room = true;
      wake_now();  // another connection may help
    }
    return sent.error();
  }
  return link->ref();
}

status pool::reply(link_ref on, const message_head& head, message_out& body) {
  connection* const link = links_.find(on);
  if (link == nullptr) [[unlikely]]
    return {errc::disconnected, "the connection has closed"};
  status sent = link->send(head, body);
  if (!sent && sent.error().kind() == errc::overloaded)
    if (peer* const p = book_.find(link->peer())) p->wants_room = true;
  return sent;
}

void pool::consumed(link_ref on, message_kind kind, std::uint64_t id, std::size_t bytes) {
  if (connection* const link = links_.find(on)) link->consumed(kind, id, bytes);
}

std::vector<peer_view> pool::peers() const {
  std::vector<peer_view> all;
  all.reserve(book_.count());
  book_.each([&](const peer& p) {
    peer_view& view = all.emplace_back(p.view);
    for (const link_ref ref : p.links)
      if (const connection* const one = links_.find(ref))
        view.last_heard = std::max(view.last_heard, one->last_heard());
  });
  return all;
}

// ---- messages that wait for a connection -------------------------------------------------------

result<link_ref> pool::wait(peer& p, const message_head& head, message_out& body) {
  if (head.kind == message_kind::cancel) {
    if (p.waiting.cancel(head.id)) --waiting_;
    return link_ref{};
  }
  if (head.kind != message_kind::request && head.kind != message_kind::one_way)
    return {errc::disconnected, "no connection to " + p.name() + ", and this kind needs its own"};
  if (draining_) return {errc::disconnected, "the node is stopping"};
  if (body.size() > opt_.message_max.count) {
    metrics_.refused(refusal::too_large);
    return {errc::invalid, "a message of " + std::to_string(body.size()) +
                               " bytes, where message_max allows " +
                               std::to_string(opt_.message_max.count)};
  }
  message_head waiting = head;
  if (waiting.give_up == time_point{}) waiting.give_up = host_.now() + opt_.waiting_deadline;
  if (!p.waiting.add({waiting, host_.now()}, body, waiting_limits_)) {
    metrics_.refused(refusal::waiting);
    p.wants_room = true;
    return {errc::overloaded, std::to_string(p.waiting.count()) + " messages with " +
                                  std::to_string(p.waiting.bytes()) + " bytes wait for " +
                                  p.name() + " already: see waiting_messages"};
  }
  ++waiting_;
  wake_at(waiting.give_up);
  wake_now();
  return link_ref{};
}

void pool::place_waiting(peer& p, connection& on) {
  const peer_ref ref = p.view.ref;
  while (true) {
    peer* const still = book_.find(ref);
    if (still == nullptr || still->waiting.empty() || !on.usable()) return;
    const waiting_message message = still->waiting.pop();
    --waiting_;
    metrics_.acquire.record(host_.now() - message.since);
    place(message, on);
  }
}

void pool::place(const waiting_message& message, connection& on) {
  message_out body(SIZE_MAX);
  for (const slice& part : message.parts) body.append(part);
  const status sent = on.send(message.head, body);
  if (sent)
    user_->on_placed(message.head, on.ref());
  else
    user_->on_placed(message.head, sent.error());
}

void pool::fail_waiting(waiting_queue& queue, const failure& why) {
  while (!queue.empty()) {
    const waiting_message message = queue.pop();
    --waiting_;
    if (user_ != nullptr) user_->on_placed(message.head, why);
  }
}

void pool::expire_waiting(time_point now) {
  if (waiting_ == 0) return;
  book_.each([&](peer& p) {
    const peer_ref ref = p.view.ref;
    bool any = false;
    for (peer* one = &p; one != nullptr; one = book_.find(ref)) {
      const auto expired = one->waiting.expired(now);
      if (!expired) break;
      any = true;
      --waiting_;
      metrics_.refused(refusal::expired);
      user_->on_placed(expired->head,
                       failure(errc::timed_out, "no connection to " + one->name() + " in time"));
    }
    peer* const one = book_.find(ref);
    if (any && one != nullptr && std::exchange(one->wants_room, false)) user_->on_room(ref);
    if (one != nullptr)
      if (const auto next = one->waiting.next_expiry()) wake_at(*next);
  });
}

}  // namespace mw::pool
