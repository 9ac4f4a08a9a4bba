// connection: one link to one peer: its handshake, its frames in both directions, its end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/cutter.h"
#include "common/session/session.h"
#include "metrics.h"
#include "mux/assembler.h"
#include "mux/budget.h"
#include "mux/exchanges.h"
#include "mux/outbox.h"
#include "peers/peer_book.h"
#include "settings.h"

#include <mw/transport.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::pool {

class connection;

// What a connection tells the pool. Never inside a call on the connection but tick().
class connection_owner {
 public:
  // The other side has said who it is. A failure is told to it and ends the connection.
  virtual status on_hello(connection& who, const introduction& hello) = 0;
  virtual void on_ready(connection& who) = 0;
  virtual void on_arrival(connection& who, const message_head& head, const payload& body,
                          bool& hold) = 0;
  // After a refused send: there is room again.
  virtual void on_room(connection& who) = 0;
  // One of the two sides has said goodbye: no new exchanges.
  virtual void on_draining(connection& who) = 0;
  // Nothing is sent or heard any more; once. on_gone() follows.
  virtual void on_down(connection& who, const failure& why) = 0;
  // Destroy it now.
  virtual void on_gone(connection& who) = 0;

 protected:
  ~connection_owner() = default;
};

// What the connections of a pool share. All belong to one lane.
struct connection_context {
  host& node;
  const settings& opt;
  const pool_metrics& metrics;
  connection_owner& owner;
  const wire::hello& ours;
  outbox_limits outbox;
  assembly_limits assembly;
  std::uint64_t frames_this_turn = 0;
  std::vector<connection*> writing;  // what they wrote is told to their streams at the turn's end
  chunk_cache chunks{};
  wire::cutter_memory memory = wire::cutter_memory();
  frame_workshop shop{};

  void end_turn();
};

enum class phase : std::uint8_t {
  greeting,   // hellos are under way
  ready,      // messages flow
  draining,   // open exchanges may finish, new ones do not begin
  lingering,  // down: last words leave
};

class connection final : private stream_events, private wire::frame_sink {
 public:
  struct origin {
    link_ref ref;
    peer_ref dialled;     // whom we wanted to reach; nobody when it was accepted
    std::string address;  // what was dialled
    time_point began{};
    duration lifetime{};  // zero: for ever
  };
  connection(connection_context& shared, link from, origin how);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  void start();  // sends our hello

  // `overloaded`: on_room() follows. The body is left as it was.
  [[nodiscard]] status send(const message_head& head, message_out& body);
  void consumed(message_kind kind, std::uint64_t id, std::size_t bytes);

  // Says goodbye, lets exchanges finish, closes.
  void drain(const failure& why);
  // Closes as soon as the reason is said.
  void abandon(const failure& why) { linger(why, true); }
  // Looks at deadlines and signs of life; returns when to look again. May end the connection.
  time_point tick(time_point now);

  [[nodiscard]] link_ref ref() const { return how_.ref; }
  [[nodiscard]] const origin& how() const { return how_; }
  [[nodiscard]] bool dialled() const { return !how_.address.empty(); }
  [[nodiscard]] peer_ref peer() const { return peer_; }
  void belongs_to(peer_ref who) { peer_ = who; }
  [[nodiscard]] phase state() const { return phase_; }
  [[nodiscard]] bool usable() const { return phase_ == phase::ready; }
  // Both ends are this node: its own address is among those of its peers.
  [[nodiscard]] bool ourselves() const { return ourselves_; }
  [[nodiscard]] const std::string& identity() const { return identity_; }
  [[nodiscard]] const endpoint& remote() const { return stream_->remote(); }

