// own_keys: the keys of this node: the one in force and those in their grace.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/hash.h"
#include "common/crypto/key_agreement.h"
#include "core/limits.h"
#include "core/notary.h"

#include <mw/result.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace mw::sealing {

struct own_key {
  crypto::x25519_secret secret;
  crypto::digest claim_hash{};
  std::uint64_t name = 0;
  crypto::aead_algorithm algorithm = crypto::aead_algorithm::aes_256_gcm;
  std::uint32_t epoch = 0;
  time_point made;
  time_point ends;               // of its grace; set when a newer key is made
  std::vector<std::byte> claim;  // signed
  std::vector<std::byte> signature;
};

// The secret of an epoch exists nowhere else and dies with its grace: that is the forward secrecy.
class own_keys {
 public:
  own_keys(const crypto::library& with, notary& signer, whoami self, const limits& bounds);

  // Makes the next key. On failure the one in force stays.
  [[nodiscard]] status rotate(time_point now, wall_time wall);
  // Forgets keys whose grace is over; calls f(name) for each.
  template <class F>
  void drop(time_point now, F f) {
    while (keys_.size() > 1 && keys_.front().ends <= now) {
      f(keys_.front().name);
      keys_.pop_front();
    }
  }
  [[nodiscard]] bool has(std::uint64_t name) const { return find(name) != nullptr; }
  [[nodiscard]] const own_key* find(std::uint64_t name) const;
  // There is one after the first rotate().
  [[nodiscard]] const own_key& current() const { return keys_.back(); }
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  // When the one in force has lived long enough; they differ from node to node.
  [[nodiscard]] time_point due() const { return due_; }
  // When the oldest one is to be forgotten.
  [[nodiscard]] std::optional<time_point> next_drop() const;

 private:
  // Rotations come no faster than keys leave.
  static constexpr std::size_t keys_max = 8;

  const crypto::library& with_;
  notary& signer_;
  whoami self_;
  const limits& bounds_;
  std::array<std::byte, 16> boot_{};
  std::uint32_t epoch_ = 0;
  std::deque<own_key> keys_;  // the newest last
  time_point due_;
};

}  // namespace mw::sealing
