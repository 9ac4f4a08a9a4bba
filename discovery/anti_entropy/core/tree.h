// tree: a Merkle tree over the keys of entries: 256 buckets, fan-out 16, two levels and the root.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mw::anti_entropy {

inline constexpr std::size_t fan_out = 16;
inline constexpr std::size_t bucket_count = fan_out * fan_out;

using digests = std::array<std::uint64_t, fan_out>;

[[nodiscard]] constexpr std::uint8_t bucket_of(std::uint64_t key) {
  return static_cast<std::uint8_t>(key >> 56);
}

// Digests have 64 bits and are made against accidents, not against members that look for two
// states with one digest: members may write whatever they want anyway.
class tree {
 public:
  tree();
  // An entry has come, gone or changed: `before` and `after` are its digests, zero for none.
  // Computes one bucket, one branch and the root anew.
  void change(std::uint64_t key, std::uint64_t before, std::uint64_t after);

  [[nodiscard]] std::uint64_t root() const { return root_; }
  [[nodiscard]] const digests& branches() const { return branches_; }
  // The buckets below a branch.
  [[nodiscard]] digests buckets(std::size_t branch) const;

 private:
  std::array<std::uint64_t, bucket_count> buckets_{};
  digests branches_{};
  std::uint64_t root_ = 0;
};

}  // namespace mw::anti_entropy
