// snapshot: the state of a node as one file, checked as a whole.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <mw/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::anti_entropy {

struct snapshot {
  writer self;                 // the life that wrote it
  std::uint64_t sequence = 0;  // of its last write
  // Nothing was written after it: the life may go on. Otherwise others may have seen more of that
  // life than the file has, and a new one begins.
  bool clean = false;
  wall_time compared{};  // when this node was last known to be up to date; zero: never
  std::vector<entry> entries;
};

[[nodiscard]] std::string to_bytes(const snapshot& s);
// `invalid`: damaged, of another version, or no snapshot; nothing of it is used.
[[nodiscard]] result<snapshot> parse_snapshot(std::string_view bytes);

}  // namespace mw::anti_entropy
