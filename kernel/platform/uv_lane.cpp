// uv_lane: one thread with one libuv loop, cut into turns.
// SPDX-License-Identifier: Apache-2.0
#include "uv_lane.h"

#include "worker_pool.h"

#include <mw/assert.h>

#include <algorithm>
#include <chrono>

namespace mw::kernel {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
// A poll that finds something at once is faster, one that sleeps is slower.
constexpr duration asleep_from = 5us;

// Closes what a plug-in leaked, so that the loop can be closed.
void close_leftovers(uv_loop_t& loop) {
  uv_walk(
      &loop, [](uv_handle_t* handle, void*) { close_uv(handle); }, nullptr);
  uv_run(&loop, UV_RUN_DEFAULT);
}

}  // namespace

uv_lane::uv_lane(platform_shared& shared)
    : shared_(shared),
      busy_(shared.busy_poll),
      read_buffer_(std::make_unique_for_overwrite<std::byte[]>(read_bytes)) {
  int code = uv_loop_init(&loop_);
  MW_ASSERT(code == 0, "a loop needs three descriptors and a little memory");
  code |= async_.open(this, [this](uv_async_t* h) {
    return uv_async_init(&loop_, h, [](uv_async_t* self) noexcept {
      if (auto* lane = uv_handle<uv_async_t>::owner<uv_lane>(self)) lane->enter();
    });
  });
  code |= timer_.open(this, [this](uv_timer_t* h) { return uv_timer_init(&loop_, h); });
  code |= prepare_.open(this, [this](uv_prepare_t* h) { return uv_prepare_init(&loop_, h); });
  code |= check_.open(this, [this](uv_check_t* h) { return uv_check_init(&loop_, h); });
  code |= idle_.open(this, [this](uv_idle_t* h) { return uv_idle_init(&loop_, h); });
  MW_ASSERT(code == 0, "initialising these handles only fails without descriptors");
  uv_prepare_start(prepare_.get(), [](uv_prepare_t* self) noexcept {
    if (auto* lane = uv_handle<uv_prepare_t>::owner<uv_lane>(self)) lane->before_poll();
  });
  uv_check_start(check_.get(), [](uv_check_t* self) noexcept {
    if (auto* lane = uv_handle<uv_check_t>::owner<uv_lane>(self)) lane->turn();
  });
  now_ = precise_now();
}

uv_lane::~uv_lane() {
  hooks_ = nullptr;
  // Files promise to finish what was started before they were destroyed.
  flush_all();
  while (jobs_under_way_ > 0) {
    run_finished_jobs();
    flush_all();
    // Blocks until a worker wakes the loop; nothing else is worth a turn any more.
    if (jobs_under_way_ > 0) uv_run(&loop_, UV_RUN_ONCE);
  }
  clear_graveyard();
  // Before the loop frees what they point at: members would close their handles once more.
  async_.reset(), timer_.reset(), prepare_.reset(), check_.reset(), idle_.reset();
  close_leftovers(loop_);
  MW_ASSERT(uv_loop_close(&loop_) == 0, "every handle was closed");
}

time_point uv_lane::precise_now() const {
  return {duration(static_cast<std::int64_t>(uv_hrtime() - shared_.started_ns))};
}

wall_time uv_lane::wall_now() const {
  if (!wall_now_)
    wall_now_ = wall_time{
        std::chrono::duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch())};
  return *wall_now_;
}

void uv_lane::wake() {
  // A system call only when the lane may be blocked in poll; otherwise before_poll() sees the wish.
  if (wakefulness_.exchange(wakefulness::wanted) == wakefulness::asleep)
    uv_async_send(async_.get());
}

void uv_lane::run() {
  MW_ASSERT(hooks_ != nullptr, "attach() comes before run()");
  due_ = true;
  before_poll();
  uv_run(&loop_, UV_RUN_DEFAULT);
  stop_.store(false);  // so that a test can run the same lane again
}

void uv_lane::stop() {
  stop_.store(true);
  wake();
}

void uv_lane::begin_turn() {
  if (in_turn_) return;
  in_turn_ = true;
  auto expected = wakefulness::asleep;
  wakefulness_.compare_exchange_strong(expected,
                                       wakefulness::awake);  // spares wake() its system call
  now_ = precise_now();
  slept_ = now_ - polls_since_ >= asleep_from;
  ++turn_number_;
  wall_now_.reset();
}

void uv_lane::turn() {
  if (busy_.spinning() && !in_turn_ && !due_ && wakefulness_.load() == wakefulness::awake)
    return;  // nothing came: look again
  // Before looking at any work, so that no later wish is lost.
  if (wakefulness_.exchange(wakefulness::awake) == wakefulness::wanted) came_ = true;
  begin_turn();
  due_ = false;
  run_notices();
  run_finished_jobs();
  run_expired();
  if (hooks_ != nullptr) hooks_->turn();
  flush_all();
  clear_graveyard();
  in_turn_ = false;
  if (notices_.linked() || flushes_.linked()) due_ = true;
  arm_timer();
  if (stop_.load()) uv_stop(&loop_);
}

