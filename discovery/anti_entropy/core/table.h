// table: all entries of a node, bounded, with their tree, and what has changed lately.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tree.h"
#include "core/wire.h"

#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::anti_entropy {

struct table_limits {
  std::size_t entries_max = 4096;
  std::size_t bytes_max = std::size_t{1} << 20;
  std::size_t writers_max = 64;  // of one entry, before a new writer is refused
  duration forget_after = 24h;   // after which a removal is forgotten
};

// Why something was refused.
enum class refusal : std::uint8_t { entries, bytes, writers, malformed };
inline constexpr std::size_t refusal_count = 4;

struct table_counts {
  std::array<std::uint64_t, refusal_count> refused{};
  std::uint64_t siblings_dropped = 0;
  std::uint64_t forgotten = 0;
  std::uint64_t dropped = 0;  // registers that went for others
};

class table {
 public:
  table(const table_limits& limits, writer self, std::uint64_t sequence = 0);

  // ---- what this node does. Nothing has changed after a failure.
  [[nodiscard]] status set(std::string_view name, std::string_view value);
  [[nodiscard]] status remove(std::string_view name, time_point now);
  [[nodiscard]] status add(std::string_view name, std::int64_t delta);

  // ---- what others say
  enum class outcome : std::uint8_t { changed, same, refused };
  outcome merge(const entry& theirs, time_point now);
  // Removals older than forget_after; also called when there are none.
  void forget(time_point now);
  // Drops all registers with values, except those that `self` wrote in this life: others, who have
  // not been away, know better.
  void drop_registers();
  // A new life: what is written from now on is told apart from what was before.
  void begin_life(std::uint64_t life);

  // ---- what there is
  [[nodiscard]] const entry* find(entry_kind kind, std::string_view name) const;
  [[nodiscard]] const entry* find(std::uint64_t key) const;
  [[nodiscard]] std::uint64_t digest(std::uint64_t key) const;  // zero: there is none
  // As it goes to others: with the age of a removal.
  [[nodiscard]] entry copy(const entry& one, time_point now) const;
  [[nodiscard]] std::vector<const entry*> all() const;  // by kind and name
  [[nodiscard]] std::vector<digest_pair> bucket(std::uint8_t number) const;
  [[nodiscard]] const tree& digests_tree() const { return tree_; }
  // Whether one more entry would be taken.
  [[nodiscard]] bool full() const { return entries_.size() >= limits_.entries_max; }

  [[nodiscard]] const writer& self() const { return self_; }
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t removals() const { return removals_; }
  [[nodiscard]] std::size_t with_siblings() const { return with_siblings_; }
  [[nodiscard]] std::size_t most_writers() const { return most_writers_; }  // ever, of an entry
  [[nodiscard]] const table_counts& counts() const { return counts_; }
  void refuse(refusal why) { ++counts_.refused[static_cast<std::size_t>(why)]; }

  // Keys of entries that changed since the last call; at most as many as there are entries.
  [[nodiscard]] std::set<std::uint64_t> take_changes() { return std::exchange(changes_, {}); }

 private:
  struct record {
    entry what;
    footprint weighs;
    time_point removed_at{};
  };
  using records = std::map<std::uint64_t, record>;

  [[nodiscard]] status check(std::uint64_t key, const entry& next, const footprint& weighs) const;
  [[nodiscard]] status admit(entry next, time_point now);
  void store(std::uint64_t key, entry next, const footprint& weighs, time_point now);
  void drop(records::iterator at);
  void count(const record& one, bool comes);
  [[nodiscard]] entry start_of(entry_kind kind, std::string_view name) const;

  table_limits limits_;
  writer self_;
  std::uint64_t sequence_;  // of the last write
  records entries_;
  tree tree_;
  std::size_t bytes_ = 0;
  std::size_t removals_ = 0;
  std::size_t with_siblings_ = 0;
  std::size_t most_writers_ = 0;
  table_counts counts_;
  std::set<std::uint64_t> changes_;
};

}  // namespace mw::anti_entropy
