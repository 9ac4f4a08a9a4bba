// job_sequence: operations that run one after another on worker threads and report on their lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/lane_member.h"
#include "platform/uv_scope.h"

#include <memory>
#include <span>
#include <vector>

namespace mw::kernel {

// One step of a sequence.
class sequence_step {
 public:
  virtual ~sequence_step() = default;
  virtual void run() = 0;     // on a worker thread, after the steps before it
  virtual void finish() = 0;  // on the lane; not called when the plug-in is gone
};
using step_ptr = std::unique_ptr<sequence_step>;

// Steps that were added while a batch runs form the next batch, so that one sync can serve many
// appends. Shared between its owner and the batch under way, which outlives the owner.
class job_sequence : public std::enable_shared_from_this<job_sequence>, private lane_member {
 public:
  explicit job_sequence(uv_scope_ptr scope) : scope_(std::move(scope)) {}

  // Starts at the end of the turn. The sequence stays alive until all its steps have finished.
  void add(step_ptr step);
  // No finish() is called any more; steps that were added still run.
  void abandon() { abandoned_ = true; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 protected:
  // On a worker thread.
  virtual void run_batch(std::span<step_ptr> batch);

  uv_scope_ptr scope_;

 private:
  friend class sequence_batch;
  void flush() override;
  void finished(std::span<step_ptr> batch);

  std::vector<step_ptr> waiting_;
  std::shared_ptr<job_sequence> self_;  // while steps wait: nobody else may be left to own this
  bool running_ = false;
  bool abandoned_ = false;
};

}  // namespace mw::kernel
