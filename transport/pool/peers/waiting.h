// waiting: messages for a peer that is not connected yet, within bounds and deadlines.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/buffer.h>
#include <mw/channel.h>
#include <mw/message_out.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace mw::pool {

struct waiting_limits {
  std::size_t messages = 1024;
  std::size_t bytes = 16 * 1024 * 1024;
};

struct waiting_message {
  message_head head;  // give_up is always set
  time_point since{};
  std::vector<slice> parts{};
  std::size_t size = 0;
};

// First in, first out. Owns no memory while it is empty.
class waiting_queue {
 public:
  // Fills in the parts of `message` from `body`. False: full.
  [[nodiscard]] bool add(waiting_message message, const message_out& body,
                         const waiting_limits& limits);
  [[nodiscard]] bool empty() const { return first_ == messages_.size(); }
  [[nodiscard]] std::size_t count() const { return messages_.size() - first_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const waiting_message& front() const { return messages_[first_]; }
  [[nodiscard]] waiting_message pop();

  // Takes out a message whose time has come, one at a time, in order.
  [[nodiscard]] std::optional<waiting_message> expired(time_point now);
  // Takes out the request that opens exchange `id`. False: it does not wait here.
  bool cancel(std::uint64_t id);
  // Takes over what waits elsewhere, behind what waits here.
  void append(waiting_queue&& other);
  // When the next one gives up.
  [[nodiscard]] std::optional<time_point> next_expiry() const;

 private:
  waiting_message take(std::size_t index);

  std::vector<waiting_message> messages_;
  std::size_t first_ = 0;  // those before it have been taken
  std::size_t bytes_ = 0;
};

}  // namespace mw::pool