  // For choosing among connections and for people.
  [[nodiscard]] std::uint32_t open() const { return open_ours_ + open_theirs_; }
  [[nodiscard]] std::size_t queued() const {
    return outbox_.bytes() + outbox_.in_window() + stream_->unsent();
  }
  // So little waits that another connection would not be faster.
  [[nodiscard]] bool takes_more() const {
    if (!outbox_.idle() || std::uint64_t{open()} * 10 >= std::uint64_t{shared_.opt.streams} * 7)
      return false;
    const std::size_t window =
        outbox_.in_window();  // what is behind it was looked at when it began
    return (window > 0 ? window : stream_->unsent()) < share_from;
  }
  // What was written in this turn belongs to the stream from here on.
  void close_window() { outbox_.writer().close(*stream_); }
  void end_turn() {
    writing_ = false;
    close_window();
  }
  [[nodiscard]] bool congested() const {
    return blocked_outbox_.running() || blocked_link_.running();
  }
  [[nodiscard]] time_point ready_since() const { return ready_at_; }
  [[nodiscard]] duration lifetime() const { return how_.lifetime; }
  [[nodiscard]] bool due() const { return lease_ != nullptr && lease_->due(); }
  [[nodiscard]] time_point last_used() const { return last_message_; }
  [[nodiscard]] time_point last_heard() const { return last_heard_; }
  [[nodiscard]] const send_window& window() const { return send_; }
  [[nodiscard]] std::size_t streams_since(time_point t) { return exchanges_.open_since(t); }
  [[nodiscard]] std::size_t streams() const { return exchanges_.open(); }
  [[nodiscard]] std::size_t reassembling() const { return assembler_.reserved(); }
  [[nodiscard]] const outbox& waiting() const { return outbox_; }

 private:
  // Bytes of a turn, from which on the other connections of the peer are asked.
  static constexpr std::size_t share_from = 32 * 1024;

  // How long something has been going on.
  struct stopwatch {
    static constexpr time_point stopped{duration::min()};
    time_point since = stopped;
    [[nodiscard]] bool running() const { return since != stopped; }
  };

  // connection.cpp: life
  void on_end() override;
  void on_closed(const failure& why) override;
  status greet(const wire::frame_head& head, bytes_view payload);
  status agreed();
  status confirmed();
  [[nodiscard]] std::string_view proved_node() const {
    return proved_node_ != nullptr ? std::string_view(*proved_node_) : std::string_view();
  }
  void maybe_ourselves(bytes_view payload);
  void fail(const failure& why, mishap cause);
  void linger(const failure& why, bool say);
  void finish_when_done();
  void say_goodbye(const failure& why);
  void leave(const failure& why);
  [[nodiscard]] std::optional<failure> overdue(time_point now) const;
  void keep_alive(time_point now);
  void end(const failure& why);

  // connection_in.cpp: what arrives
  std::span<std::byte> read_into() override { return cutter_.read_into(); }
  void on_data(bytes_view bytes) override;
  status on_frame(const wire::frame_head& head, bytes_view payload) override;
  std::byte* place_for(const wire::frame_head& head, std::size_t size, bytes_view here) override;
  status on_placed(const wire::frame_head& head, std::size_t size) override;
  [[gnu::always_inline]] inline status message(const wire::frame_head& head, const payload& body);
  status fragment(const wire::frame_head& head, bytes_view bytes);
  status fragment_filled(const wire::frame_head& head, std::size_t size, result<bool> stored);
  status unpack(const wire::frame_head& head, bytes_view packed);
  [[gnu::always_inline]] inline status deliver(const wire::frame_head& head, const payload& body);
  status control(const wire::frame_head& head, bytes_view bytes);
  status credit_arrived(const wire::frame_head& head, bytes_view bytes);
  status goodbye_arrived(bytes_view bytes);
  status reset_arrived(const wire::frame_head& head, bytes_view bytes);
  status breach_of(breach what, const std::string& why);
  void give_link_credit(std::uint64_t bytes);
  void reset_exchange(const wire::frame_head& head, const failure& why);

  // connection_out.cpp: what leaves
  void on_writable() override;
  void pump();
  void tell_room();
  void send_control(const wire::frame_head& head, bytes_view bytes);
  [[nodiscard]] status admit(const message_head& head, std::size_t size);
  [[nodiscard]] status admit_item(const message_head& head, std::size_t size);
  void send_now(const wire::frame_head& head, message_out& body);
  [[nodiscard]] std::byte* place_frame(std::size_t size);
  [[nodiscard]] std::byte* open_window(std::size_t size);
  [[nodiscard]] status send_slowly(const message_head& head, message_out& body);
  [[gnu::always_inline]] inline void count_sent(const message_head& head);
  void allow_plain(bool ready);
  void queue(const wire::frame_head& head, message_out& body);
  [[nodiscard]] bool send_packed(const wire::frame_head& head, message_out& body);
  void count_open(message_kind kind);
  void counted_frames(std::uint64_t frames, std::uint64_t bytes) {
    shared_.metrics.frames_out.add(frames);
    shared_.metrics.bytes_out.add(bytes);
    if (shared_.frames_this_turn == 0 && frames > 0) begin_turn();
    shared_.frames_this_turn += frames;
  }
  void begin_turn();  // the first frame of a turn leaves
  void hold_back(stopwatch& which);
  void let_go(stopwatch& which, blocked_level level);
  [[nodiscard]] status refuse(refusal why, const std::string& text);

