// key_index: where in a ring the waiting event with a given key is, for coalescing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/event_queue.h>
#include <mw/reflect.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace mw::kernel {

// A hash table of ring positions. Positions below the caller's `first` are dead: events leave the
// ring without telling, and their entries are reused or swept out later. Takes no memory while the
// ring keeps its size.
class key_index {
 public:
  // For an empty ring of `slots` slots, a power of two. `key` is constant data.
  key_index(const field_info& key, std::uint32_t slots);

  // For a ring that has new slots.
  void rebuild(const event_queue& ring, std::uint64_t first, std::uint32_t slots);

  // The position of the event in [first, ring.last()) that has the key of `event`.
  [[nodiscard]] std::optional<std::uint64_t> find(const event_queue& ring, std::uint64_t first,
                                                  const void* event) const;
  // `event` is about to be put at ring.last(); no event with its key is in [first, ring.last()).
  void add(const event_queue& ring, std::uint64_t first, const void* event);

 private:
  struct entry {
    std::uint64_t place = 0;  // position plus one; 0: never used
    std::uint64_t hash = 0;
  };

  void resize(std::uint32_t slots);
  void sweep(const event_queue& ring, std::uint64_t first);
  void store(std::uint64_t hash, std::uint64_t position, std::uint64_t first);

  const field_info* key_;
  std::vector<entry> entries_;  // twice as many as slots, so that chains stay short
  std::uint64_t mask_ = 0;
  std::uint64_t used_ = 0;  // entries with a place, dead ones included
};

}  // namespace mw::kernel
