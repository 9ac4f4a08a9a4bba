// bounds: what a message may cost whoever reads it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace mw::msgpack {

// The highest `depth` that options allow: recursion of the walkers is bounded by it.
inline constexpr std::size_t depth_max = 128;

// They hold for what is sent, too: a message that its receivers refuse is better refused here.
struct limits {
  std::size_t depth = 32;                               // arrays inside arrays
  std::size_t nodes = 65'536;                           // values in one message
  std::size_t decoded = std::size_t{64} * 1024 * 1024;  // bytes of list elements, and of JSON
};

}  // namespace mw::msgpack
