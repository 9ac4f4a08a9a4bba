// pool: the channel over all peers and their connections.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.h"
#include "peers/link_policy.h"
#include "peers/peer_book.h"

#include <mw/events.h>

#include <memory>
#include <string>
#include <vector>

namespace mw::pool {

class pool final : public channel, private connection_owner {
 public:
  struct parts {
    host& node;
    transport& carrier;
    std::string carrier_name;
    std::string codec;
  };
  pool(const parts& with, const settings& opt);
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;
  ~pool();

  [[nodiscard]] status listen();
  // Where others reach this node: as the YAML says, or the first door that is no wildcard.
  [[nodiscard]] std::optional<endpoint> reachable() const;
  void drain(function<void()> done);
  void found(const peer_found& event);
  void lost(const peer_lost& event);

  // channel/1
  void attach(channel_events& events) override;
  void detach() override { user_ = &nobody_; }
  [[nodiscard]] result<link_ref> send(peer_ref to, const message_head& head, message_out& body,
                                      link_ref on) override;
  [[nodiscard]] status reply(link_ref on, const message_head& head, message_out& body) override;
  void consumed(link_ref on, message_kind kind, std::uint64_t id, std::size_t bytes) override;
  [[nodiscard]] std::vector<peer_view> peers() const override;

  // For the admin pages; see report.cpp.
  [[nodiscard]] std::string peers_json() const;
  [[nodiscard]] std::string connections_json() const;

 private:
  // Hears what nobody wants to hear any more.
  class nobody final : public channel_events {
    void on_message(const arrival&) override {}
    void on_peer(const peer_view&) override {}
    void on_link_closed(peer_ref, link_ref, const failure&) override {}
    void on_placed(const message_head&, result<link_ref>) override {}
    void on_room(peer_ref) override {}
  };
  struct dial {
    dial_ptr handle;
    peer_ref to;
    std::string address;
    time_point began{};
    bool over = false;
  };

  // pool.cpp: messages
  [[nodiscard]] connection* best_link(const peer& p, const message_head& head) const;
  [[nodiscard]] result<link_ref> wait(peer& p, const message_head& head, message_out& body);
  void place_waiting(peer& p, connection& on);
  void place(const waiting_message& message, connection& on);
  void fail_waiting(waiting_queue& queue, const failure& why);
  void expire_waiting(time_point now);

  // pool_links.cpp: connections
  void accepted(link from);
  void dialled(dial& one, result<link> outcome);
  void begin(link from, connection::origin how);
  void make_room_for_stranger();
  void make_room_for_link();
  void dial_failed(peer& p, const failure& why);
  duration retry_later(peer& p, duration lasted);
  void count_dials();
  status on_hello(connection& who, const introduction& hello) override;
  void on_ready(connection& who) override;
  void on_arrival(connection& who, const message_head& head, const payload& body,
                  bool& hold) override;
  void on_room(connection& who) override;
  void on_draining(connection& who) override;
  void on_down(connection& who, const failure& why) override;
  void on_gone(connection& who) override;
  void no_longer_usable(connection& who);
  void conflict(const connection& who, const introduction& hello, meeting outcome);

  // pool_time.cpp: what time brings
  void wake_at(time_point when);
  void wake_now() { wake_at(host_.now()); }
  void look_around();
  time_point tend_connections(time_point now);
  time_point tend_peers(time_point now);
  void close_some(peer& p, time_point now);
  void start_dial(peer& p, time_point now);
  [[nodiscard]] std::vector<link_facts> facts_of(const peer& p) const;
  void tell_news();
  void set_state(peer& p);
  void update_gauges();
  void check_drained();

  host& host_;
  transport& carrier_;
  std::string carrier_name_;
  const settings& opt_;
  pool_metrics metrics_;
  wire::hello ours_;
  link_rules rules_;
  waiting_limits waiting_limits_;
  peer_book book_;
  connection_context shared_;
  random_stream& dice_;
  nobody nobody_;
  channel_events* user_ = nullptr;  // null: not attached yet
  publisher<link_up> link_up_;
  publisher<link_down> link_down_;
  publisher<peer_joining> joining_;
  publisher<alert_raised> alerts_;
  std::size_t waiting_ = 0;  // messages, over all peers
  function<void()> drained_;
  bool draining_ = false;
  time_point wakes_{duration::max()};

  std::vector<std::unique_ptr<dial>> dials_;
  slot_table<connection, link_ref> links_;
  std::vector<listener_ptr> doors_;
  timer clock_;
};

}  // namespace mw::pool
