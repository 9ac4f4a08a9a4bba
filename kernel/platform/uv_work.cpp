// uv_work: long computations on the worker threads.
// SPDX-License-Identifier: Apache-2.0
#include "uv_work.h"

#include "uv_lane.h"

#include <memory>
#include <utility>

namespace mw::kernel {

namespace {

constexpr std::size_t waiting_max =
    1024;  // per plug-in: a flood of one does not shut out the others

// The two callables are destroyed on the lane, because their captures belong to it.
struct work_job final : lane_job {
  explicit work_job(uv_scope_ptr s) : scope(std::move(s)) {}
  void run() override { compute(); }
  void finish() override {
    --scope->works;
    compute = nullptr;
    if (wanted != nullptr) *wanted = nullptr;
    if (wanted != nullptr && scope->alive) done();
  }

  uv_scope_ptr scope;
  function<void()> compute;
  function<void()> done;
  work_job** wanted = nullptr;  // the handle's pointer to this; null when it is gone
};

class uv_work_handle final : public work_handle {
 public:
  explicit uv_work_handle(work_job& job) : job_(&job), counted_(job.scope->plugin.ledger.works) {
    job.wanted = &job_;
  }
  ~uv_work_handle() override {
    if (job_ != nullptr) job_->wanted = nullptr;
  }

 private:
  work_job* job_;  // null once it has finished
  ledger_entry counted_;
};

}  // namespace

result<work_ptr> uv_work::submit(function<void()> run, function<void()> done) {
  if (scope_->works >= waiting_max)
    return {errc::overloaded, scope_->plugin.name + " has " + std::to_string(waiting_max) +
                                  " pieces of work under way: wait for some to finish"};
  ++scope_->works;
  auto job = std::make_unique<work_job>(scope_);
  job->compute = std::move(run);
  job->done = std::move(done);
  auto handle = std::make_unique<uv_work_handle>(*job);
  scope_->lane.start_job(*scope_->lane.shared().work, std::move(job));
  return work_ptr(std::move(handle));
}

}  // namespace mw::kernel
