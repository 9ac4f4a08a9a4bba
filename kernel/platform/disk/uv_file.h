// uv_file: one open file; its appends share their syncs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "job_sequence.h"
#include "os_files.h"
#include "platform/uv_scope.h"

#include <mw/files.h>

#include <memory>
#include <optional>

namespace mw::kernel {

// What an operation of a file does on the worker thread.
class file_step : public sequence_step {
 public:
  [[nodiscard]] virtual bool is_append() const { return false; }
  [[nodiscard]] virtual bool wants_sync() const { return false; }
  virtual void sync_failed(const failure&) {}
};

// The operations of one file. Consecutive appends of a batch are written first and synced once.
class file_sequence final : public job_sequence {
 public:
  // Beyond these bounds changes fail with `overloaded`, and so do those after them until the
  // failure has been told: a log must not get a hole.
  static constexpr std::size_t steps_max = 16 * 1024;
  static constexpr std::size_t bytes_max = 64 * 1024 * 1024;

  file_sequence(uv_scope_ptr scope, os_file opened)
      : job_sequence(std::move(scope)),
        disk(std::move(opened)),
        readers(disk.readers()),
        size(disk.size()) {}
  [[nodiscard]] bool takes(std::size_t bytes);

  os_file disk;  // touched by worker threads only, one batch at a time
  const file_readers readers;
  std::uint64_t size;  // touched by the lane only
  std::size_t bytes_under_way = 0;
  std::size_t refused_untold = 0;

 private:
  void run_batch(std::span<step_ptr> batch) override;
};

class uv_file final : public file {
 public:
  uv_file(uv_scope_ptr scope, os_file opened);
  ~uv_file() override { sequence_->abandon(); }

  void append(slice bytes, durability when, function<void(status)> done) override;
  void read(std::uint64_t offset, std::size_t size, function<void(result<slice>)> done) override;
  void truncate(std::uint64_t size, function<void(status)> done) override;
  void sync(function<void(status)> done) override;
  [[nodiscard]] std::uint64_t size() const override { return sequence_->size; }
  [[nodiscard]] file_readers readers() const override { return sequence_->readers; }

 private:
  template <class Step, class... Args>
  void change(std::size_t bytes, function<void(status)> done, Args... args);

  std::shared_ptr<file_sequence> sequence_;  // outlives this while operations are under way
  ledger_entry counted_;
};

}  // namespace mw::kernel
