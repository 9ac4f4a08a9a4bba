// world: sealing cores with keys of their own, a clock by hand, and a wire that tests may bend.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/testing/hex.h"
#include "core/sealing_core.h"

#include <mw/assert.h>
#include <mw/toolkit/hash.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mw::sealing::testing {

using crypto::testing::byte_list;

// Instead of certificates: the chain is a raw Ed25519 key, which belongs to the node it was made
// for.
class fake_notary final : public notary {
 public:
  fake_notary(const crypto::library& with, std::string node)
      : with_(with), key_(key_for(with, node)) {}

  [[nodiscard]] std::vector<byte_list> chain() const override { return {half_of(key_)}; }
  [[nodiscard]] result<byte_list> sign(bytes_view message) const override {
    if (!signs) return failure(errc::internal, "the key is broken");
    return key_.sign(message);
  }
  [[nodiscard]] result<proven_origin> prove(const key_claim& claim, wall_time) override {
    ++proofs;
    if (claim.chain.size() != 1 || claim.chain.front() != half_of(key_for(with_, claim.node)))
      return failure(errc::denied, "not the key of " + claim.node);
    MW_TRY(crypto::public_key key, crypto::public_key::from_ed25519(with_, claim.chain.front()));
    peer_identity who;
    who.uri = "spiffe://test/" + claim.node;
    who.node = claim.node;
    return proven_origin{std::move(who), std::move(key)};
  }
  [[nodiscard]] bool still_good(const proven_origin& origin) const override {
    return origin.who.node != revoked;
  }

  std::string revoked;
  bool signs = true;
  int proofs = 0;

 private:
  static crypto::private_key key_for(const crypto::library& with, std::string_view node) {
    const auto seed = crypto::sha256(with, {as_bytes(node)});
    return crypto::private_key::from_ed25519(with, seed).value();
  }
  static byte_list half_of(const crypto::private_key& key);

  const crypto::library& with_;
  crypto::private_key key_;
};

struct node {
  std::unique_ptr<crypto::library> library;
  std::unique_ptr<fake_notary> papers;
  std::unique_ptr<sealing_core> core;
  std::uint64_t life = 0;
};

class world {
 public:
  explicit world(std::uint64_t seed = 1) : seed_(seed) {}

  limits bounds;
  moment at{{10s}, {1'700'000'000s}};
  // Sees each message under way; false: it is lost.
  std::function<bool(std::string_view from, outgoing& message)> wire;
  std::vector<std::pair<std::string, outgoing>> log;

  // Starts it, again if it is there: all it knew is gone.
  node& boot(const std::string& name);
  node& operator[](const std::string& name) { return nodes_.at(name); }
  sealing_core& core(const std::string& name) { return *nodes_.at(name).core; }
  // Both learn that the other can be reached.
  void connect(const std::string& a, const std::string& b);
  // Carries messages until nobody says anything more.
  void settle();
  void advance(duration by);

  // The envelope, or nothing.
  byte_list seal(const std::string& from, const std::string& to, std::string_view text,
                 std::string_view purpose = "service", bool sign = false);
  // The text, or the kind of the failure in brackets.
  std::string open(const std::string& from, const std::string& to, const byte_list& envelope,
                   std::string_view purpose = "service", bool sign = false);
  [[nodiscard]] std::uint64_t refused(const std::string& name, refusal why) {
    return core(name).refused()[static_cast<std::size_t>(why)];
  }

 private:
  std::uint64_t seed_;
  std::uint64_t lives_ = 0;
  std::map<std::string, node> nodes_;
};

}  // namespace mw::sealing::testing
