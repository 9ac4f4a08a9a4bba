// engine: the queue of events of one world, its clock, its trace hash and its fault counters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dice.h"

#include <mw/function.h>
#include <mw/sim.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::sim {

enum class event_kind : std::uint8_t {
  turn,
  deadline,
  segment,
  ack,
  stream_check,
  dial,
  accept,
  packet,
  packet_in,
  disk,
  crash_loss,
  work,
  work_done,
  life,
  fault,
  test,
  note,
  name,
  command,
};
[[nodiscard]] std::string_view name_of(event_kind kind) noexcept;

// Whose event it is; part of the trace.
struct event_tag {
  static constexpr std::uint16_t whole_world = 0xffff;
  std::uint16_t node = whole_world;
  event_kind kind = event_kind::test;
};

// Executes events in the order of time; events of the same time in random order.
class engine {
 public:
  explicit engine(std::uint64_t seed) : seed_(seed), ties_(seed, "ties") {}

  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] duration now() const { return now_; }
  [[nodiscard]] std::uint64_t executed() const { return executed_; }

  // Actions cannot be taken back: they look up what they need by number when they run.
  void at(duration when, event_tag tag, function<void()> action);
  // Delays beyond the end of time mean never.
  void after(duration delay, event_tag tag, function<void()> action) {
    if (delay < duration::max() - now_) at(now_ + delay, tag, std::move(action));
  }
  // Executes the next event if it is not later than `until`.
  bool step(duration until);
  // No event is left before `to`: time passes without one.
  void advance(duration to) { now_ = std::max(now_, to); }

  // While a program executes: what would destroy it has to wait.
  [[nodiscard]] bool in_turn() const { return in_turn_; }
  void set_in_turn(bool yes) { in_turn_ = yes; }

  // Adds something that happened to the trace.
  void note(event_tag tag, std::uint64_t detail) {
    mix_in(tag, detail);
    if (listener_) [[unlikely]]
      tell(tag, detail);
  }
  void note(event_tag tag, bytes_view bytes) { note(tag, hash_bytes(bytes)); }
  void fired(sim_fault kind, event_tag tag) {
    ++fired_[static_cast<std::size_t>(kind)];
    note({tag.node, event_kind::fault}, static_cast<std::uint64_t>(kind));
  }
  [[nodiscard]] std::uint64_t count(sim_fault kind) const {
    return fired_[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::uint64_t trace_hash() const { return hash_; }

  void listen(function<void(const sim_trace_line&)> listener) { listener_ = std::move(listener); }
  // For the trace as text.
  void name_node(std::size_t index, std::string_view name);

 private:
  struct entry {
    std::int64_t when;
    std::uint64_t sequence;
    std::uint32_t tie;
    std::uint32_t place;
    // std::push_heap keeps the greatest in front: the next event is the greatest.
    bool operator<(const entry& other) const {
      if (when != other.when) return when > other.when;
      if (tie != other.tie) return tie > other.tie;
      return sequence > other.sequence;
    }
  };
  struct record {
    function<void()> action;
    event_tag tag;
  };

  void mix_in(event_tag tag, std::uint64_t detail) {
    const auto who =
        (static_cast<std::uint64_t>(tag.node) << 8) | static_cast<std::uint64_t>(tag.kind);
    hash_ = (hash_ ^ static_cast<std::uint64_t>(now_.count())) * 0x9fb21c651e98df25u;
    hash_ = ((hash_ ^ (hash_ >> 29)) + detail + who * 0xd6e8feb86659fd93u) * 0xbf58476d1ce4e5b9u;
    hash_ ^= hash_ >> 31;
  }
  void tell(event_tag tag, std::uint64_t detail);

  const std::uint64_t seed_;
  duration now_{};
  bool in_turn_ = false;
  std::uint64_t executed_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t hash_ = 0;
  std::vector<entry> heap_;
  std::vector<record> records_;
  std::vector<std::uint32_t> free_;
  dice ties_;
  std::array<std::uint64_t, sim_fault_count> fired_{};
  std::vector<std::string> names_;
  function<void(const sim_trace_line&)> listener_;
};

}  // namespace mw::sim
