// channel: whole messages to and from peers, over however many links the provider keeps.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/message_out.h>
#include <mw/result.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// Higher ones overtake lower ones between fragments; no lower one starves. What one link carries
// of one priority arrives in the order sent, but messages so large that they leave in fragments let
// others overtake, except those of their own exchange.
enum class priority : std::uint8_t { low, normal, high, critical };

enum class message_kind : std::uint8_t {
  one_way,       // no answer expected
  request,       // opens an exchange under an id of the sender's choice
  request_item,  // one more item from the one who opened
  request_end,   // no more items from the one who opened
  reply_item,    // one of several answers
  reply,         // the last answer: ends the exchange
  refusal,       // a failure instead of it: ends the exchange
  cancel,        // the one who opened has lost interest: ends the exchange
};

// Names of peers and links are never reused: a stale one is refused, it never reaches another.
struct peer_ref {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // zero: nobody
  friend bool operator==(const peer_ref&, const peer_ref&) = default;
};
struct link_ref {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // zero: none yet
  friend bool operator==(const link_ref&, const link_ref&) = default;
};

struct message_head {
  message_kind kind = message_kind::one_way;
  mw::priority priority = mw::priority::normal;
  std::uint64_t id = 0;  // of the exchange, chosen by who opens it; unique among its open ones
  // Not placed on a link by then: dropped with `timed_out`; zero: the channel's limit.
  time_point give_up{};
};

enum class peer_state : std::uint8_t { known, connecting, up, down, gone };
[[nodiscard]] std::string_view to_string(peer_state state) noexcept;

struct peer_view {
  peer_ref ref;
  peer_state state = peer_state::known;
  std::string id;  // node id; empty until it is known
  std::string zone;
  std::string address;     // where it is dialled; empty for peers that only dial us
  std::string identity;    // proved by the transport; empty on transports that prove nothing
  std::uint64_t life = 0;  // chosen anew at each start of the peer
  std::uint32_t links = 0;
  // When any byte of it last came, and how many dials in a row it has refused: for failure
  // detectors, which read peers() now and then. Both move without on_peer().
  time_point last_heard{};
  std::uint32_t refused = 0;
};

struct arrival {
  const peer_view& from;
  link_ref on;  // answers go here
  message_head head;
  payload body;
  // Set to keep the credit of a stream item until consumed() is called.
  bool& hold;
};

// What the channel tells its user; in turns of the provider's lane, never inside a call on the
// channel.
class channel_events {
 public:
  virtual void on_message(const arrival& message) = 0;
  // A peer is new, or its state or facts changed; `gone` is its last.
  virtual void on_peer(const peer_view& peer) = 0;
  // Exchanges that were open on the link will see nothing more.
  virtual void on_link_closed(peer_ref peer, link_ref closed, const failure& why) = 0;
  // A message that send() took without a link has one now, or never will have.
  virtual void on_placed(const message_head& head, result<link_ref> where) = 0;
  // After send() or reply() said `overloaded`: there is room again.
  virtual void on_room(peer_ref peer) = 0;

 protected:
  ~channel_events() = default;
};

// Calls belong to the provider's lane. Nothing blocks; every queue is bounded. Capabilities:
//   max_message   the largest message in bytes
class channel {
 public:
  static constexpr std::string_view contract = "channel/1";

  // Called once, when the user starts. Links accept and deliver from then on. Peers that are known
  // already are told in the next turn.
  virtual void attach(channel_events& events) = 0;
  // Called before `events` is destroyed, which is before the channel is: nothing is told any more.
  virtual void detach() = 0;

  // Sends to a peer over its best link; request items, ends and cancels go where their request
  // went: `on` names that link, for all else it is {}. The body is copied or shared, so it may be
  // sent to the next peer at once. The link of generation zero means: queued until the peer is
  // connected, see on_placed(); a cancel without a link takes such a request back, and on_placed()
  // is then not called. `overloaded`: a queue or window is full, on_room() follows; `not_found`: no
  // such peer any more; `disconnected`: `on` has closed; `invalid`: too large.
  [[nodiscard]] virtual result<link_ref> send(peer_ref to, const message_head& head,
                                              message_out& body, link_ref on) = 0;

  // Sends reply items, replies and refusals to where their request came from. Failures as above.
  [[nodiscard]] virtual status reply(link_ref on, const message_head& head, message_out& body) = 0;

  // Gives credit back for an item that was held; `kind` is that of the item.
  virtual void consumed(link_ref on, message_kind kind, std::uint64_t id, std::size_t bytes) = 0;

  // Everybody known, for tables and admin pages; may allocate.
  [[nodiscard]] virtual std::vector<peer_view> peers() const = 0;

 protected:
  ~channel() = default;
};

}  // namespace mw
