// exchanges: the streamed exchanges of a link: windows, order of kinds, and what came too late.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mux/credit.h"
#include "mux/id_table.h"

#include <mw/channel.h>

#include <array>
#include <cstdint>
#include <memory>

namespace mw::pool {

struct exchange_limits {
  std::uint64_t send_window = 256 * 1024;     // as the other side announced it
  std::uint64_t receive_window = 256 * 1024;  // as we announced it
  std::uint32_t open = 4096;                  // streamed exchanges of either side at a time
  std::uint32_t late = 64;  // frames beyond the window that an ended exchange may still cause
};

// What to do with a frame that has arrived.
enum class verdict : std::uint8_t {
  deliver,
  late,       // its exchange has ended here: drop it silently
  too_many,   // one exchange more than the limit: drop it and reset the exchange
  violation,  // see reason()
};

// Plain requests with one reply are not in here: they cost nothing until an item is seen. Ids are
// chosen by who opens; the two sides' ids are apart. Nothing is allocated before the first item.
class exchanges {
 public:
  explicit exchanges(const exchange_limits& limits) : limits_(limits) {}

  // Whether an item may be sent now; `takes` it if so. Room for it is told by gave().
  enum class sending : std::uint8_t { fine, no_credit, too_many };
  [[nodiscard]] sending send_item(message_kind kind, std::uint64_t id, std::size_t bytes,
                                  time_point now);
  // Any other kind was sent: what ends an exchange forgets it.
  void sent(message_kind kind, std::uint64_t id);

  [[nodiscard]] verdict received(message_kind kind, std::uint64_t id, std::size_t bytes,
                                 time_point now);
  // We gave it up (reset); frames that are under way are late from now on.
  void drop(message_kind kind, std::uint64_t id);

  // The other side gave credit. False: more than it may.
  [[nodiscard]] bool gave(message_kind item, std::uint64_t id, std::uint64_t bytes);
  // An item was consumed here: how much to announce to the other side, often zero.
  [[nodiscard]] std::uint64_t consumed(message_kind item, std::uint64_t id, std::uint64_t bytes);

  [[nodiscard]] std::size_t open() const { return state_ ? state_->count() : 0; }
  [[nodiscard]] std::size_t open_since(time_point before);  // how many are that old
  [[nodiscard]] const char* reason() const { return reason_; }
  [[nodiscard]] std::uint64_t late() const { return late_; }

 private:
  struct exchange {
    send_window sends;
    receive_window receives;
    time_point opened{};
    bool ended_by_opener = false;
  };
  struct ended {
    std::uint64_t id = 0;
    std::uint64_t left = 0;  // what the other side could still send when it ended
    bool used = false;
  };
  // Of one opener.
  struct side {
    id_table<exchange> open;
    std::array<ended, 64> recent;
    std::uint32_t next = 0;

    void end(std::uint64_t id);
    [[nodiscard]] ended* find_ended(std::uint64_t id);
  };
  struct both_sides {
    side ours;
    side theirs;
    [[nodiscard]] std::size_t count() const { return ours.open.count() + theirs.open.count(); }
  };

  [[nodiscard]] both_sides& state();
  [[nodiscard]] exchange* open_one(side& where, std::uint64_t id, time_point now);
  [[nodiscard]] verdict item_received(side& where, message_kind kind, std::uint64_t id,
                                      std::size_t bytes, time_point now);
  [[nodiscard]] verdict too_late(ended& one, std::uint64_t cost);
  verdict violation(const char* why) { return reason_ = why, verdict::violation; }

  exchange_limits limits_;
  std::unique_ptr<both_sides> state_;
  const char* reason_ = "";
  std::uint64_t late_ = 0;
  std::uint32_t excess_ = 0;  // late frames that no window covered
};

// Of the two who talk, the one who opened the exchange sends these.
constexpr bool sent_by_opener(message_kind kind) {
  return kind == message_kind::request || kind == message_kind::request_item ||
         kind == message_kind::request_end || kind == message_kind::cancel;
}
constexpr bool is_item(message_kind kind) {
  return kind == message_kind::request_item || kind == message_kind::reply_item;
}
constexpr bool ends_exchange(message_kind kind) {
  return kind == message_kind::reply || kind == message_kind::refusal ||
         kind == message_kind::cancel;
}

}  // namespace mw::pool
