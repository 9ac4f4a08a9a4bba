// metrics: see metrics.h.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <algorithm>

namespace mw::anti_entropy {
namespace {

constexpr std::string_view entries_help = "Entries of the shared state, removed ones too.";

counter refused_for(const host& node, std::string_view reason) {
  return node.counter("mw_anti_entropy_refused_total",
                      "Entries, writes and messages refused, by what they broke.",
                      {{"reason", reason}});
}

}  // namespace

metrics::metrics(const host& node)
    : entries_(node.gauge("mw_anti_entropy_entries", entries_help)),
      bytes_(node.gauge("mw_anti_entropy_bytes", "What the entries take, as they are sent.")),
      siblings_(node.gauge("mw_anti_entropy_siblings",
                           "Registers with several values, until somebody writes again.")),
      removals_(node.gauge("mw_anti_entropy_tombstones", "Removals that are remembered.")),
      writers_(node.gauge("mw_anti_entropy_writers",
                          "The most writers that an entry has had; see writers_max.")),
      digest_(node.gauge("mw_anti_entropy_digest",
                         "Part of the digest of all entries: equal on nodes with one state.")),
      rounds_(node.counter("mw_anti_entropy_rounds_total", "Comparisons that came to an end.")),
      failed_(node.counter("mw_anti_entropy_rounds_failed_total",
                           "Comparisons that failed: a peer was lost, late or wrong.")),
      differences_(node.counter("mw_anti_entropy_differences_total",
                                "Entries that differed when they were compared.")),
      sent_(node.counter("mw_anti_entropy_sent_bytes_total", "Sent to peers.")),
      received_(node.counter("mw_anti_entropy_received_bytes_total", "Received from peers.")),
      pushes_(node.counter("mw_anti_entropy_pushes_total", "Messages with changes sent at once.")),
      dropped_(node.counter("mw_anti_entropy_dropped_total",
                            "Registers that went for those of nodes that were not away.")),
      forgotten_(node.counter("mw_anti_entropy_forgotten_total", "Removals forgotten by age.")),
      siblings_dropped_(node.counter("mw_anti_entropy_siblings_dropped_total",
                                     "Values beyond 16 siblings of one register.")),
      snapshot_failures_(node.counter("mw_anti_entropy_snapshot_failures_total",
                                      "Snapshots that could not be read or kept.")),
      watchers_refused_(node.counter("mw_anti_entropy_watchers_refused_total",
                                     "Watchers beyond the limit of 1024.")),
      refused_{refused_for(node, "entries"), refused_for(node, "bytes"),
               refused_for(node, "writers"), refused_for(node, "malformed")} {}

void metrics::show(const table& of) {
  entries_.set(static_cast<double>(of.size()));
  bytes_.set(static_cast<double>(of.bytes()));
  siblings_.set(static_cast<double>(of.with_siblings()));
  removals_.set(static_cast<double>(of.removals()));
  writers_.set(static_cast<double>(of.most_writers()));
  // As many bits as a gauge holds exactly.
  digest_.set(static_cast<double>(of.digests_tree().root() >> 12));
  const table_counts& counts = of.counts();
  dropped_.add(counts.dropped - shown_.dropped);
  forgotten_.add(counts.forgotten - shown_.forgotten);
  siblings_dropped_.add(counts.siblings_dropped - shown_.siblings_dropped);
  for (std::size_t i = 0; i < refused_.size(); ++i)
    refused_[i].add(counts.refused[i] - shown_.refused[i]);
  shown_ = counts;
}

}  // namespace mw::anti_entropy
