// authn: from a certificate that is trusted to the identity of a peer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/function.h>
#include <mw/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mw {

enum class peer_side : std::uint8_t { client, server };  // which end of the handshake the peer was

struct peer_identity {
  std::string uri;     // spiffe://domain/path
  std::string domain;  // its trust domain
  std::string node;    // the node id that belongs to it; empty: it may take any
  std::string serial;  // of the certificate, in hex
  std::string fingerprint;  // SHA-256 of its public key, in hex
  wall_time not_after;
};

// Keeps a watch alive; owned by who asked for it, who dies first.
class authn_watch {
 public:
  virtual ~authn_watch() = default;
};

// Calls belong to the provider's lane; nothing blocks.
class authn {
 public:
  static constexpr std::string_view contract = "authn/1";

  // Called once the chain of `leaf` (DER) has been verified up to an authority that is trusted.
  // `denied`: not an identity of ours; the text begins with the code of the rule that was broken,
  // such as "AUTH007", and says what was expected. Never allocates by a length that the certificate
  // claims.
  [[nodiscard]] virtual result<peer_identity> identify(bytes_view leaf, peer_side side) = 0;

  // Whether an identity from an earlier identify() still holds; `denied` when it was revoked, is of
  // a domain that is no longer accepted, or has expired.
  [[nodiscard]] virtual status still_good(const peer_identity& who) const = 0;

  // `changed` is called in a later turn each time still_good() may say something else: users look
  // at their live links again at once.
  [[nodiscard]] virtual std::unique_ptr<authn_watch> watch(function<void()> changed) = 0;

 protected:
  ~authn() = default;
};

}  // namespace mw
