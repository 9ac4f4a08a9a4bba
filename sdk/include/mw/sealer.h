// sealer: protects messages from end to end, whoever relays them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/message_out.h>
#include <mw/result.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw {

// What a sealed message is bound to besides its bytes: opening it under another context fails.
// Borrowed during the call.
struct seal_context {
  std::string_view from;     // node id of the one who seals
  std::string_view to;       // node id of the one who opens
  std::string_view purpose;  // for example the service: a message cannot be moved to another one
  bytes_view bound;          // whatever else must not change on the way; at most 256 bytes
  bool sign = false;         // seal: its origin signs it, too; open: refused unless signed
};

struct opened_message {
  bytes_view body;            // valid until the next call
  bool is_signed = false;     // by its origin; else only the two ends can tell who sealed it
  std::string_view identity;  // of the one who sealed, from its certificate; valid as `body`
};

// Who carries the sealer's own small messages to other nodes; implemented by the sealer's user.
class sealer_carrier {
 public:
  // Called in any turn of the lane, never inside a call on the sealer. Lost is fine: they come
  // again. Unknown nodes are fine, too. At most 40 KiB; a receiver hands them to receive().
  virtual void carry(std::string_view node, bytes_view message) = 0;

 protected:
  ~sealer_carrier() = default;
};

// Calls belong to the provider's lane; nothing blocks. Sealing and opening allocate nothing in
// steady state, except for signatures. For several recipients seal() once for each.
class sealer {
 public:
  static constexpr std::string_view contract = "sealer/1";

  // Called once, when the user starts; null before it is destroyed.
  virtual void attach(sealer_carrier* carrier) = 0;
  // A node can be reached, in the life that its channel tells: keys are agreed with it. Zero: it
  // has gone.
  virtual void meet(std::string_view node, std::uint64_t life) = 0;
  // A message that a carrier brought. What is wrong with it is counted, nothing else happens.
  virtual void receive(std::string_view from, bytes_view message) = 0;

  // Writes the envelope of `body` into `into`, which is cleared. `overloaded`: no key is agreed
  // with the recipient yet, or it is worn out and its successor not agreed: try again soon;
  // `invalid`: the context is too long. On failure `into` is empty.
  [[nodiscard]] virtual status seal(const seal_context& context, const message_out& body,
                                    message_out& into) = 0;

  // The body inside an envelope. `denied`: wrong key, changed, replayed, of another context, too
  // old, not an envelope: all look the same to the sender, metrics tell them apart.
  [[nodiscard]] virtual result<opened_message> open(const seal_context& context,
                                                    bytes_view envelope) = 0;

 protected:
  ~sealer() = default;
};

}  // namespace mw
