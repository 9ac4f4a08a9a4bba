// sealing_core: agrees keys with peers, seals to them and opens what they sealed; see PROTOCOL.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/own_keys.h"
#include "core/peer.h"
#include "core/refusal.h"

#include <mw/sealer.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mw::sealing {

struct moment {
  time_point now;
  wall_time wall;
};

struct outgoing {
  std::string to;
  std::vector<std::byte> message;
};

// A pure step function: no clock, no I/O; randomness comes with the library.
class sealing_core {
 public:
  // All outlive it.
  sealing_core(const crypto::library& with, notary& signer, whoami self, const limits& bounds);

  // Makes the first key.
  [[nodiscard]] status start(moment at);
  void meet(std::string_view node, std::uint64_t life, moment at);
  void receive(std::string_view from, bytes_view message, moment at);
  [[nodiscard]] status seal(const seal_context& context, const message_out& body, message_out& into,
                            time_point now);
  [[nodiscard]] result<opened_message> open(const seal_context& context, bytes_view envelope,
                                            time_point now);
  // A new key now; for people, and when certificates have changed.
  void rotate_now() { want_rotation(); }
  // Looks again at whether identities still hold.
  void check_identities();

  void tick(moment at);
  // When tick() has something to do.
  [[nodiscard]] time_point next_tick() const;
  // What is to be carried to others since the last call.
  [[nodiscard]] std::vector<outgoing> take_outputs() { return std::exchange(outputs_, {}); }

  // For metrics and pages.
  [[nodiscard]] const std::array<std::uint64_t, refusal_count>& refused() const { return refused_; }
  [[nodiscard]] std::uint64_t alarms() const { return alarms_; }  // of too many forgeries
  [[nodiscard]] const std::string& last_alarm() const { return last_alarm_; }
  [[nodiscard]] std::uint64_t rotations() const { return rotations_; }
  [[nodiscard]] std::uint64_t rotation_failures() const { return rotation_failures_; }
  [[nodiscard]] const std::string& last_rotation_failure() const { return last_rotation_failure_; }
  // Once true after something that take_outputs() or next_tick() tell.
  [[nodiscard]] bool take_news() { return std::exchange(news_, false); }
  [[nodiscard]] bool has_outputs() const { return !outputs_.empty(); }
  [[nodiscard]] const own_keys& keys() const { return keys_; }
  [[nodiscard]] std::size_t agreed() const;  // peers that can be sealed to
  template <class F>
  void each_peer(F f) const {
    for (const auto& [id, p] : peers_) f(p);
  }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  [[nodiscard]] peer* find(std::string_view node);
  [[nodiscard]] peer* find_or_add(std::string_view node);
  void count(refusal why) { ++refused_[static_cast<std::size_t>(why)]; }
  [[nodiscard]] failure denied(refusal why);
  void want_rotation() {
    if (!std::exchange(rotation_wanted_, true)) news_ = true;
  }
  void emit(const peer& to, std::vector<std::byte> message) {
    outputs_.push_back({to.id, std::move(message)});
    news_ = true;
  }

  // agreement.cpp
  void on_announcement(peer& from, bytes_view message, moment at);
  [[nodiscard]] bool is_current(const key_claim& claim, const peer& from, wall_time wall);
  void on_have(peer& from, bytes_view message, time_point now);
  void on_ask(peer& from, time_point now);
  [[nodiscard]] bool take_budget(peer& from, time_point now);
  pair* find_pair(peer& of, std::uint64_t theirs, std::uint64_t own);
  pair* add_pair(peer& with, const key_claim& claim, const crypto::digest& hash,
                 std::shared_ptr<const proven_origin> origin, time_point now);
  [[nodiscard]] status derive(pair& p, const own_key& own, const peer& with);
  void send_announcement(peer& to, time_point now);
  void send_have(peer& to, const pair& p, bool wants_answer, time_point now);
  void proved(peer& by, pair& p, time_point now);
  void choose_best(peer& of);
  void adopt_own_key(time_point now);

  // sealing_core.cpp
  [[nodiscard]] std::vector<std::byte> sign(const context_bytes& context, const message_out& body);
  [[nodiscard]] std::optional<refusal> check(const envelope_view& view, const pair& p) const;
  [[nodiscard]] std::optional<refusal> check_age(const envelope_view& view, pair& p,
                                                 time_point now) const;
  void on_forgery(peer& from, pair& p);
  [[nodiscard]] result<opened_message> finish_open(const seal_context& context,
                                                   const context_bytes& bound,
                                                   const envelope_view& view, const pair& p);
  void ask(peer& whom, time_point now);
  void rotate(moment at);
  void retire_old(time_point now);
  void forget_gone();

  const crypto::library& with_;
  notary& notary_;
  whoami self_;
  const limits& limits_;
  own_keys keys_;
  std::unordered_map<std::string, peer, text_hash, std::equal_to<>> peers_;
  std::vector<outgoing> outputs_;
  std::vector<std::byte> opened_;  // kept for its memory
  bool rotation_wanted_ = false;
  bool news_ = false;
  time_point rotate_not_before_;
  std::array<std::uint64_t, refusal_count> refused_{};
  std::uint64_t alarms_ = 0;
  std::string last_alarm_;
  std::uint64_t rotations_ = 0;
  std::uint64_t rotation_failures_ = 0;
  std::string last_rotation_failure_;
};

}  // namespace mw::sealing
