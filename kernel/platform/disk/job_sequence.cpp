// job_sequence: operations that run one after another on worker threads and report on their lane.
// SPDX-License-Identifier: Apache-2.0
#include "job_sequence.h"

#include "platform/uv_lane.h"

#include <utility>

namespace mw::kernel {

class sequence_batch final : public lane_job {
 public:
  sequence_batch(std::shared_ptr<job_sequence> sequence, std::vector<step_ptr> steps)
      : sequence_(std::move(sequence)), steps_(std::move(steps)) {}
  void run() override { sequence_->run_batch(steps_); }
  void finish() override { sequence_->finished(steps_); }

 private:
  std::shared_ptr<job_sequence> sequence_;
  std::vector<step_ptr> steps_;
};

void job_sequence::add(step_ptr step) {
  waiting_.push_back(std::move(step));
  if (running_ || self_) return;
  self_ = shared_from_this();
  scope_->lane.flush_at_turn_end(*this);
}

void job_sequence::flush() {
  running_ = true;
  scope_->lane.start_job(
      *scope_->lane.shared().files,
      std::make_unique<sequence_batch>(std::exchange(self_, nullptr), std::exchange(waiting_, {})));
}

void job_sequence::run_batch(std::span<step_ptr> batch) {
  for (const step_ptr& step : batch) step->run();
}

void job_sequence::finished(std::span<step_ptr> batch) {
  for (const step_ptr& step : batch)
    if (!abandoned_ && scope_->alive) step->finish();
  running_ = false;
  if (waiting_.empty()) return;
  self_ = shared_from_this();
  scope_->lane.flush_at_turn_end(*this);
}

}  // namespace mw::kernel
