// mutator: small deterministic changes to inputs, for builds without libFuzzer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mw::fuzz {

using input = std::vector<std::uint8_t>;

inline constexpr std::size_t input_size_max = 64 * 1024;

// The same seed gives the same inputs on every machine: a failure can be run again by its number.
class mutator {
 public:
  explicit mutator(std::uint64_t seed) : state_(seed | 1U) {}

  // A changed copy of one input; may borrow a piece of another one. `corpus` is not empty.
  input next(const std::vector<input>& corpus);

 private:
  std::uint64_t draw();
  std::size_t below(std::size_t bound);  // 0 when the bound is 0
  void change(input& bytes, const std::vector<input>& corpus);
  void splice(input& bytes, const input& other);

  std::uint64_t state_;
};

}  // namespace mw::fuzz
