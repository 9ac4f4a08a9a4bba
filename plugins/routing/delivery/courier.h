// courier: messages that are sent again until they are acknowledged, or become dead letters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dead_letters.h"
#include "core/deadline_ring.h"
#include "core/slots.h"
#include "delivery/receipts.h"
#include "engine/caller.h"

#include <optional>
#include <string>
#include <vector>

namespace mw::routing {

// One message to one receiver.
struct parcel {
  static constexpr std::uint32_t nobody = ~0u;
  static constexpr std::size_t kept_max = 16 * 1024;

  std::uint64_t id = 0;
  std::uint64_t batch = 0;
  question what;
  bool any = false;  // whoever offers the service; else only the node `to`
  std::string to;    // node id; kept for peers that come back
  std::string group;
  std::uint32_t peer = nobody;  // whose number `delivery.sequence` is
  std::uint64_t life = 0;       // of the peer when it was last sent; zero: never
  delivery_id delivery;
  std::uint32_t attempts = 0;
  candidate_key avoid = 0;
  time_point posted;
  std::vector<std::byte> body;

  void clear();
};

class courier {
 public:
  // `settled(batch, how)` is called for each parcel; never inside post(). `died` gets each dead
  // letter after it was stored.
  courier(shared& with, function<void(std::uint64_t, status)> settled);
  void on_dead(function<void(const dead_letter&)> died) { died_ = std::move(died); }

  // `to` null: whoever offers the service.
  [[nodiscard]] status post(const question& q, const peer* to, std::string_view group,
                            const message_out& body, std::uint64_t batch);
  // Only a sealed receipt acknowledges a sealed message.
  void on_receipts(peer& from, bytes_view message, bool sealed);
  void on_up(peer& up, bool new_life);
  void on_gone(peer& gone);
  void turn(time_point now);
  [[nodiscard]] std::optional<time_point> next_deadline() { return due_.next(); }
  [[nodiscard]] std::optional<time_point> soonest() const { return due_.soonest(); }
  [[nodiscard]] bool came_nearer() { return due_.came_nearer(); }
  [[nodiscard]] const dead_letters& dead() const { return dead_; }
  // Sends a dead letter anew, with its first deadline and as a new message.
  [[nodiscard]] status replay(std::uint64_t id);
  [[nodiscard]] std::uint32_t size() const { return parcels_.size(); }

 private:
  void attempt(parcel& p);
  [[nodiscard]] peer* receiver_of(parcel& p);
  void assign(parcel& p, peer* to);
  void schedule(parcel& p, duration delay);
  [[nodiscard]] duration backoff(std::uint32_t attempts);
  void on_receipt(peer& from, const receipt& r, bool sealed);
  void on_refusal(parcel& p, errc why);
  void bury(parcel& p, const failure& why);
  void close(parcel& p);

  shared& with_;
  function<void(std::uint64_t, status)> settled_;
  function<void(const dead_letter&)> died_;
  slot_table<parcel> parcels_;
  deadline_ring due_;
  flat_map<producer_key> by_number_;  // peer index and sequence
  dead_letters dead_;
  std::size_t bytes_ = 0;
  message_out again_;
  std::vector<receipt> receipts_;
};

}  // namespace mw::routing
