// peers: everybody this node knows, what they offer, and itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/flat_map.h"
#include "core/sequences.h"
#include "wire/table_message.h"

#include <mw/balancer.h>
#include <mw/channel.h>
#include <mw/services.h>
#include <mw/toolkit/health_opinions.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace mw::routing {

struct offered_name {
  std::uint64_t hash = 0;
  std::string name;
};

// One peer. `index` is its place in the book as long as it is known.
struct peer {
  std::uint32_t index = 0;
  peer_view view;
  candidate_key key = 0;  // hash of its id; 0: not known yet, or it clashes with another's
  bool self = false;

  // What it offers, sorted by hash, and of which table.
  std::vector<offered_name> services;
  std::vector<offered_name> groups;
  // All that it announced, when a policy lets only some of it in; see gate.
  std::vector<offered_name> heard_services;
  std::vector<offered_name> heard_groups;
  std::uint64_t table_life = 0;
  std::uint64_t table_version = 0;

  // What it has confirmed of our table.
  std::uint64_t confirmed = 0;
  bool announced = false;

  std::uint32_t waiting = 0;  // its requests without an answer
  double weight = 1;  // the lowest score of all reporters; 0: only when nobody else is there
  double broadcast_budget = 0;
  time_point budget_at{};
  sequences numbers;  // of what it has to acknowledge

  [[nodiscard]] bool up() const { return self || view.state == peer_state::up; }
  [[nodiscard]] const offered_name* offers(std::uint64_t hash) const;
  [[nodiscard]] bool in_group(std::uint64_t hash, std::string_view name) const;
};

class peer_book {
 public:
  explicit peer_book(std::uint64_t seed) : by_ref_(seed), by_key_(seed) {}

  // This node is peer 0.
  peer& add_self(std::string id, std::string zone);
  // Takes over what the channel tells; the peer is new or changed. Null: the book is full.
  peer* update(const peer_view& view);
  // After its last word: the place is free again.
  void remove(peer& gone);

  [[nodiscard]] peer* find(peer_ref ref) {
    peer* const p = recent_[ref.slot % recent_.size()];
    return p != nullptr && p->view.ref == ref ? p : look_up(ref);
  }
  [[nodiscard]] peer* find_id(std::string_view id);
  [[nodiscard]] peer* find_key(candidate_key key);
  [[nodiscard]] peer& at(std::uint32_t index) { return *peers_[index]; }
  [[nodiscard]] peer& self() { return *peers_.front(); }

  // Full: replaces. Delta: applies. False: it does not follow what is known, ask for all.
  bool take_table(peer& from, const table_message& table);
  static void change(std::vector<offered_name>& list, const std::string& name, bool add);

  template <class F>
  void each(F f) {
    for (const std::unique_ptr<peer>& p : peers_)
      if (p != nullptr) f(*p);
  }
  [[nodiscard]] std::vector<member> members() const;

  // Moves with each change that may change who is asked for a service.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  void changed() { ++version_; }
  // What a reporter says of a node: the lowest score of all reporters is its weight, also of one
  // that becomes known later. False: there was no room to remember it.
  bool heard(const health_changed& told);

 private:
  static constexpr std::uint32_t peers_max = 65'536;
  [[nodiscard]] static std::uint64_t number_of(peer_ref ref) {
    return std::uint64_t{ref.slot} << 32 | ref.generation;
  }
  [[nodiscard]] peer* look_up(peer_ref ref);
  void set_key(peer& p);

  health_opinions opinions_{peers_max};
  std::vector<std::unique_ptr<peer>> peers_;
  std::vector<std::uint32_t> free_;
  flat_map<number_key> by_ref_;
  // Channels number their peers from zero, so that this spares most look-ups.
  std::array<peer*, 64> recent_{};
  flat_map<number_key> by_key_;
  std::uint64_t version_ = 1;
};

}  // namespace mw::routing
