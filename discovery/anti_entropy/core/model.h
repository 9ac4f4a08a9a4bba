// model: what an entry is, and how two copies of one become one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::anti_entropy {

inline constexpr std::size_t name_max = 128;      // bytes, of entries and of nodes
inline constexpr std::size_t value_max = 1024;    // bytes
inline constexpr std::size_t siblings_max = 16;   // of a register
inline constexpr std::size_t writers_hard = 256;  // what a message may bring; see writers_max
inline constexpr std::uint64_t amount_max = std::uint64_t{1} << 62;  // of one writer of a counter

// One life of a node. A node that starts without its memory gets a new life: it could otherwise
// give numbers and sums again that others have seen already.
struct writer {
  std::string node;
  std::uint64_t life = 0;
  friend auto operator<=>(const writer&, const writer&) = default;
};

// The last write of each writer that is known. Writers number their writes over all entries, so
// that a number never comes again, even for an entry that was removed and forgotten.
using version_vector = std::map<writer, std::uint64_t>;

struct sibling {
  writer by;
  std::uint64_t number = 0;
  std::string value;
  friend auto operator<=>(const sibling&, const sibling&) = default;
};

// Invariant: `values` is sorted, has at most one value of each writer, and `seen` covers each.
// Without values it has been removed: what `seen` covers does not come back.
struct register_state {
  version_vector seen;
  std::vector<sibling> values;
  friend bool operator==(const register_state&, const register_state&) = default;
};

// What one writer added and took away: both only grow.
struct amounts {
  std::uint64_t added = 0;
  std::uint64_t taken = 0;
  friend bool operator==(const amounts&, const amounts&) = default;
};
using counter_state = std::map<writer, amounts>;

enum class entry_kind : std::uint8_t { value = 1, counter = 2 };
[[nodiscard]] std::string_view to_string(entry_kind kind);

struct entry {
  entry_kind kind = entry_kind::value;
  std::string name;
  register_state held;  // of a register
  counter_state sums;   // of a counter
  // Of a register without values: how long ago it was removed. No part of the state that is
  // compared: each copy grows older by itself, and the oldest is believed.
  duration age{};

  [[nodiscard]] bool removed() const { return kind == entry_kind::value && held.values.empty(); }
  [[nodiscard]] std::size_t writers() const;
};

// Letters, digits, . _ - and 1 to 128 bytes.
[[nodiscard]] bool is_name(std::string_view text);
// Where an entry lies in the tree: kind and name as a number.
[[nodiscard]] std::uint64_t key_of(entry_kind kind, std::string_view name);

// The least state that holds what both say. The order of joins does not matter, nor how often.
[[nodiscard]] register_state join(const register_state& a, const register_state& b);
[[nodiscard]] counter_state join(const counter_state& a, const counter_state& b);
// Of the same kind and name. The age is that of the copy which has the outcome.
[[nodiscard]] entry join(const entry& a, const entry& b);

// Of so many siblings the last ones by writer are kept; the others count as replaced. Returns how
// many went. Like a write, this is a change of its own: it spreads, and everybody gets the same.
std::size_t drop_siblings(register_state& of);

[[nodiscard]] std::int64_t sum_of(const counter_state& sums);

}  // namespace mw::anti_entropy
