// metrics: everything routing counts; see README.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>
#include <mw/metrics.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::routing {

// How a call ended, as a label.
enum class outcome : std::uint8_t { ok, refused, overloaded, timed_out, disconnected, cancelled };
inline constexpr std::size_t outcome_count = 6;

// Why something was turned away, as a label.
enum class refusal : std::uint8_t {
  not_offered,
  malformed,
  expired,
  waiting_full,
  peer_full,
  calls_full,
  hops,
  broadcast,
  name_clash,
  outbox_full,
  local_full,
  fenced,
  out_of_window,
  unsealed,
  not_opened,
  partial,  // a member had no room for a message to several
  opinion,  // of a node's health: no score, or no room to remember it
};
inline constexpr std::size_t refusal_count = 17;

[[nodiscard]] outcome outcome_of(errc kind);

struct service_metrics {
  std::array<std::optional<histogram>, outcome_count> duration;
};

// Handles are made once; counting is a store.
class metrics {
 public:
  metrics(const host& h, std::uint32_t labelled_services);

  [[nodiscard]] service_metrics of_service(std::string_view name);
  void refused(refusal why, std::uint64_t times = 1) {
    refused_[static_cast<std::size_t>(why)]->add(times);
  }

  gauge calls_open;
  gauge waiting;
  gauge local_waiting;
  counter late;  // answers to calls that had ended
  counter acked, redelivered, dead;
  gauge pending;
  histogram ack_latency;
  counter dedup_hits;
  gauge producers;
  counter replies_replayed;
  counter scatter_complete, scatter_partial, scatter_failed;
  histogram quorum_time;
  counter spares;
  counter tables;

 private:
  const host& host_;
  std::uint32_t labels_left_;
  std::array<std::optional<counter>, refusal_count> refused_;
};

}  // namespace mw::routing
