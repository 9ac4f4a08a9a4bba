// door: a listener; its handshakes, and links that wait while it is paused.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links/handshake.h"

#include <deque>
#include <memory>

namespace mw::tls {

// Handshakes of connections that arrived, over all doors; the oldest makes room for a new one.
class arrivals final : private handshake_owner {
 public:
  arrivals(works& shared, step_queue& steps);
  // Where finished links go; shared, because a callback that destroys the door still runs.
  struct doorway {
    function<void(link)> accepted;
    bool open = true;  // false: the door is gone
    bool paused = false;
    std::deque<link> ready;  // while paused; no more than handshakes may be under way
  };
  void add(link carrier, std::shared_ptr<doorway> to);
  void forget(const std::shared_ptr<doorway>& gone);
  [[nodiscard]] std::size_t count() const { return all_.size(); }

 private:
  struct arrival {
    std::unique_ptr<handshake> doing;
    std::shared_ptr<doorway> to;
  };
  void on_linked(handshake& from, link made) override;
  void on_refused(handshake& from, const verdict& why) override;
  arrival remove(const handshake& done);

  works& shared_;
  step_queue& steps_;
  std::deque<arrival> all_;  // the oldest first
};

class door final : public listener {
 public:
  door(works& shared, arrivals& all, function<void(link)> accepted);
  ~door() override;
  [[nodiscard]] status open(transport& over, const endpoint& at);

  [[nodiscard]] const endpoint& local() const override { return carrier_->local(); }
  void pause() override;
  void resume() override;

 private:
  void let_in_one();

  arrivals& all_;
  std::shared_ptr<arrivals::doorway> way_;
  timer next_turn_;
  listener_ptr carrier_;  // last: nobody arrives while the rest goes
};

}  // namespace mw::tls
