// dead_letters: what could not be delivered, the last of it, until somebody looks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/router.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace mw::routing {

struct dead_letter {
  std::uint64_t id = 0;  // counts up
  std::string service;
  std::string node;   // whom it was for; empty: any that offers the service
  std::string group;  // sent to this group
  failure why{errc::timed_out, {}};
  std::uint32_t attempts = 0;
  duration deadline{};  // from send() on
  wall_time at;
  mw::guarantee guarantee = mw::guarantee::at_least_once;
  mw::priority priority = mw::priority::normal;
  std::vector<std::byte> body;
};

// Bounded by count and bytes: the oldest goes first, one that is larger than all room is not kept.
class dead_letters {
 public:
  dead_letters(std::size_t count_max, std::size_t bytes_max)
      : count_max_(count_max), bytes_max_(bytes_max) {}

  // Returns its id.
  std::uint64_t add(dead_letter letter) {
    letter.id = ++last_;
    if (letter.body.size() > bytes_max_) return letter.id;
    bytes_ += letter.body.size();
    all_.push_back(std::move(letter));
    while (all_.size() > count_max_ || bytes_ > bytes_max_) (void)pop_front();
    return last_;
  }
  // What add() will return.
  [[nodiscard]] std::uint64_t next_id() const { return last_ + 1; }
  // Takes it out.
  [[nodiscard]] std::optional<dead_letter> take(std::uint64_t id) {
    for (auto at = all_.begin(); at != all_.end(); ++at) {
      if (at->id != id) continue;
      dead_letter found = std::move(*at);
      bytes_ -= found.body.size();
      all_.erase(at);
      return found;
    }
    return std::nullopt;
  }
  void put_back(dead_letter letter) {
    bytes_ += letter.body.size();
    all_.push_front(std::move(letter));
  }
  [[nodiscard]] const std::deque<dead_letter>& all() const { return all_; }

 private:
  std::size_t pop_front() {
    bytes_ -= all_.front().body.size();
    all_.pop_front();
    return all_.size();
  }
  std::size_t count_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::deque<dead_letter> all_;
};

}  // namespace mw::routing