void uv_lane::before_poll() {
  auto expected = wakefulness::awake;
  const bool may_sleep =
      !due_ && !may_spin() && wakefulness_.compare_exchange_strong(expected, wakefulness::asleep);
  polls_since_ = precise_now();
  if (may_sleep)
    uv_idle_stop(idle_.get());
  else
    uv_idle_start(idle_.get(), [](uv_idle_t*) noexcept {});
}

bool uv_lane::may_spin() {
  if (!busy_.enabled()) return false;
  const bool spins = busy_.should_spin(precise_now(), std::exchange(came_, false));
  if (const duration spent = busy_.take_spent(); spent > duration::zero())
    platform_counters::bump(shared_.counters.spin_ns, static_cast<std::uint64_t>(spent.count()));
  return spins;
}

void uv_lane::run_notices() {
  // Only those that wait now: a notice that asks for another one gets it in the next turn.
  lane_link batch;
  batch.take_all(notices_);
  while (lane_member* member = batch.pop()) member->notice();
}

void uv_lane::run_finished_jobs() {
  std::vector<std::unique_ptr<lane_job>> batch;
  {
    const std::lock_guard lock(finished_mutex_);
    batch.swap(finished_);
  }
  jobs_under_way_ -= batch.size();
  for (const auto& job : batch) job->finish();
}

void uv_lane::run_expired() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_) {
    lane_member* member = deadlines_.begin()->second;
    forget_deadline(*member);
    member->expired();
  }
}

void uv_lane::flush_all() {
  lane_link batch;
  batch.take_all(flushes_);
  while (lane_member* member = batch.pop()) member->flush();
}

void uv_lane::clear_graveyard() {
  // Freeing captures may destroy further objects, which are buried in turn.
  while (!graveyard_.empty()) {
    auto batch = std::exchange(graveyard_, {});
    batch.clear();
    if (graveyard_.empty()) graveyard_ = std::move(batch);  // keeps its memory
  }
}

void uv_lane::expire_at(lane_member& member, time_point when) {
  forget_deadline(member);
  member.due_at = when;
  deadlines_.emplace(when, &member);
}

void uv_lane::forget_deadline(lane_member& member) {
  if (member.due_at) deadlines_.erase({*member.due_at, &member});
  member.due_at.reset();
}

void uv_lane::start_job(worker_pool& pool, std::unique_ptr<lane_job> job) {
  ++jobs_under_way_;
  pool.submit(*this, std::move(job));
}

void uv_lane::job_done(std::unique_ptr<lane_job> job) {
  const std::lock_guard lock(finished_mutex_);
  finished_.push_back(std::move(job));
  wake();  // under the lock: the destructor of the lane waits for the last job
}

std::span<std::byte> uv_lane::datagram_buffer() {
  constexpr std::size_t size = datagram_batch * datagram_bytes;
  if (!datagram_buffer_) datagram_buffer_ = std::make_unique_for_overwrite<std::byte[]>(size);
  return {datagram_buffer_.get(), size};
}

void uv_lane::arm_timer() {
  std::optional<time_point> next = hooks_ != nullptr ? hooks_->next_deadline() : std::nullopt;
  if (!deadlines_.empty() && (!next || deadlines_.begin()->first < *next))
    next = deadlines_.begin()->first;
  if (!next) {
    if (std::exchange(timer_ms_, -1) >= 0) uv_timer_stop(timer_.get());
    return;
  }
  // Loop time is the monotonic clock in whole milliseconds; rounding up never fires early.
  const std::int64_t at_ns =
      static_cast<std::int64_t>(shared_.started_ns) +
      std::min(next->since_start, duration(std::chrono::hours(24 * 365))).count();
  const std::int64_t at_ms = (at_ns + ns_per_ms - 1) / ns_per_ms;
  const auto loop_ms = static_cast<std::int64_t>(uv_now(&loop_));
  if (at_ms == timer_ms_ && at_ms > loop_ms) return;
  timer_ms_ = at_ms;
  uv_timer_start(
      timer_.get(),
      [](uv_timer_t* self) noexcept {
        // libuv fires timers before it polls. Nothing else would follow in this round of the loop,
        // so the poll must return at once and bring the turn.
        auto* lane = uv_handle<uv_timer_t>::owner<uv_lane>(self);
        if (lane == nullptr) return;
        lane->timer_ms_ = -1;
        lane->due_ = true;
      },
      static_cast<std::uint64_t>(std::max<std::int64_t>(at_ms - loop_ms, 0)), 0);
}

}  // namespace mw::kernel
