// sender: messages without an answer, and what is known of their arrival.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slots.h"
#include "delivery/courier.h"
#include "engine/caller.h"

#include <optional>
#include <vector>

namespace mw::routing {

// One send() until the last of its messages is settled.
struct batch {
  std::uint64_t id = 0;
  std::uint32_t open = 0;
  std::optional<failure> first_failure;
  function<void(status)> settled;

  void clear() {
    const std::uint64_t same = id;
    *this = batch();
    id = same;
  }
};

// A message that the channel holds until there is a connection.
struct unplaced {
  std::uint64_t id = 0;
  std::uint64_t batch = 0;
  void clear() { batch = 0; }
};

class sender {
 public:
  explicit sender(shared& with)
      : with_(with),
        batches_(with.options.outbox_max),
        unplaced_(with.options.outbox_max),
        letters_(with, [this](std::uint64_t batch, status how) { settle(batch, std::move(how)); }) {
  }

  [[nodiscard]] result<reach> send(const question& q, const route& where, message_out& body,
                                   function<void(status)> settled);
  // To one, at most once, without word of it: the commonest.
  [[nodiscard]] result<reach> send_plain(const question& q, const route& where, message_out& body) {
    peer* const to = choose(q, where);
    if (to == nullptr) [[unlikely]]
      return nobody(q);
    const std::size_t front = push_plain_envelope(body, q.what->hash, q.deadline - q.now, q.hops);
    auto sent = with_.mail.send(*to, {message_kind::one_way, q.priority, 0, q.deadline}, body);
    body.drop_front(front);
    if (!sent) [[unlikely]]
      return std::move(sent).error();
    return reach{.taken = 1};
  }
  void on_placed(const message_head& head, const result<link_ref>& where);
  void turn(time_point now);
  [[nodiscard]] std::optional<time_point> next_deadline() { return letters_.next_deadline(); }
  [[nodiscard]] std::optional<time_point> soonest() const { return letters_.soonest(); }
  [[nodiscard]] bool came_nearer() { return letters_.came_nearer(); }
  [[nodiscard]] courier& letters() { return letters_; }

 private:
  [[nodiscard]] peer* choose(const question& q, const route& where) {
    with_.services.refresh(*q.what);
    const auto key = q.what->choice->pick({q.now, where.hash, 0, {}});
    if (!key) return nullptr;
    // A message has no outcome that says something about the peer.
    q.what->choice->finished({*key, call_end::ok, {}, q.now});
    return with_.peers.find_key(*key);
  }
  [[nodiscard]] failure nobody(const question& q);
  [[nodiscard]] status targets_of(const question& q, const route& where);
  [[nodiscard]] status post_one(const question& q, peer& to, message_out& body,
                                std::uint64_t batch_id);
  [[nodiscard]] result<link_ref> post_as(const envelope& head, const question& q, const peer& to,
                                         message_out& body, std::uint64_t id);
  // What became of the message with each of `targets_`.
  struct round {
    reach got;
    std::optional<failure> first;  // why the first that did not take it had no room
    void add(const failure* why) {
      ++(why == nullptr ? got.taken : got.refused);
      if (why != nullptr && !first) first = *why;
    }
  };
  [[nodiscard]] round post_each(const question& q, const route& where, message_out& body,
                                std::uint64_t batch_id);
  [[nodiscard]] round post_all(const question& q, message_out& body);
  [[nodiscard]] status post_sure(const question& q, std::uint32_t to, const route& where,
                                 const message_out& body, std::uint64_t batch_id);
  void settle(std::uint64_t batch_id, status how);

  shared& with_;
  slot_table<batch> batches_;
  slot_table<unplaced> unplaced_;
  courier letters_;
  std::vector<std::uint32_t> targets_;
  std::vector<std::pair<function<void(status)>, status>> done_;  // told in the next turn
};

}  // namespace mw::routing
