// log_writer: a thread that writes finished lines, so that no lane waits for a disk or a pipe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/unique_fd.h"

#include <mw/result.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace mw::kernel {

// Lines are never torn or reordered. What cannot be kept or written is counted and reported in one
// line as soon as writing works again.
class log_writer {
 public:
  static constexpr std::size_t buffer_max =
      1024 * 1024;  // bytes that wait; further lines are dropped
  // The report about `lost` lines, as a finished line.
  using describe_loss = std::function<std::string(std::uint64_t lost, const std::string& why)>;

  // Empty path: stderr. `denied` and friends when the file cannot be opened.
  static result<std::unique_ptr<log_writer>> open(const std::string& path);
  log_writer(std::string path, unique_fd fd);
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;
  ~log_writer();  // writes what waits, but not to a pipe that nobody reads

  // Once, before the first write.
  void report_losses_with(describe_loss describe) { describe_ = std::move(describe); }

  // All below from any thread.
  void write(std::string_view lines);
  // Opens the file again under its name, after a tool has renamed it.
  void reopen();
  // Waits until everything that was written before is out or lost; as long as the reader of a pipe
  // likes.
  void flush();
  [[nodiscard]] std::uint64_t lost() const { return lost_total_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool on_terminal() const;

 private:
  void run();
  void write_batch(std::string batch, std::uint64_t overflowed);
  // 0 or errno; `text` loses what was written.
  int put(std::string_view& text);
  // Bytes written, or -errno.
  [[nodiscard]] ssize_t put_some(std::string_view text);
  [[nodiscard]] bool wait_for_reader() const;
  void open_again();
  void report_later(std::uint64_t lines, std::string why);
  [[nodiscard]] int target() const { return fd_ ? fd_.get() : 2; }

  const std::string path_;
  describe_loss describe_;
  unique_fd fd_;  // of the writing thread; empty: stderr
  bool is_file_ = false;
  bool torn_ = false;       // the last write ended inside a line
  std::uint64_t lost_ = 0;  // not reported yet
  std::string lost_why_;
  std::atomic<std::uint64_t> lost_total_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  std::uint64_t overflowed_ = 0;
  bool reopen_ = false;
  bool writing_ = false;
  std::atomic<bool> ending_{false};
  std::thread thread_;  // last: it uses everything above
};

}  // namespace mw::kernel
