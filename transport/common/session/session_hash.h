// session_hash: SHA-256 over both hellos, so that both sides know that they saw the same.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace mw::wire {

using digest = std::array<std::byte, 32>;

// FIPS 180-4. For a few hundred bytes a link, not for bulk.
class sha256 {
 public:
  void add(bytes_view bytes);
  [[nodiscard]] digest finish();  // the last call

 private:
  void block(const std::byte* from);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> waiting_{};
  std::uint64_t size_ = 0;
};

}  // namespace mw::wire
