// peer_book: all peers, by name, node id and address; merges what turns out to be the same node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mux/slot_table.h"
#include "peers/peer.h"

#include <mw/events_peer.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace mw::pool {

// What a hello says about its sender.
struct introduction {
  std::string id;
  std::uint64_t life = 0;
  std::string zone;
  std::string identity;  // as the transport proved it
  std::string proved;    // the node id that belongs to the identity; empty: any
};

enum class meeting : std::uint8_t {
  welcome,
  ourselves,   // we have dialled ourselves: the address is remembered as ours
  our_double,  // another node runs under our id
  two_lives,   // its id is in use by a node that is connected
  impostor,    // its id belongs to somebody with another proved identity
  full,        // no room for another peer
};
[[nodiscard]] std::string_view to_string(meeting outcome) noexcept;

class peer_book {
 public:
  peer_book(std::string own_id, std::uint64_t own_life, std::size_t limit)
      : own_id_(std::move(own_id)), own_life_(own_life), limit_(limit) {}

  // A discovery source lists or no longer lists a node. False: there is no room for it.
  bool found(const peer_found& event);
  void lost(const peer_lost& event, time_point now);

  // A hello came over a link. `dialled`: whom we wanted to reach there, and `at` where; nobody for
  // links that were accepted.
  struct met {
    meeting outcome;
    peer* who = nullptr;  // when welcome
  };
  met meet(const introduction& hello, peer_ref dialled, const std::string& at, time_point now);

  // Forgets who is neither listed nor linked nor being dialled since `before`.
  void forget_quiet(time_point before);

  [[nodiscard]] peer* find(peer_ref ref) const { return peers_.find(ref); }
  [[nodiscard]] peer* find_id(const std::string& id) const;
  template <class Visit>
  void each(Visit visit) const {
    peers_.each(visit);
  }
  [[nodiscard]] std::size_t count() const { return peers_.count(); }
  [[nodiscard]] const std::string& own_id() const { return own_id_; }
  [[nodiscard]] std::uint64_t own_life() const { return own_life_; }

  // What happened since the last call: peers that are new or changed, and the last view of those
  // that are gone. Adapters mark changes of links with changed().
  struct news {
    std::vector<peer_ref> changed;
    std::vector<peer> gone;
  };
  [[nodiscard]] news take_news() { return std::exchange(news_, {}); }
  [[nodiscard]] bool has_news() const { return !news_.changed.empty() || !news_.gone.empty(); }
  void changed(const peer& p) { news_.changed.push_back(p.view.ref); }

 private:
  peer* add();
  void name(peer& p, const std::string& id);
  void give_address(peer& to, const std::string& address);
  void take_address(peer& from, const std::string& address);
  void merge(peer& into, peer& from);
  void remove(peer& p);

  std::string own_id_;
  std::uint64_t own_life_;
  std::size_t limit_;
  slot_table<peer, peer_ref> peers_;
  std::unordered_map<std::string, peer_ref> by_id_;
  std::unordered_map<std::string, peer_ref> by_address_;
  std::unordered_set<std::string> own_addresses_;
  news news_;
};

}  // namespace mw::pool
