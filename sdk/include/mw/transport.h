// transport: how bytes get from one node to another: TCP, TLS, QUIC, memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/admission.h>
#include <mw/contract.h>
#include <mw/streams.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw {

// How long a link should be used, as its transport knows: credentials are replaced, or end.
class link_lease {
 public:
  virtual ~link_lease() = default;
  // Once true it stays so: users make another link first, then drain this one. Cheap; asked often.
  [[nodiscard]] virtual bool due() const noexcept = 0;
};

// One connection, the same at both ends. Frames, requests and credit belong to the layers above.
struct link {
  stream_ptr bytes;  // never null; owned by whoever got the link
  // Who the other end proved to be, as its certificate says; empty when the transport is not
  // secure.
  std::string peer;
  // The node id that belongs to that identity: a peer that says another one is refused. Empty: any.
  std::string node;
  // What the connection takes is booked here; null when no admission is configured. Whoever owns
  // `bytes` keeps it as long.
  std::unique_ptr<admission_scope> scope;
  // Null: the link is good for as long as it lasts. Never outlives `bytes`.
  std::unique_ptr<link_lease> lease;
};

struct dial_request {
  endpoint to;
  duration deadline = 5s;  // from the call to `done`, handshakes included
  // Whom the caller means to reach. A secure transport that finds somebody else fails with
  // `denied`; others ignore it. Empty: anybody whom the transport's own settings accept.
  std::string peer;
};

// Every call and every callback belongs to the lane of the plug-in that provides. Nothing blocks.
// Transports stack: one that encrypts uses another that carries (`over: tcp`).
//
// Capabilities:
//   ordered     bytes arrive in the order written, or the link closes; without it one write is one
//               packet and one on_data() is one packet, which may be lost, doubled or overtaken,
//               and nobody tells whether anybody listens
//   max_packet  without ordered: the largest packet, in bytes; larger writes are refused
//   secure      both ends have proved who they are before a link is handed over, and nobody between
//               them reads or changes bytes
//   max_frame   the largest slice that an idle link's write(slice) takes in one piece, in bytes
class transport {
 public:
  static constexpr std::string_view contract = "transport/1";

  // Called when the user starts. From then on `accepted` is called with each new link whose
  // handshake is done, in turns of its own and never inside listen(), until the listener is
  // destroyed; links live on without it. Port 0 takes a free one: see listener::local().
  // `denied`: the endpoint is in use or needs a permission; `invalid`: not an endpoint of this
  // transport; `unsupported`: it only dials.
  [[nodiscard]] virtual result<listener_ptr> listen(const endpoint& at,
                                                    function<void(link)> accepted) = 0;

  // Where the YAML says to listen, for users that listen on behalf of the node; the transport never
  // listens by itself. Empty: only dial.
  [[nodiscard]] virtual std::vector<endpoint> configured() const = 0;

  // Called for each connection the user wants. `done` is called once, in a later turn, unless the
  // handle was destroyed first, which gives up silently. `disconnected`: nobody listens there or
  // the handshake broke; `not_found`: the name has no address; `timed_out`: the deadline passed;
  // `denied`: the peer is not whom it should be, or refused us; `invalid`: not an endpoint of this
  // transport. The handle may be destroyed inside `done`. Retrying is the caller's business.
  [[nodiscard]] virtual dial_ptr dial(const dial_request& request,
                                      function<void(result<link>)> done) = 0;

 protected:
  ~transport() = default;
};

}  // namespace mw
