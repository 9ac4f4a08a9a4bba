// session: what two hellos agree on, and the handshake that gets there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/cutter.h"
#include "hello.h"
#include "session_hash.h"

#include <mw/result.h>

#include <cstdint>
#include <vector>

namespace mw::wire {

enum class role : std::uint8_t { dialler, listener };

// What the link itself gives, as both of its ends know it.
struct link_facts {
  bool authenticated = false;  // the transport is secure
  // Decompress what unproved peers send. Off: they must prove who they are first.
  bool compress_unauthenticated = false;
};

struct session {
  std::uint16_t version = 0;
  checksum sum = checksum::none;
  compression packed = compression::none;
  // The smaller of both sides' limits: they hold in both directions.
  std::uint32_t frame_max = 0;
  std::uint32_t message_max = 0;
  std::uint32_t stream_window = 0;
  std::uint32_t link_window = 0;
  std::uint32_t exchanges = 0;
  digest transcript{};  // the same at both sides, unless somebody changed a hello on its way
  hello peer;           // what the other side said

  [[nodiscard]] cutter_limits limits() const { return {frame_max, sum}; }
};

// What may be said on such a link: no compression with a peer who has not proved who it is, and
// frames without checksum only where the transport protects them, unless nothing else is wanted.
[[nodiscard]] hello offered(hello configured, const link_facts& facts);

// A hello and its bytes as they were sent or received.
struct spoken_hello {
  hello says;
  std::vector<std::byte> sent;
};

// Both sides reach the same outcome from the same two hellos. `ours` must come from offered().
// `unsupported`: no common version, codec or checksum; `denied`: another cluster, or a second node
// of our name; `invalid`: we reached ourselves. The texts name both sides' values.
[[nodiscard]] result<session> negotiate(const spoken_hello& ours, const spoken_hello& theirs,
                                        role we_are);

// The handshake of one link as a state machine without I/O. Each side sends its hello at once, its
// confirm frame after the other's hello, and messages after the other's confirm frame. Until
// done(), every other frame ends the link. Hellos are checked with CRC32C, whatever is agreed on.
class handshake {
 public:
  // `invalid` when the hello does not fit its bounds.
  [[nodiscard]] static result<handshake> begin(const hello& configured, const link_facts& facts,
                                               role we_are);

  // The payload of our hello frame.
  [[nodiscard]] bytes_view hello_payload() const { return ours_.sent; }

  enum class step : std::uint8_t {
    send_confirm,  // session() is set: give its limits to the cutter, send confirm_payload()
    done,          // messages may flow
  };
  // Call it for each frame until `done`. A failure ends the link: unless it is what the peer said
  // in a goodbye frame, tell the peer by one first.
  [[nodiscard]] result<step> on_frame(const frame_head& head, bytes_view payload);

  // The payload of our confirm frame, which is the first under the session's checksum.
  [[nodiscard]] bytes_view confirm_payload() const { return agreed_.transcript; }
  [[nodiscard]] const session& agreed() const { return agreed_; }
  [[nodiscard]] session take() { return std::move(agreed_); }

 private:
  enum class phase : std::uint8_t { hello, confirm, done };

  handshake(spoken_hello ours, role we_are) : ours_(std::move(ours)), role_(we_are) {}
  [[nodiscard]] result<step> on_hello(bytes_view payload);
  [[nodiscard]] result<step> on_confirm(bytes_view payload);

  spoken_hello ours_;
  session agreed_;
  role role_;
  phase phase_ = phase::hello;
};

}  // namespace mw::wire
