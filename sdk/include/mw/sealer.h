// sealer: protects messages from end to end, whoever relays them.
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

namespace mw {

// What a sealed message is bound to besides its bytes: opening it under another context fails.
// Borrowed during the call.
struct seal_context {
  std::string_view from;     // node id of the one who seals
  std::string_view to;       // node id of the one who opens, or a group
  std::string_view purpose;  // for example the service: a message cannot be moved to another one
};

struct opened_message {
  bytes_view body;    // valid until the next call
  bool is_signed = false;  // its origin has signed it; else the keys prove it to the two ends only
};

// Calls belong to the provider's lane; nothing blocks. Steady state allocates nothing.
class sealer {
 public:
  static constexpr std::string_view contract = "sealer/1";

  // Replaces the body by its envelope. `not_found`: no key for that recipient yet, and the provider
  // has begun to get one: try again; `overloaded`: a key is worn out and its successor not agreed;
  // `invalid`: the body is too large. On failure the body is as it was.
  [[nodiscard]] virtual status seal(const seal_context& context, message_out& body) = 0;

  // The body inside an envelope. `denied`: wrong key, changed, replayed, of another context or too
  // old: all look the same to the sender, metrics tell them apart; `invalid`: not an envelope.
  [[nodiscard]] virtual result<opened_message> open(const seal_context& context,
                                                    bytes_view envelope) = 0;

  // Bytes that an envelope adds at most.
  [[nodiscard]] virtual std::size_t overhead() const = 0;

 protected:
  ~sealer() = default;
};

}  // namespace mw
