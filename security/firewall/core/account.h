// account: what one scope has taken of memory, connections and streams, and how much it may.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/refusal.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace mw::firewall {

struct account_limits {
  std::uint64_t memory = 0;
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;
};

enum class level : std::uint8_t { connection, unproved, peer, listener, system };

struct account {
  const account_limits* limits = nullptr;
  std::uint64_t memory = 0;
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;
};

// A walk from a leaf to the root. All or nothing: what is taken is taken in every account.
class account_path {
 public:
  struct step {
    account* at = nullptr;
    level which = level::system;
  };

  // From the leaf up; what is null is left out.
  void add(account* at, level which) {
    if (at != nullptr) steps_[count_++] = {at, which};
  }
  [[nodiscard]] refusal take_memory(std::uint64_t bytes);
  [[nodiscard]] refusal take_connection();
  [[nodiscard]] refusal take_stream();
  void give_memory(std::uint64_t bytes);
  void give_connection();
  void give_streams(std::uint64_t count);

 private:
  std::array<step, 4> steps_{};
  std::size_t count_ = 0;
};

}  // namespace mw::firewall
