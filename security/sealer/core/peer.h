// peer: what is agreed with one other node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/notary.h"
#include "core/pair_keys.h"

#include <mw/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::sealing {

// What one key of ours and one of the peer's make. Lives as long as our key, even when it is not
// used any more: its counters are what keeps a nonce from being used twice.
struct pair {
  std::uint64_t own = 0;  // names of the two keys
  std::uint64_t theirs = 0;
  crypto::digest their_claim{};
  crypto::x25519_point their_point{};
  crypto::aead_algorithm their_algorithm = crypto::aead_algorithm::aes_256_gcm;
  std::shared_ptr<const proven_origin> origin;  // shared by the pairs of one key of the peer
  time_point ends;                              // of their key, from what it claims

  std::optional<direction> sealing;  // empty: retired, the keys are gone
  std::optional<direction> opening;
  crypto::secret_bytes<32> confirm_ours;
  crypto::secret_bytes<32> confirm_theirs;
  bool proven = false;  // the peer has shown that it holds the same keys, in this life
  bool was_proven = false;

  std::uint64_t next_sequence = 0;
  std::uint64_t sealed_bytes = 0;
  replay_window window;
  std::uint64_t opened = 0;
  std::uint64_t forgeries = 0;
  std::optional<std::uint32_t> clock;  // our clock minus theirs in ms, at most; modulo 2^32
  time_point retire_at;                // when a newer key of the peer was proven; zero: not yet

  explicit pair(std::uint32_t window_size) : window(window_size) {}
  [[nodiscard]] bool retired() const { return !sealing; }
  void retire() {
    sealing.reset();
    opening.reset();
    proven = false;
  }
};

struct peer {
  std::string id;
  std::uint64_t life = 0;                    // zero: it cannot be reached
  std::vector<std::unique_ptr<pair>> pairs;  // in the order in which they were made
  pair* best = nullptr;                      // to seal with; null: nothing agreed
  std::uint64_t newest = 0;                  // name of the key that it has proven last; zero: none

  // Telling it our key.
  std::optional<time_point> announce_at;
  duration announce_wait{};
  std::uint64_t last_stamp = 0;  // of its last message
  // Its own messages that cost us a signature check or an answer.
  double budget = 0;
  time_point budget_at;
  time_point asked_at;
};

}  // namespace mw::sealing
