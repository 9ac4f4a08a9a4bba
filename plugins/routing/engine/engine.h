// engine: the router and the services of one node over a channel; see PROTOCOL.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "delivery/receipts.h"
#include "delivery/sender.h"
#include "engine/announcer.h"
#include "engine/caller.h"
#include "engine/gatherer.h"
#include "engine/server.h"
#include "engine/shared.h"

#include <mw/router.h>
#include <mw/services.h>

#include <initializer_list>
#include <vector>

namespace mw::routing {

// What the plug-in hands to its engine; all outlive it.
struct surroundings {
  const host& node;
  mw::channel& channel;
  mw::codec& codec;
  mw::balancer* balancer = nullptr;
  mw::sealer* sealer = nullptr;
};

class engine final : public router, public services, private channel_events {
 public:
  engine(const surroundings& around, settings options);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  // Attaches to the channel; services may be offered before.
  void start();

  [[nodiscard]] router_tools tools() override {
    out_.clear();
    return {with_.codec, out_};
  }
  [[nodiscard]] result<service_ref> open(std::string_view service) override;
  [[nodiscard]] result<call_ref> call(const route& where, message_out& body,
                                      function<void(const mw::answer&)> on_answer) override;
  [[nodiscard]] result<reach> send(const route& where, message_out& body,
                                   function<void(status)> settled) override;
  [[nodiscard]] status push(call_ref call, message_out& item, bool last,
                            function<void()> room) override;
  void cancel(call_ref call) override;
  void consumed(call_ref call, std::size_t bytes) override { calls_.consumed(call, bytes); }

  [[nodiscard]] result<registration_ptr> serve(std::string_view service,
                                               const serve_options& options,
                                               function<void(const incoming&)> handler) override;
  [[nodiscard]] status answer(reply_ref to, message_out& body, bool last,
                              function<void()> room) override;
  void refuse(reply_ref to, const failure& why) override { serving_.refuse(to, why); }
  void consumed(reply_ref of, std::size_t bytes) override { serving_.consumed(of, bytes); }
  [[nodiscard]] result<registration_ptr> join(std::string_view group) override;
  [[nodiscard]] std::vector<member> members() const override { return with_.peers.members(); }

  void withdraw(std::uint64_t offer, const std::string& name);
  void leave(const std::string& group);

  // For admin pages and tests.
  [[nodiscard]] shared& parts() { return with_; }
  [[nodiscard]] caller& calls() { return calls_; }
  [[nodiscard]] server& serving() { return serving_; }
  [[nodiscard]] sender& sending() { return sending_; }

 private:
  void on_message(const arrival& message) override;
  void on_peer(const peer_view& view) override;
  void on_link_closed(peer_ref peer, link_ref closed, const failure& why) override;
  void on_placed(const message_head& head, result<link_ref> where) override;
  void on_room(peer_ref peer) override;

  void on_one_way(const arrival& message);
  void on_sealed(envelope_kind kind, peer& from, bytes_view message);
  // Makes sure that turn() runs in a turn of its own, soon.
  void wake_soon();
  void turn();
  // Moves the timer to the earliest deadline.
  void arm();
  void arm_all();
  void arm_for(std::initializer_list<std::optional<time_point>> deadlines);

  mw::channel& channel_;
  bool attached_ = false;
  message_out out_;
  shared with_;
  receipts receipts_;
  caller calls_;
  gatherer gathering_;
  server serving_;
  sender sending_;
  announcer announcing_;
  bool woken_ = false;
  std::optional<time_point> armed_for_;
  timer soon_;
  timer deadline_;
};

}  // namespace mw::routing
