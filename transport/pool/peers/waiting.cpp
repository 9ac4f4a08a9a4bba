// waiting: see waiting.h. Most leave from the front; the rest is closed up now and then.
// SPDX-License-Identifier: Apache-2.0
#include "peers/waiting.h"

#include <algorithm>
#include <utility>

namespace mw::pool {

bool waiting_queue::add(waiting_message message, const message_out& body,
                        const waiting_limits& limits) {
  if (count() >= limits.messages || bytes_ + body.size() > limits.bytes) return false;
  message.size = body.size();
  const std::span<const std::byte> written = body.written();
  std::size_t at = 0;
  for (const message_out::reference& r : body.references()) {
    if (r.at > at) message.parts.push_back(slice::copy_of(written.subspan(at, r.at - at)));
    message.parts.push_back(r.bytes);
    at = r.at;
  }
  if (at < written.size()) message.parts.push_back(slice::copy_of(written.subspan(at)));
  bytes_ += message.size;
  messages_.push_back(std::move(message));
  return true;
}

waiting_message waiting_queue::take(std::size_t index) {
  waiting_message taken = std::move(messages_[index]);
  bytes_ -= taken.size;
  if (index == first_)
    ++first_;
  else
    messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(index));
  if (first_ == messages_.size()) {
    messages_ = {};
    first_ = 0;
  } else if (first_ >= 64 && first_ * 2 >= messages_.size()) {
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return taken;
}

waiting_message waiting_queue::pop() {
  return take(first_);
}

std::optional<waiting_message> waiting_queue::expired(time_point now) {
  for (std::size_t i = first_; i < messages_.size(); ++i)
    if (messages_[i].head.give_up <= now) return take(i);
  return std::nullopt;
}

bool waiting_queue::cancel(std::uint64_t id) {
  for (std::size_t i = first_; i < messages_.size(); ++i) {
    const message_head& head = messages_[i].head;
    if (head.kind != message_kind::request || head.id != id) continue;
    (void)take(i);
    return true;
  }
  return false;
}

void waiting_queue::append(waiting_queue&& other) {
  while (!other.empty()) {
    bytes_ += other.front().size;
    messages_.push_back(other.pop());
  }
}

std::optional<time_point> waiting_queue::next_expiry() const {
  std::optional<time_point> next;
  for (std::size_t i = first_; i < messages_.size(); ++i)
    if (!next || messages_[i].head.give_up < *next) next = messages_[i].head.give_up;
  return next;
}

}  // namespace mw::pool
