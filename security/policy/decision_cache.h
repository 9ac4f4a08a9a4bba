// decision_cache: the last decisions, by the whole question; bounded, and never allocates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "index.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace mw::access_policy {

// One place for each hash: a newer question takes the place of an older one. Questions are compared
// in full, so no hash that somebody chooses can hand them the decision about another.
class decision_cache {
 public:
  static constexpr std::size_t key_size_max = 224;  // subject and resource; longer are not kept

  // `entries` is rounded up to a power of two, of 256 bytes each; zero keeps nothing.
  decision_cache(std::size_t entries, std::uint64_t seed);

  [[nodiscard]] std::optional<verdict> find(const access& what) noexcept;
  // For the question that find() was asked last and did not know.
  void keep(const access& what, const verdict& decided) noexcept;
  // After a change of the policy.
  void forget_all() noexcept { ++generation_; }

 private:
  struct entry {
    std::uint64_t hash = 0;
    std::uint64_t generation = 0;  // of forget_all(); another: the place is free
    std::uint32_t rule = 0;
    std::uint16_t subject_size = 0;
    std::uint16_t resource_size = 0;
    access_verb verb{};
    bool allowed = false;
    std::array<char, key_size_max> key;
  };
  [[nodiscard]] std::uint64_t hash_question(const access& what) const noexcept;

  std::vector<entry> entries_;
  std::uint64_t mask_ = 0;
  std::uint64_t seed_;
  std::uint64_t generation_ = 1;
  std::uint64_t asked_ = 0;  // hash of the last question
};

}  // namespace mw::access_policy
