// credentials: what this node shows to others, and whom it trusts.
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

// One checked set of certificate, key and trust. Never changes: a rotation makes a new one. Texts
// are PEM. Whoever copies the key out of `key` keeps it out of logs and dumps.
struct credential_set {
  std::uint64_t epoch = 0;  // one more with each set; what was decided under another is void
  std::string identity;     // the URI name of the leaf; empty when it has none
  std::string chain;        // the leaf first, then its issuers
  secret key;
  std::string trust;    // certificates of authorities
  std::string revoked;  // their revocation lists; empty: none are checked
  wall_time not_before;
  wall_time not_after;  // of the leaf
};
using credential_ptr = std::shared_ptr<const credential_set>;  // shared: handshakes outlive a set

// Keeps a watch alive; owned by who asked for it, who dies first.
class credential_watch {
 public:
  virtual ~credential_watch() = default;
};

// A provider is ready only with a good set. A new set replaces the old one only when it is good,
// too: its key fits, its chain leads to its own trust and is valid now, its identity is the same.
// Calls belong to the provider's lane; nothing blocks.
class credentials {
 public:
  static constexpr std::string_view contract = "credentials/1";

  // The set in force. Never null once the provider is ready. Called when the user starts, and again
  // for each new handshake.
  [[nodiscard]] virtual credential_ptr current() const = 0;

  // `changed` is called in a later turn each time current() has become another set: users offer the
  // new one from then on and look again at links that stand on the old one.
  [[nodiscard]] virtual std::unique_ptr<credential_watch> watch(function<void()> changed) = 0;

 protected:
  ~credentials() = default;
};

}  // namespace mw
