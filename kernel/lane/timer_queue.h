// timer_queue: a heap of armed timers, driven by whoever knows the time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/time.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace mw::kernel {

class queued_timer;

// Timers with equal deadlines fire in the order they were armed, so that runs are repeatable. All
// calls belong to one lane. Outlives its timers.
class timer_queue {
 public:
  // Fires every timer that is due at `now`, once each: a timer that is re-armed inside its callback
  // waits for the next call. Returns how many fired.
  std::size_t fire_due(time_point now);
  [[nodiscard]] std::optional<time_point> next() const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  friend class queued_timer;
  struct entry {
    time_point deadline;
    std::uint64_t sequence;
    queued_timer* owner;

    [[nodiscard]] bool before(const entry& other) const {
      return deadline != other.deadline ? deadline < other.deadline : sequence < other.sequence;
    }
  };

  void insert(queued_timer& timer, time_point deadline);
  void erase(queued_timer& timer);
  void place(std::size_t index, const entry& moved);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);

  std::vector<entry> heap_;
  std::uint64_t sequence_ = 0;
};

// One timer of the queue. Arming and cancelling do not allocate once the heap has grown.
class queued_timer final : public timer_handle {
 public:
  // `now` is read when the timer is armed; both references outlive the timer.
  queued_timer(timer_queue& queue, const time_point& now, function<void()> fire, bool periodic)
      : queue_(queue), now_(now), fire_(std::move(fire)), periodic_(periodic) {}
  queued_timer(const queued_timer&) = delete;
  queued_timer& operator=(const queued_timer&) = delete;
  ~queued_timer() override;

  void arm(duration delay) override;
  void cancel() override;
  [[nodiscard]] bool armed() const override { return index_ != nowhere; }

 private:
  friend class timer_queue;
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  void fire();

  timer_queue& queue_;
  const time_point& now_;
  function<void()> fire_;
  duration period_{};
  std::size_t index_ = nowhere;
  bool* destroyed_ = nullptr;  // set while the callback runs, so that it may destroy its own timer
  bool periodic_;
};

}  // namespace mw::kernel
