// platform_counters: what the real platform counts beside its work.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace mw::kernel {

// Read from any thread.
struct platform_counters {
  std::atomic<std::uint64_t> stream_writes{0};      // system calls that sent stream bytes
  std::atomic<std::uint64_t> stream_reads{0};       // system calls that read stream bytes
  std::atomic<std::uint64_t> file_syncs{0};         // syncs of appends; one may serve many
  std::atomic<std::uint64_t> datagrams_dropped{0};  // refused by a full queue or by the system
  std::atomic<std::uint64_t> accepts_shed{0};       // connections closed for want of descriptors
  std::atomic<std::uint64_t> spin_ns{0};  // time in which lanes polled instead of sleeping

  static void bump(std::atomic<std::uint64_t>& cell, std::uint64_t n = 1) {
    cell.fetch_add(n, std::memory_order_relaxed);
  }
};

}  // namespace mw::kernel
