// post: local messages are copied into vectors that are used again and again.
// SPDX-License-Identifier: Apache-2.0
#include "engine/post.h"

#include <cstring>

namespace mw::routing {
namespace {

// Calls f(bytes) for each piece of the message, in order.
template <class F>
void pieces(const message_out& from, F f) {
  const bytes_view written = from.written();
  std::size_t at = 0;
  for (const message_out::reference& r : from.references()) {
    f(written.subspan(at, r.at - at));
    f(r.bytes.view());
    at = r.at;
  }
  f(written.subspan(at));
}

constexpr std::size_t spares_max = 1024;
constexpr std::size_t spare_bytes_max = 16 * 1024;
constexpr std::size_t letter_cost = 64;

}  // namespace

void flatten(const message_out& from, std::vector<std::byte>& to) {
  pieces(from, [&](bytes_view piece) { to.insert(to.end(), piece.begin(), piece.end()); });
}

slice flatten(const message_out& from) {
  buffer_block* const block = allocate_block(from.size());
  std::byte* to = block->data();
  pieces(from, [&](bytes_view piece) {
    if (piece.empty()) return;
    std::memcpy(to, piece.data(), piece.size());
    to += piece.size();
  });
  return {block, 0, from.size()};
}

post::post(channel& outside, peer_book& peers, metrics& counts, std::size_t local_max,
           function<void()> wake)
    : outside_(outside),
      peers_(peers),
      counts_(counts),
      local_max_(local_max),
      wake_(std::move(wake)) {}

void post::consumed(link_ref on, message_kind kind, std::uint64_t id, std::size_t bytes) {
  if (on != local_link) outside_.consumed(on, kind, id, bytes);
}

status post::put(const message_head& head, const message_out& body) {
  const std::size_t size = body.size() + letter_cost;
  if (local_bytes_ + size > local_max_) {
    was_full_ = true;
    counts_.refused(refusal::local_full);
    return failure(errc::overloaded, "local_max: " + std::to_string(local_bytes_) + " of " +
                                         std::to_string(local_max_) +
                                         " bytes of messages to itself are waiting");
  }
  letter written;
  if (!spare_.empty()) {
    written = std::move(spare_.back());
    spare_.pop_back();
  }
  written.head = head;
  flatten(body, written.bytes);
  queue_.push_back(std::move(written));
  local_bytes_ += size;
  counts_.local_waiting.set(static_cast<double>(local_bytes_));
  wake_();
  return {};
}

bool post::deliver_local(channel_events& events, time_point now) {
  delivering_.swap(queue_);
  for (letter& l : delivering_) {
    local_bytes_ -= l.bytes.size() + letter_cost;
    const bool stale = l.head.give_up != time_point{} && l.head.give_up <= now &&
                       l.head.kind == message_kind::one_way;
    bool hold = false;
    if (!stale)
      events.on_message({peers_.self().view, local_link, l.head, {l.bytes, nullptr}, hold});
    if (l.bytes.capacity() > spare_bytes_max || spare_.size() >= spares_max) continue;
    l.bytes.clear();
    spare_.push_back(std::move(l));
  }
  delivering_.clear();
  counts_.local_waiting.set(static_cast<double>(local_bytes_));
  return std::exchange(was_full_, false);
}

}  // namespace mw::routing
