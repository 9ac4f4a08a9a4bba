// outbox: what waits for room in a link's stream, by priority, within bounds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mux/credit.h"
#include "mux/frame_maker.h"
#include "mux/outbox_queue.h"
#include "mux/stream_writer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace mw::pool {

struct outbox_limits {
  std::size_t bytes = 16 * 1024 * 1024;  // that may wait; one message more when nothing waits
  std::size_t messages = 65'536;
  // So much may be unsent in the stream, where nothing overtakes any more.
  std::size_t unsent = 128 * 1024;
};

// Eight lanes: for each priority one for whole frames and one for messages that are cut into
// fragments, so that small messages overtake large ones. Critical to low share the link 8:4:2:1 by
// bytes; none starves. Messages of one lane leave in order, a fragmented one as a whole before the
// next of its lane begins.
class outbox {
 public:
  outbox(const outbox_limits& limits, chunk_cache& cache) : limits_(limits), cache_(cache) {}
  outbox(const outbox&) = delete;
  outbox& operator=(const outbox&) = delete;

  // Nothing waits: a frame may go straight to the stream if that has room.
  [[nodiscard]] bool idle() const { return waiting_ == 0 && writer_.clear(); }
  // Critical messages may use an eighth more than the limits: their senders keep the cluster alive.
  [[nodiscard]] bool has_room(priority p, std::size_t size) const;
  [[nodiscard]] std::size_t bytes() const { return bytes_ + writer_.left_over(); }
  [[nodiscard]] std::size_t in_window() const { return writer_.in_window(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] bool half_empty() const {
    return 2 * bytes_ <= limits_.bytes && 2 * waiting_ <= limits_.messages;
  }

  // A whole sealed frame. Bounds are the caller's business: control frames ignore them.
  void add_frame(priority p, bytes_view frame);
  // A message whose frames are made as they leave; in fragments when it is larger than one.
  void add_message(std::unique_ptr<outgoing> message, bool fragmented);
  // Something of this exchange waits among the fragmented: what follows must not overtake it.
  [[nodiscard]] bool holds(wire::frame_kind kind, std::uint64_t id) const;

  struct pumped {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    bool blocked = false;  // fragments wait for credit of the link
  };
  // What the fragments, which the other side has to take in before what follows them, may use of
  // the link's window.
  enum class depth : std::uint8_t {
    full,
    shallow,  // no more than keeps the other side busy: urgent messages are about
  };
  // Writes until `unsent` is reached or nothing may go. Asks the stream for a call when something
  // is left that the stream can take later.
  pumped pump(stream& to, frame_maker& maker, send_window& link, depth bulk = depth::full);
  // For the fast path and the handshake: bytes that go before everything that waits.
  stream_writer& writer() { return writer_; }

  // Of whole critical frames: control frames are among them.
  [[nodiscard]] std::size_t urgent_bytes() const;
  void trim();  // gives memory back when nothing waits; for links that have become quiet

 private:
  static constexpr std::size_t lane_count = 8;
  static constexpr std::int64_t quantum = 16 * 1024;
  struct lane {
    outbox_queue queue;
    std::int64_t deficit = 0;
    std::size_t bytes = 0;
  };
  static constexpr std::size_t index_of(priority p, bool fragmented) {
    return (3 - static_cast<std::size_t>(p)) * 2 + (fragmented ? 1 : 0);
  }
  static constexpr std::int64_t share_of(std::size_t index) { return quantum << (3 - index / 2); }
  static constexpr bool fragmented(std::size_t index) { return index % 2 == 1; }

  lane& activate(std::size_t index, std::size_t size);
  [[nodiscard]] bool may_send(lane& one, std::size_t index, const frame_maker& maker,
                              const send_window& link, pumped& done) const;
  [[nodiscard]] lane* pick(const frame_maker& maker, const send_window& link, pumped& done);
  void send_frames(lane& from, stream& to, std::size_t room, pumped& done);
  void send_piece(lane& from, stream& to, frame_maker& maker, send_window& link, pumped& done);
  void took(lane& from, std::size_t bytes);

  const outbox_limits& limits_;
  chunk_cache& cache_;
  std::unique_ptr<std::array<lane, lane_count>> lanes_;  // null while nothing waits
  stream_writer writer_;
  std::size_t bytes_ = 0;
  std::size_t waiting_ = 0;  // messages; frames in chunks count one each
  depth bulk_ = depth::full;
};

}  // namespace mw::pool
