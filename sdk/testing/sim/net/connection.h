// connection: both ends of one stream and the bytes between them, as two systems keep them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fifo.h"
#include "core/slot_map.h"
#include "node/process.h"

#include <mw/buffer.h>
#include <mw/streams.h>

#include <array>
#include <cstdint>
#include <optional>

namespace mw::sim {

class stream_handle;
class stream_network;

enum class end_state : std::uint8_t {
  open,
  closed,    // told, reset or given up; the machine answers what still arrives with a reset
  vanished,  // lost with its machine's power: nobody answers until the machine is back
};

struct stream_end {
  process* home = nullptr;
  stream_handle* handle = nullptr;  // null before it is accepted and after it was destroyed
  endpoint local;
  endpoint remote;
  stream_options options;
  end_state state = end_state::open;
  bool finish_wanted = false;
  bool finish_sent = false;
  bool end_arrived = false;  // the peer's finish
  bool end_told = false;
  std::optional<failure> closing;  // why, once it is closed
  duration heard_at{};             // when a packet of the peer came last
};

// A run of bytes for a reader; `owner` keeps them alive when they are not in the scratch buffer.
struct read_chunk {
  slice owner;
  bytes_view bytes;
  bool more_later = false;  // the rest is for another turn
};

class connection {
 public:
  connection(stream_network& net, slot_id id, stream_end dialler, stream_end acceptor);

  [[nodiscard]] stream_end& end(int side) { return ends_[side]; }
  void begin();  // starts watching for silent peers

  // By the owner of one end.
  void take(int side, slice bytes);
  [[nodiscard]] std::size_t unsent(int side) const { return flows_[side].queued_bytes; }
  // A fault: systems never promise to take all there is room for.
  [[nodiscard]] bool writes_short(int side);
  void finish(int side) { ends_[side].finish_wanted = true; }
  void flush(int side);  // what was taken leaves, as far as the window allows
  [[nodiscard]] bool readable(int side) const { return !flows_[1 - side].arrived.empty(); }
  read_chunk read(int side, std::vector<std::byte>& scratch);
  void complete(int side);  // closes an end when both directions have ended
  void abandon(int side);   // its handle is gone: the peer hears a reset

  // By the world.
  void lose_power(int side);
  void process_ended(int side);
  void reset_both();
  void sever() { severed_ = true; }
  [[nodiscard]] bool joins(std::size_t a, std::size_t b) const;  // these two nodes
  [[nodiscard]] bool forgettable() const;

 private:
  enum class segment_kind : std::uint8_t { data, finish, reset };
  struct segment {
    slice bytes;
    duration arrives{};
    segment_kind kind = segment_kind::data;
  };
  // One direction, named by the side that writes. A finish counts as one byte.
  struct flow {
    fifo<slice> queued;  // taken, not under way
    std::size_t queued_bytes = 0;
    fifo<segment> flight;
    fifo<slice> arrived;  // not yet read
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t consumed = 0;
    std::uint64_t acked = 0;           // what the writer knows of `received`
    std::uint64_t known_consumed = 0;  // and of `consumed`
    std::uint64_t ack_received = 0;    // what the acknowledgement under way says
    std::uint64_t ack_consumed = 0;
    bool arrival_due = false;
    bool ack_under_way = false;
    bool watched = false;
    duration free_at{};       // when the last byte has left
    duration last_arrival{};  // bytes never overtake each other
    duration retry{};
    duration progress_at{};  // the last time that an acknowledgement said something new
  };

  [[nodiscard]] sim_path path(int side) const;
  [[nodiscard]] event_tag tag(int side, event_kind kind) const;
  void later(duration delay, int side, event_kind kind, void (connection::*what)(int));
  void send_queued(int side);
  void launch(int side, segment what, duration arrives);
  void schedule_arrival(int side);
  void arrive(int side);
  bool hold(int side);
  bool struck_by_fault(int side);
  void accept_arrived(int side);
  void acknowledge(int side);
  void acknowledged(int side);
  void watch_progress(int side);
  void check_progress(int side);
  void check_silence(int side);
  void refuse(int side);
  void hear_refusal(int side);
  void hear_reset(int side);
  void close(int side, failure why);
  void poke(int side);

  stream_network& net_;
  const slot_id id_;
  std::array<stream_end, 2> ends_;
  std::array<flow, 2> flows_;
  bool severed_ = false;
};

}  // namespace mw::sim
