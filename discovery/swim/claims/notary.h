// notary: whether a claim is from whom it is about; the core asks, and knows nothing of keys.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <optional>
#include <string>

namespace mw::swim {

enum class belief : std::uint8_t {
  yes,
  no,            // unsigned, forged, for somebody else, expired
  card_unknown,  // whoever told it has the card
  later,         // so many were checked just now that this one has to be said again
};

// One of each node that has credentials. Calls do not block; all of them are from the engine's
// lane.
class notary {
 public:
  // False: claims are signed and cards are kept, but whatever comes is believed.
  [[nodiscard]] virtual bool strict() const = 0;
  // Of this node's own claims; a dead_claim is its leaving.
  [[nodiscard]] virtual std::optional<proof> sign(const alive_claim& claim) = 0;
  [[nodiscard]] virtual std::optional<proof> sign(const dead_claim& claim) = 0;
  // Whether the member that the claim is about has said it. Reasons for `no` are counted there.
  [[nodiscard]] virtual belief judge(const alive_claim& claim, time_point now) = 0;
  [[nodiscard]] virtual belief judge(const dead_claim& claim, time_point now) = 0;
  // A card that was checked, as bytes for others; null: not known. Valid until the next call.
  [[nodiscard]] virtual const std::string* card(const card_id& id) = 0;
  // Takes a card from somebody. `no` and `later` as above.
  virtual belief learn(const std::string& card, time_point now) = 0;

  virtual ~notary() = default;
};

}  // namespace mw::swim
