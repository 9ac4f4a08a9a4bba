// metrics: what the pool counts, in one place and under one set of names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/channel.h>
#include <mw/host.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace mw::pool {

// Why something did not work. The names are the values of the label `cause`.
enum class mishap : std::uint8_t {
  dial_refused,
  dial_timeout,
  dial_denied,
  handshake_timeout,
  handshake_refused,  // by us
  goodbye,            // the peer said why it closes
  reset,              // the connection broke
  silent,             // no sign of life
  violation,          // the peer broke the protocol, see violations
};
inline constexpr std::size_t mishap_count = 9;

enum class eviction : std::uint8_t { idle, lru, lifetime, surplus, unproved, stop };
inline constexpr std::size_t eviction_count = 6;

enum class breach : std::uint8_t { frame, handshake, order, window, fragment, flood, compression };
inline constexpr std::size_t breach_count = 7;

// Which bound turned a message away.
enum class refusal : std::uint8_t { outbox, window, exchanges, waiting, too_large, peers, expired };
inline constexpr std::size_t refusal_count = 7;

enum class blocked_level : std::uint8_t { outbox, link, stream };
inline constexpr std::size_t blocked_count = 3;

enum class link_state : std::uint8_t { connecting, idle, active, draining };
inline constexpr std::size_t link_state_count = 4;

[[nodiscard]] std::string_view to_string(mishap cause) noexcept;
[[nodiscard]] std::string_view to_string(link_state state) noexcept;
[[nodiscard]] std::string_view to_string(message_kind kind) noexcept;

class pool_metrics {
 public:
  explicit pool_metrics(host& h);

  void failed(mishap cause) const { errors_[static_cast<std::size_t>(cause)].add(); }
  void evicted(eviction why) const { evictions_[static_cast<std::size_t>(why)].add(); }
  void broke(breach what) const { violations_[static_cast<std::size_t>(what)].add(); }
  void refused(refusal why) const { refused_[static_cast<std::size_t>(why)].add(); }
  void blocked(blocked_level level, duration how_long) const {
    blocked_[static_cast<std::size_t>(level)].record(how_long);
  }
  void received(message_kind kind) const { in_[static_cast<std::size_t>(kind)].add(); }
  void sent(message_kind kind) const { out_[static_cast<std::size_t>(kind)].add(); }
  void connections(link_state state, std::size_t count) const {
    connections_[static_cast<std::size_t>(state)].set(static_cast<double>(count));
  }

  counter frames_in, frames_out, bytes_in, bytes_out;
  histogram frames_per_turn;
  histogram acquire, connect, handshake, usage;
  gauge utilisation, waiters, leaks, peers, reassembling;
  counter late_frames, saved, alerts;

 private:
  std::array<gauge, link_state_count> connections_;
  std::array<counter, mishap_count> errors_;
  std::array<counter, eviction_count> evictions_;
  std::array<counter, breach_count> violations_;
  std::array<counter, refusal_count> refused_;
  std::array<histogram, blocked_count> blocked_;
  std::array<counter, 8> in_;
  std::array<counter, 8> out_;
};

}  // namespace mw::pool