  // connection_share.cpp: what admission says
  [[nodiscard]] status police(const wire::frame_head& head, bool& ignore);
  [[nodiscard]] bool book_stream();
  [[nodiscard]] bool book_waiting(std::size_t size);
  void unbook();
  void offended(offence what) {
    if (scope_) scope_->offended(what);
  }

  connection_context& shared_;
  std::unique_ptr<admission_scope> scope_;  // null: nobody asks
  stream_ptr stream_;
  std::unique_ptr<link_lease> lease_;  // dies before the stream
  std::string identity_;
  std::unique_ptr<const std::string> proved_node_;  // until it is ready; null: nothing proved
  origin how_;
  peer_ref peer_;
  phase phase_ = phase::greeting;
  bool feeding_ = false;  // inside cutter_.feed()
  bool told_down_ = false;
  bool finished_ = false;              // our side of the stream has ended
  bool peer_left_ = false;             // it has said goodbye: no exchange of its begins any more
  std::unique_ptr<failure> farewell_;  // our goodbye, which waits for what was queued before it
  bool flooded_ = false;               // it takes none of the control frames that it causes
  bool wants_room_ = false;            // a send was refused
  bool share_used_up_ = false;         // because the peer has all the memory that it may have
  time_point ask_share_at_{};
  bool writing_ = false;  // listed in connection_context::writing
  bool ourselves_ = false;
  std::uint32_t open_ours_ = 0;  // exchanges without an end, by who opened them
  std::uint32_t open_theirs_ = 0;
  std::uint32_t streams_booked_ = 0;  // at least as many as others have open
  std::size_t waiting_booked_ = 0;    // bytes, at least as many as wait in the outbox
  std::uint32_t plain_max_ = 0;       // messages up to this size are one frame as they are
  std::uint32_t silences_ = 0;        // pings without anything heard since

  std::unique_ptr<wire::handshake> handshake_;  // until ready
  link_terms terms_;
  frame_maker maker_;
  outbox outbox_;
  wire::frame_cutter cutter_;
  assembler assembler_;
  exchanges exchanges_;
  send_window send_;
  receive_window receive_;
  budget cancels_;
  budget pings_;
  budget frames_;
  slice placed_;  // a whole message that is being read in place
  std::byte* place_ = nullptr;

  time_point last_heard_{};
  time_point last_message_{};
  time_point last_urgent_{duration::min() / 2};  // critical, of either side
  time_point ready_at_{};
  time_point deadline_{};     // of the present phase, where it has one
  time_point frame_began_{};  // the one that is half here
  std::uint64_t frames_cut_ = 0;
  stopwatch blocked_outbox_;
  stopwatch blocked_link_;
  stopwatch blocked_stream_;
};

[[nodiscard]] constexpr wire::frame_kind frame_kind_of(message_kind kind) {
  return static_cast<wire::frame_kind>(static_cast<std::uint8_t>(kind) + 2);
}
[[nodiscard]] constexpr message_kind message_kind_of(wire::frame_kind kind) {
  return static_cast<message_kind>(static_cast<std::uint8_t>(kind) - 2);
}
[[nodiscard]] constexpr bool is_message(wire::frame_kind kind) {
  return kind >= wire::frame_kind::one_way && kind <= wire::frame_kind::cancel;
}
static_assert(frame_kind_of(message_kind::one_way) == wire::frame_kind::one_way);
static_assert(frame_kind_of(message_kind::cancel) == wire::frame_kind::cancel);

}  // namespace mw::pool
