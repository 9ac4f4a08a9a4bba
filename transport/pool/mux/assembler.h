// assembler: puts fragments together in one shared block per message, within bounds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/frame.h"

#include <mw/admission.h>
#include <mw/buffer.h>
#include <mw/result.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace mw::pool {

struct assembly_limits {
  std::size_t message_max = 16 * 1024 * 1024;
  std::size_t total_max = 64 * 1024 * 1024;  // of one link
  duration deadline = 10s;                   // without a fragment, or before the rate counts
  std::uint64_t rate_min = 1024;             // bytes per second, on average after the deadline
};

// Fragments of one priority belong to one message at a time, so there are at most four. A block is
// as large as the message says it will be, but its memory is touched only as bytes arrive. Owns no
// memory while nothing is under way.
class assembler {
 public:
  explicit assembler(const assembly_limits& limits) : limits_(limits) {}

  // Blocks are booked there before they are made. Null: nowhere. Outlives this.
  void book_with(admission_scope* scope) { scope_ = scope; }

  // A first fragment: its payload begins with the size of the whole message. `invalid`: a
  // violation; `overloaded`: too large or too many; the message is then skipped, fragment by
  // fragment.
  [[nodiscard]] status begin(const wire::frame_head& head, bytes_view payload, time_point now);
  // A later one. False: it belongs to a message that is skipped.
  [[nodiscard]] result<bool> add(const wire::frame_head& head, bytes_view payload, time_point now);
  // The same in two steps, for bytes that are read in place: where the payload of `size` bytes goes
  // (null: add() has to get it), and that it is there.
  [[nodiscard]] std::byte* place_for(const wire::frame_head& head, std::size_t size);
  // The same for a first fragment of which `here` has arrived: null when that is too little to know
  // the message's size, or when begin() has to say what is wrong. Its place begins with the size.
  [[nodiscard]] std::byte* place_first(const wire::frame_head& head, std::size_t size,
                                       bytes_view here, time_point now);
  // `size` does not count the size in front of a first fragment.
  [[nodiscard]] result<bool> placed(const wire::frame_head& head, std::size_t size, time_point now);

  // After the last fragment: the message. Its slot is free again.
  [[nodiscard]] slice take(const wire::frame_head& head);

  // Whether a message makes too little progress.
  [[nodiscard]] bool late(time_point now) const;
  [[nodiscard]] std::size_t reserved() const { return reserved_; }  // bytes of messages under way
  [[nodiscard]] std::size_t open() const;

 private:
  struct message {
    wire::frame_head head;
    slice whole;  // immutable for all others; written through `to` until it is handed out
    std::byte* to = nullptr;
    std::size_t size = 0;
    std::size_t filled = 0;
    time_point began{};
    time_point last{};
    bool skipped = false;
  };
  using slots = std::array<std::unique_ptr<message>, 4>;

  [[nodiscard]] std::unique_ptr<message>& slot(const wire::frame_head& head);
  void open(std::unique_ptr<message>& place);
  [[nodiscard]] result<message*> continued(const wire::frame_head& head, std::size_t size);
  void drop(const wire::frame_head& head);
  [[nodiscard]] result<bool> filled(message& m, const wire::frame_head& head, std::size_t size,
                                    time_point now);

  const assembly_limits& limits_;
  admission_scope* scope_ = nullptr;
  std::unique_ptr<slots> slots_;
  std::size_t reserved_ = 0;
};

}  // namespace mw::pool
