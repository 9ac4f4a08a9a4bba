// ledger: every connection and what it has taken: asked before anything is, by address and peer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ban_book.h"
#include "core/bounded_table.h"
#include "core/rules.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::firewall {

using frame_meters = std::array<meter, admission_scope::frame_kinds>;

struct peer_account {
  account own;
  frame_meters frames;
  bool proven = false;
};
struct listener_account {
  account own;
  std::uint32_t number = 0;
  std::uint64_t refused = 0;
};

// One connection: owned by the scope that its link carries. Not to be moved.
struct member {
  std::uint64_t serial = 0;  // in order of arrival; zero: not in the ledger
  std::optional<ip_address> from;
  bool exempt = false;
  bool dialled = false;
  bool unproved = false;  // has not said who it is, and counts among those
  bool evicted = false;
  time_point began{};
  account own;
  const std::string* listener_name = nullptr;
  const std::string* peer_name = nullptr;
  listener_account* listener = nullptr;
  peer_account* peer = nullptr;
  std::unique_ptr<frame_meters> frames;  // where its connection has rules of its own
};

// What happened beyond the answers; the adapter tells people and the bus.
struct cool_down_notice {
  network at;
  bool begins = false;
  time_point until{};
};
struct eviction {
  member* who = nullptr;
  refusal why = refusal::none;
};
struct frame_grant {
  frame_verdict verdict = frame_verdict::pass;
  std::uint16_t more = 0;  // frames of the kind that may pass unasked after this one
};

// A pure core: time comes in, answers and notices come out. Bounded: members by the limits of the
// system, addresses by the members, everything else by its table.
class ledger {
 public:
  ledger(rules by, std::uint64_t seed);

  void set_lists(prefix_trie lists) { lists_ = std::move(lists); }
  [[nodiscard]] const prefix_trie& lists() const { return lists_; }

  // Beginnings and endings: ledger.cpp.
  [[nodiscard]] refusal arrive(member& who, const std::optional<ip_address>& from,
                               std::string_view listener, time_point now);
  [[nodiscard]] refusal depart(member& who, const std::optional<ip_address>& to,
                               std::string_view transport, time_point now);
  [[nodiscard]] refusal prove(member& who, std::string_view identity, bool proven);
  void leave(member& who);

  // What is taken: ledger_use.cpp.
  [[nodiscard]] refusal reserve(member& who, std::uint64_t bytes);
  void release(member& who, std::uint64_t bytes);
  [[nodiscard]] refusal open_stream(member& who);
  void close_stream(member& who);
  [[nodiscard]] frame_grant frame(member& who, std::size_t kind, time_point now);

  // Who misbehaves: ledger_abuse.cpp.
  void offend(const member& who, offence what, time_point now);
  // False: no room among the bans. Those connections of the network go that others have opened.
  [[nodiscard]] bool ban_network(const network& at, time_point now, time_point until);
  bool pardon(const network& at);
  void tick(time_point now);
  [[nodiscard]] std::optional<time_point> next_tick() const;
  [[nodiscard]] bool has_orders() const { return !evictions_.empty() || !notices_.empty(); }
  [[nodiscard]] std::optional<eviction> next_eviction();
  [[nodiscard]] std::optional<cool_down_notice> next_notice();

  // For people and metrics.
  [[nodiscard]] const rules& by() const { return rules_; }
  [[nodiscard]] const account& whole() const { return system_; }
  [[nodiscard]] const account& unproved() const { return unproved_; }
  [[nodiscard]] const ban_book& bans() const { return bans_; }
  [[nodiscard]] const std::map<std::uint64_t, member*>& members() const { return members_; }
  [[nodiscard]] const auto& listeners() const { return listeners_; }
  [[nodiscard]] const auto& peers() const { return peers_; }
  [[nodiscard]] std::uint64_t forgotten() const;
  [[nodiscard]] std::uint64_t refusals(refusal why) const {
    return refused_[static_cast<std::size_t>(why)];
  }
  [[nodiscard]] std::uint64_t all_refusals() const { return all_refused_; }
  [[nodiscard]] std::uint64_t offences(offence what) const {
    return offended_[static_cast<std::size_t>(what) % offence_count];
  }

 private:
  struct rate_table {
    struct record {
      meter used;
      [[nodiscard]] std::int64_t weight(time_point now) const { return used.debt(now); }
    };
    connection_rate rule;
    bounded_table<record> records;
  };
  using counts = std::map<network, std::uint32_t>;

  [[nodiscard]] refusal admit(member& who, time_point now);
  [[nodiscard]] refusal admit_address(member& who, time_point now);
  [[nodiscard]] refusal admit_unproved(const member& who) const;
  [[nodiscard]] account_path path_of(member& who);
  void begin_unproved(member& who);
  void end_unproved(member& who);
  void evict_oldest();
  void evict(member& who, refusal why);
  void release_peer(member& who);
  listener_account& door(std::string_view name, const std::string*& kept);
  refusal refuse(refusal why);

  const rules rules_;
  prefix_trie lists_;
  account system_;
  account unproved_;
  std::map<std::string, listener_account, std::less<>> listeners_;
  std::map<std::string, peer_account, std::less<>> peers_;
  std::map<std::uint64_t, member*> members_;    // by age
  std::map<std::uint64_t, member*> newcomers_;  // those that have not said who they are, by age
  counts addresses_;                            // newcomers of each address
  counts networks_;                             // newcomers of each network
  std::vector<rate_table> rates_;
  bounded_table<standing> standings_;
  ban_book bans_;
  std::deque<eviction> evictions_;
  std::deque<cool_down_notice> notices_;
  std::uint64_t serial_ = 0;
  std::array<std::uint64_t, refusal_count> refused_{};
  std::uint64_t all_refused_ = 0;
  std::array<std::uint64_t, offence_count> offended_{};
};

// What counts as one address, and the network around it, for caps and cool-downs.
[[nodiscard]] network address_key(const ip_address& one);
[[nodiscard]] network network_key(const ip_address& one);

}  // namespace mw::firewall
