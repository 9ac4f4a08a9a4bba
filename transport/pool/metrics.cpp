// metrics: names and help of the pool's metrics.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

namespace mw::pool {

namespace {

constexpr std::array<std::string_view, mishap_count> mishaps{
    "dial_refused", "dial_timeout", "dial_denied", "handshake_timeout", "handshake_refused",
    "goodbye",      "reset",        "silent",      "violation"};
constexpr std::array<std::string_view, eviction_count> evictions{"idle",    "lru",      "lifetime",
                                                                 "surplus", "unproved", "stop"};
constexpr std::array<std::string_view, breach_count> breaches{
    "frame", "handshake", "order", "window", "fragment", "flood", "compression"};
constexpr std::array<std::string_view, refusal_count> refusals{
    "outbox", "window", "exchanges", "waiting", "too_large", "peers", "expired"};
constexpr std::array<std::string_view, blocked_count> levels{"outbox", "link", "stream"};
constexpr std::array<std::string_view, link_state_count> states{"connecting", "idle", "active",
                                                                "draining"};
constexpr std::array<std::string_view, 8> kinds{"one_way",     "request",    "request_item",
                                                "request_end", "reply_item", "reply",
                                                "refusal",     "cancel"};

// One cell for each value of a label.
template <class Make, std::size_t Count, std::size_t... I>
auto each_of(const std::array<std::string_view, Count>& values, Make make,
             std::index_sequence<I...>) {
  return std::array{make(values[I])...};
}
template <std::size_t Count>
auto counters(host& h, std::string_view name, std::string_view help, std::string_view label,
              const std::array<std::string_view, Count>& values) {
  return each_of(
      values,
      [&](std::string_view value) {
        return h.counter(name, help, {{label, value}});
      },
      std::make_index_sequence<Count>());
}
auto messages(host& h, std::string_view direction) {
  return each_of(
      kinds,
      [&](std::string_view kind) {
        return h.counter("mw_pool_messages_total", "Messages, by kind.",
                         {{"direction", direction}, {"kind", kind}});
      },
      std::make_index_sequence<kinds.size()>());
}
counter both_ways(host& h, std::string_view name, std::string_view help,
                  std::string_view direction) {
  return h.counter(name, help, {{"direction", direction}});
}

constexpr std::string_view frames_name = "mw_pool_frames_total";
constexpr std::string_view frames_help = "Frames of all kinds.";
constexpr std::string_view bytes_name = "mw_pool_bytes_total";
constexpr std::string_view bytes_help = "Bytes of frames, headers included.";

}  // namespace

std::string_view to_string(mishap cause) noexcept {
  return mishaps[static_cast<std::size_t>(cause)];
}
std::string_view to_string(link_state state) noexcept {
  return states[static_cast<std::size_t>(state)];
}
std::string_view to_string(message_kind kind) noexcept {
  return kinds[static_cast<std::size_t>(kind) & 7];
}

pool_metrics::pool_metrics(host& h)
    : frames_in(both_ways(h, frames_name, frames_help, "in")),
      frames_out(both_ways(h, frames_name, frames_help, "out")),
      bytes_in(both_ways(h, bytes_name, bytes_help, "in")),
      bytes_out(both_ways(h, bytes_name, bytes_help, "out")),
      frames_per_turn(h.histogram("mw_pool_frames_per_turn",
                                  "Frames that left together, per turn that sent any.",
                                  histogram_unit::items)),
      acquire(h.histogram("mw_pool_acquire_seconds",
                          "How long messages waited for a connection, those that had to.",
                          histogram_unit::seconds)),
      connect(h.histogram("mw_pool_connect_seconds", "From dial to connection.",
                          histogram_unit::seconds)),
      handshake(h.histogram("mw_pool_handshake_seconds", "From connection to both hellos.",
                            histogram_unit::seconds)),
      usage(h.histogram("mw_pool_usage_seconds", "How long connections were in use.",
                        histogram_unit::seconds)),
      utilisation(h.gauge("mw_pool_utilisation",
                          "Open exchanges as a share of what the connections hold, 0 to 1.")),
      waiters(h.gauge("mw_pool_waiters", "Messages that wait for a connection.")),
      leaks(h.gauge("mw_pool_leaks_suspected", "Streams that have been open for over 60 s.")),
      peers(h.gauge("mw_pool_peers", "Peers known.")),
      reassembling(h.gauge("mw_pool_reassembly_bytes", "Memory of messages that are half here.")),
      late_frames(
          h.counter("mw_pool_late_frames_total", "Frames of exchanges that had ended, dropped.")),
      saved(h.counter("mw_pool_compression_saved_bytes_total",
                      "Bytes that compression kept off the links.")),
      alerts(h.counter("mw_pool_identity_conflicts_total",
                       "Hellos under a node id that somebody else has.")),
      connections_(each_of(
          states,
          [&](std::string_view state) {
            return h.gauge("mw_pool_connections", "Connections, by state.", {{"state", state}});
          },
          std::make_index_sequence<link_state_count>())),
      errors_(counters(h, "mw_pool_errors_total", "What went wrong, by cause.", "cause", mishaps)),
      evictions_(counters(h, "mw_pool_evictions_total", "Connections that we closed, by reason.",
                          "reason", evictions)),
      violations_(counters(h, "mw_pool_violations_total",
                           "Connections closed because the peer broke the protocol, by rule.",
                           "reason", breaches)),
      refused_(counters(h, "mw_pool_refused_total", "Messages turned away, by the bound.", "reason",
                        refusals)),
      blocked_(each_of(
          levels,
          [&](std::string_view level) {
            return h.histogram("mw_pool_blocked_seconds",
                               "How long senders were held back, by what held them.",
                               histogram_unit::seconds, {{"level", level}});
          },
          std::make_index_sequence<blocked_count>())),
      in_(messages(h, "in")),
      out_(messages(h, "out")) {}

}  // namespace mw::pool
