// settings: their documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include "core/model.h"

namespace mw::anti_entropy {

void settings::fields(field_visitor& v) {
  v.field("service", service,
          "The service under which nodes find each other's state: the same on all nodes, one for "
          "each state. Policies allow it by this name.");
  v.field("interval", interval,
          "How often this node compares its state with one other's, chosen at random; a fifth "
          "shorter or longer each time. Shorter mends what was lost sooner and costs more at rest.",
          between_of(50ms, 1h));
  v.field("push_after", push_after,
          "How long changes wait for others before they are sent on together. Longer saves "
          "messages, and everybody learns later.",
          between_of(1ms, 1min));
  v.field("fanout", fanout,
          "How many peers get each change at once; 0: changes wait for the comparisons.",
          between(0, 16), unit("peers"));
  v.field("entries_max", entries_max,
          "Entries that are kept, removed ones too until they are forgotten; more are refused. The "
          "same on all nodes, or those with less never get everything.",
          between(1, 65'536), unit("entries"));
  v.field("bytes_max", bytes_max,
          "What all entries may take together, as they are sent; more are refused. The same on all "
          "nodes.",
          between_of(byte_size{4096}, byte_size{std::uint64_t{64} << 20}));
  v.field("writers_max", writers_max,
          "Lives of nodes that may write one entry; another is refused. Each start without a "
          "snapshot is a new life.",
          between(1, static_cast<double>(writers_hard)), unit("writers"));
  v.field("forget_after", forget_after,
          "How long removals are remembered. A node that was away for longer takes the others' "
          "registers first; where two halves were apart for longer, what one removed may come back "
          "from the other. The same on all nodes.",
          between_of(1min, 8760h));
  v.field("snapshot", snapshot,
          "File that keeps the state over a restart of this node. Without it a node begins empty, "
          "and what it had not told anybody is lost.");
  v.check("service", is_name(service), "takes 1 to 128 of letters, digits, . _ -");
  v.check("push_after", push_after <= interval, "must not be above interval");
  v.check("forget_after", forget_after >= 10 * interval, "must be at least ten times interval");
}

table_limits settings::limits() const {
  return {entries_max, bytes_max.count, writers_max, forget_after};
}

}  // namespace mw::anti_entropy
