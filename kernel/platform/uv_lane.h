// uv_lane: one thread with one libuv loop, cut into turns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lane/busy_poll.h"
#include "lane_member.h"
#include "platform.h"
#include "platform/net/slab_pool.h"
#include "platform_counters.h"
#include "uv_handle.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace mw::kernel {

// Work done on another thread whose end is told on the lane.
class lane_job {
 public:
  virtual ~lane_job() = default;
  virtual void run() = 0;     // on a worker thread
  virtual void finish() = 0;  // on the lane
};

class worker_pool;

// What all lanes of a platform share.
struct platform_shared {
  std::uint64_t started_ns = 0;  // the zero of time_point
  platform_counters counters;
  worker_pool* files = nullptr;  // apart from `work`, so that a long computation delays no sync
  worker_pool* work = nullptr;
  duration busy_poll{};  // how long lanes look again before they sleep; zero: never
};

class uv_lane final : public lane_platform {
 public:
  explicit uv_lane(platform_shared& shared);
  ~uv_lane();

  void attach(lane_hooks& hooks) override { hooks_ = &hooks; }
  [[nodiscard]] time_point now() const override { return now_; }
  [[nodiscard]] wall_time wall_now() const override;
  [[nodiscard]] time_point precise_now() const override;
  void wake() override;
  [[nodiscard]] std::unique_ptr<plugin_services> services_for(const plugin_scope& scope) override;

  // Runs turns until stop(), which may have been called before.
  void run();
  // From any thread.
  void stop();

  // All below is for the platform's own objects, on the lane's thread unless it says otherwise.
  // First statement of every libuv callback: the first one of a turn reads the clock.
  void enter() {
    came_ = true;
    begin_turn();
  }
  void flush_at_turn_end(lane_member& member) { flushes_.push(member.flush_link); }
  void notice_next_turn(lane_member& member) { notices_.push(member.notice_link); }
  // Calls member.expired() once, soon after `when`; replaces an earlier deadline.
  void expire_at(lane_member& member, time_point when);
  void forget_deadline(lane_member& member);
  void bury(std::unique_ptr<lane_remains> remains) { graveyard_.push_back(std::move(remains)); }
  // Hands `job` to `pool`; its finish() runs in a later turn.
  void start_job(worker_pool& pool, std::unique_ptr<lane_job> job);
  // From a worker thread: run() is over.
  void job_done(std::unique_ptr<lane_job> job);

  [[nodiscard]] uv_loop_t* loop() { return &loop_; }
  [[nodiscard]] std::span<std::byte> read_buffer() { return {read_buffer_.get(), read_bytes}; }
  // datagram_batch packets of up to datagram_bytes each.
  [[nodiscard]] std::span<std::byte> datagram_buffer();
  static constexpr std::size_t datagram_batch = 16;
  static constexpr std::size_t datagram_bytes = 64 * 1024;
  [[nodiscard]] slab_pool& slabs() { return slabs_; }
  // Counts turns. And: before this one there was nothing to do, so that others may be waiting for
  // what comes out of it.
  [[nodiscard]] std::uint32_t turn_number() const { return turn_number_; }
  [[nodiscard]] bool slept() const { return in_turn_ && slept_; }
  [[nodiscard]] platform_shared& shared() { return shared_; }

 private:
  // One read takes what a full socket buffer holds; shared, because reads never nest.
  static constexpr std::size_t read_bytes = 256 * 1024;
  // awake: a turn is running or follows. asleep: may block in poll. wanted: wake() was called
  // since.
  enum class wakefulness : std::uint8_t { awake, asleep, wanted };

  void begin_turn();
  void turn();
  [[nodiscard]] bool may_spin();
  void run_notices();
  void run_finished_jobs();
  void run_expired();
  void flush_all();
  void clear_graveyard();
  void arm_timer();
  void before_poll();

  platform_shared& shared_;
  lane_hooks* hooks_ = nullptr;
  uv_loop_t loop_{};
  time_point now_{};
  mutable std::optional<wall_time> wall_now_;  // read at most once a turn
  time_point polls_since_{};
  std::uint32_t turn_number_ = 0;  // starts over, which costs or spares one call
  bool slept_ = false;
  bool in_turn_ = false;
  bool due_ = true;    // the next poll must not block
  bool came_ = false;  // I/O or a wake since it was last asked whether to spin
  busy_poll busy_;
  std::int64_t timer_ms_ = -1;  // when timer_ fires in loop time; -1: not armed
  std::unique_ptr<std::byte[]> read_buffer_;
  std::unique_ptr<std::byte[]> datagram_buffer_;  // made for the first socket
  slab_pool slabs_;
  lane_link flushes_;
  lane_link notices_;
  std::set<std::pair<time_point, lane_member*>> deadlines_;
  std::vector<std::unique_ptr<lane_remains>> graveyard_;
  std::size_t jobs_under_way_ = 0;

  std::atomic<wakefulness> wakefulness_{wakefulness::awake};
  std::atomic<bool> stop_{false};
  std::mutex finished_mutex_;
  std::vector<std::unique_ptr<lane_job>> finished_;

  uv_handle<uv_async_t> async_;
  uv_handle<uv_timer_t> timer_;
  uv_handle<uv_prepare_t> prepare_;
  uv_handle<uv_check_t> check_;
  uv_handle<uv_idle_t> idle_;  // active while due_: makes poll return at once
};

}  // namespace mw::kernel
