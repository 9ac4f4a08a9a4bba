// notary: who signs the claims of this node and checks those of others; certificates do it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/signature.h"
#include "wire/key_message.h"

#include <mw/authn.h>
#include <mw/result.h>
#include <mw/types.h>

#include <memory>
#include <string>
#include <vector>

namespace mw::sealing {

// Whose claim it is, once its chain and signature are good.
struct proven_origin {
  peer_identity who;
  crypto::public_key key;  // verifies what the node signs
};

class notary {
 public:
  // In force now; the chain is part of each claim of this node.
  [[nodiscard]] virtual std::vector<std::vector<std::byte>> chain() const = 0;
  [[nodiscard]] virtual result<std::vector<std::byte>> sign(bytes_view message) const = 0;
  // Whether the chain of `claim` is trusted at `now` and its leaf may speak for `claim.node`.
  [[nodiscard]] virtual result<proven_origin> prove(const key_claim& claim, wall_time now) = 0;
  // Whether an identity that was proven still is: not revoked, not expired.
  [[nodiscard]] virtual bool still_good(const proven_origin& origin) const = 0;

 protected:
  ~notary() = default;
};

}  // namespace mw::sealing
