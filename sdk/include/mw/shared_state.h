// shared_state: a small set of named entries that becomes equal on all nodes of the mesh.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// Keeps a callback of shared_state::watch() alive; destroying it ends it, also inside the callback.
// Owned by the caller, which dies before the provider.
class state_watch {
 public:
  virtual ~state_watch() = default;
};
using state_watch_ptr = std::unique_ptr<state_watch>;

// What a watcher hears: the entry as it is then, not each step in between. Borrowed during the
// call.
struct state_entry {
  enum class kind : std::uint8_t { value, counter };
  std::string_view name;
  kind what = kind::value;
};

// Entries of two kinds, each with names of its own: letters, digits, . _ - and at most 128 bytes.
//
// Registers hold bytes. A write replaces what the writing node knew. Writes on two nodes that did
// not know of each other are both kept, as siblings, until somebody writes again; a removal removes
// what its node knew, and a write that it did not know of survives it.
//
// Counters add up what all nodes added, each once, however often messages come and nodes restart. A
// counter that was never added to is zero; counters cannot be removed.
//
// Every node has everything: reads are local and never wait. Changes reach the others within
// moments while they can be reached, and in the end in any case. There is no order between
// entries, and no write can be made to depend on another: for that take a consensus.
//
// Calls belong to the provider's lane. Nothing blocks. Arguments are copied. Names that break the
// rule are `invalid` everywhere.
class shared_state {
 public:
  static constexpr std::string_view contract = "shared_state/1";

  // Replaces what this node knows of the register; at most 1 KiB. `invalid`: too large;
  // `overloaded`: too many entries, bytes, or writers of this entry: nothing was changed.
  [[nodiscard]] virtual status set(std::string_view name, bytes_view value) = 0;

  // Removes what this node knows of the register. `not_found`: there is nothing.
  [[nodiscard]] virtual status remove(std::string_view name) = 0;

  // The values of a register, at most 16: none when it was never set or was removed, several while
  // there are siblings, in an order that is the same on all nodes. Allocates.
  [[nodiscard]] virtual std::vector<std::string> get(std::string_view name) const = 0;

  // Adds to a counter, or takes from it; gives the sum as far as this node knows it. `overloaded`
  // as for set(), or when more than 2^62 would have been added by this node.
  [[nodiscard]] virtual result<std::int64_t> add(std::string_view name, std::int64_t delta) = 0;

  // The sum, held to the range of the type; zero for names that nobody added to.
  [[nodiscard]] virtual std::int64_t value(std::string_view name) const = 0;

  // Calls `changed` for each entry below `prefix` (empty: all) that changed, here or elsewhere: in
  // a later turn, once for all changes since the last call. `overloaded`: 1,024 watchers are there.
  // The bus tells the same as `state.changed/1`.
  [[nodiscard]] virtual result<state_watch_ptr> watch(
      std::string_view prefix, function<void(const state_entry&)> changed) = 0;

 protected:
  ~shared_state() = default;
};

}  // namespace mw
