// post: the way to a peer and back, over the channel or, for this node itself, around the corner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/metrics.h"
#include "engine/peers.h"

#include <mw/channel.h>

#include <cstddef>
#include <functional>
#include <vector>

namespace mw::routing {

inline constexpr link_ref local_link{0xffffffff, 0xffffffff};

// Messages to itself keep the promises of the channel: they arrive in a later turn, in order.
class post {
 public:
  post(channel& outside, peer_book& peers, metrics& counts, std::size_t local_max,
       function<void()> wake);

  [[gnu::always_inline, nodiscard]] result<link_ref> send(const peer& to, const message_head& head,
                                                          message_out& body, link_ref on = {}) {
    if (!to.self) return outside_.send(to.view.ref, head, body, on);
    MW_CHECK(put(head, body));
    return local_link;
  }
  [[nodiscard]] status reply(link_ref on, const message_head& head, message_out& body) {
    return on == local_link ? put(head, body) : outside_.reply(on, head, body);
  }
  void consumed(link_ref on, message_kind kind, std::uint64_t id, std::size_t bytes);

  // Hands the messages to itself that are there now to `events`. True: it was full, there is room.
  bool deliver_local(channel_events& events, time_point now);
  [[nodiscard]] bool local_waiting() const { return !queue_.empty(); }

 private:
  struct letter {
    message_head head;
    std::vector<std::byte> bytes;
  };
  [[nodiscard]] status put(const message_head& head, const message_out& body);

  channel& outside_;
  peer_book& peers_;
  metrics& counts_;
  std::size_t local_max_;
  std::size_t local_bytes_ = 0;
  bool was_full_ = false;
  function<void()> wake_;
  std::vector<letter> queue_, delivering_, spare_;  // swapped and reused: no allocation
};

// All bytes of an outgoing message, appended to `to`.
void flatten(const message_out& from, std::vector<std::byte>& to);
[[nodiscard]] slice flatten(const message_out& from);

}  // namespace mw::routing
