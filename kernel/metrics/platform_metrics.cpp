// platform_metrics: what the real platform and the log count, as metrics.
// SPDX-License-Identifier: Apache-2.0
#include "platform_metrics.h"

#include "log/log_sink.h"
#include "platform/platform_counters.h"

namespace mw::kernel {

namespace {

metric_description counts(std::string_view name, std::string_view help) {
  return {name, help, metric_kind::counter, histogram_unit::items};
}

void add(metric_registry& registry, const metric_description& description,
         const std::atomic<std::uint64_t>& cell) {
  registry.add_source(description, {}, [&cell] {
    return static_cast<double>(cell.load(std::memory_order_relaxed));
  });
}

}  // namespace

void add_platform_metrics(metric_registry& registry, const platform_counters& counters) {
  add(registry,
      counts("mw_platform_stream_writes_total", "System calls that sent bytes of streams."),
      counters.stream_writes);
  add(registry,
      counts("mw_platform_stream_reads_total", "System calls that read bytes of streams."),
      counters.stream_reads);
  add(registry, counts("mw_platform_file_syncs_total", "Syncs of appends; one may serve many."),
      counters.file_syncs);
  add(registry,
      counts("mw_platform_datagrams_dropped_total",
             "Packets refused by a full queue or by the operating system."),
      counters.datagrams_dropped);
  add(registry,
      counts("mw_platform_accepts_shed_total",
             "Connections closed at once because the process had no file descriptor left."),
      counters.accepts_shed);
  registry.add_source(counts("mw_lane_spin_seconds_total",
                             "Time in which lanes polled instead of sleeping; see node.busy_poll."),
                      {}, [&cell = counters.spin_ns] {
                        return static_cast<double>(cell.load(std::memory_order_relaxed)) / 1e9;
                      });
}

void add_log_metrics(metric_registry& registry, const log_sink& log) {
  registry.add_source(
      counts("mw_log_lines_lost_total", "Log lines that could not be kept or written."), {},
      [&log] { return static_cast<double>(log.lost()); });
}

}  // namespace mw::kernel
