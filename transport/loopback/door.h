// door: who listens where inside one instance of the transport, and who waits to be let in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/links/link_book.h"

#include <mw/host.h>
#include <mw/transport.h>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>

namespace mw::loopback {

class door;
using doors = std::map<endpoint, door*>;

// A listening endpoint; stands in the book of doors as long as it lives. Links come in one a turn.
class door final : public listener {
 public:
  static constexpr std::size_t backlog_max = 128;  // links that wait for a paused listener

  // `book` and `h` outlive it.
  door(const host& h, doors& book, const endpoint& at, function<void(link)> accepted);
  ~door() override;

  [[nodiscard]] const endpoint& local() const override { return at_; }
  void pause() override { paused_ = true; }
  void resume() override;

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  void knock(stream_ptr end);

 private:
  void let_in_one();

  doors& book_;
  const endpoint at_;
  // Shared, because a callback that destroys this still runs.
  std::shared_ptr<function<void(link)>> accepted_;
  std::deque<stream_ptr> waiting_;
  bool paused_ = false;
  timer next_turn_;  // last: it dies first
};

}  // namespace mw::loopback
