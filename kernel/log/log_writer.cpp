// log_writer: a thread that writes finished lines, so that no lane waits for a disk or a pipe.
// SPDX-License-Identifier: Apache-2.0
#include "log_writer.h"

#include "platform/signals_blocked.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace mw::kernel {

namespace {

constexpr std::size_t pipe_write_max = 4096;  // PIPE_BUF: does not block when poll says "writable"
constexpr int reader_patience_ms = 500;       // for a reader that has stopped, once we are ending

unique_fd open_log(const std::string& path) {
  return unique_fd(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640));
}

std::string describe_errno(int error) {
  return std::generic_category().message(error);
}

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

bool is_regular(int fd) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

result<std::unique_ptr<log_writer>> log_writer::open(const std::string& path) {
  unique_fd fd;
  if (!path.empty()) {
    fd = open_log(path);
    if (!fd) {
      const errc kind = errno == ENOENT ? errc::not_found : errc::denied;
      return {kind, "cannot open the log file " + path + ": " + describe_errno(errno)};
    }
  }
  return std::make_unique<log_writer>(path, std::move(fd));
}

log_writer::log_writer(std::string path, unique_fd fd)
    : path_(std::move(path)), fd_(std::move(fd)), is_file_(is_regular(target())) {
  const signals_blocked inherited;
  thread_ = std::thread([this] { run(); });
}

log_writer::~log_writer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool log_writer::on_terminal() const {
  return ::isatty(target()) == 1;
}

void log_writer::write(std::string_view lines) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + lines.size() > buffer_max) {
      const std::uint64_t dropped = count_lines(lines);
      overflowed_ += dropped;
      lost_total_.fetch_add(dropped, std::memory_order_relaxed);
      return;
    }
    waiting_.append(lines);
  }
  changed_.notify_all();
}

void log_writer::reopen() {
  {
    const std::lock_guard lock(mutex_);
    reopen_ = true;
  }
  changed_.notify_all();
}

void log_writer::flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !reopen_ && !writing_; });
}

void log_writer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !waiting_.empty() || reopen_ || ending_; });
    if (waiting_.empty() && !reopen_) return;
    std::string batch = std::exchange(waiting_, {});
    const std::uint64_t overflowed = std::exchange(overflowed_, 0);
    const bool again = std::exchange(reopen_, false);
    writing_ = true;
    lock.unlock();
    if (again) open_again();
    write_batch(std::move(batch), overflowed);
    lock.lock();
    writing_ = false;
    changed_.notify_all();
  }
}

void log_writer::write_batch(std::string batch, std::uint64_t overflowed) {
  if (overflowed > 0) report_later(overflowed, "they came faster than they could be written");
  int error = 0;
  if (lost_ > 0) {
    const std::string report = describe_ ? describe_(lost_, lost_why_) : std::string();
    std::string_view rest = report;
    error = put(rest);
    if (error == 0) lost_ = 0;
  }
  std::string_view rest = batch;
  if (error == 0) error = put(rest);
  if (error == 0) return;
  lost_total_.fetch_add(count_lines(rest), std::memory_order_relaxed);
  report_later(count_lines(rest), describe_errno(error));
}

int log_writer::put(std::string_view& text) {
  // A line that was cut off stays alone on its line.
  std::string_view line_break = "\n";
  if (torn_ && !text.empty()) {
    torn_ = false;
    if (const int error = put(line_break); error != 0) {
      torn_ = true;
      return error;
    }
  }
  while (!text.empty()) {
    const ssize_t count = put_some(text);
    if (count < 0) return static_cast<int>(-count);
    if (count > 0) torn_ = text[static_cast<std::size_t>(count) - 1] != '\n';
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

ssize_t log_writer::put_some(std::string_view text) {
  if (!is_file_ && !wait_for_reader()) return -EAGAIN;
  const std::size_t size = is_file_ ? text.size() : std::min(text.size(), pipe_write_max);
  const ssize_t count = ::write(target(), text.data(), size);
  if (count > 0) return count;
  if (count == 0) return -EIO;
  return errno == EINTR || errno == EAGAIN ? 0 : -errno;
}

// False: the log ends and nobody reads what waits.
bool log_writer::wait_for_reader() const {
  for (;;) {
    const bool last_try = ending_;
    pollfd probe{target(), POLLOUT, 0};
    const int ready = ::poll(&probe, 1, reader_patience_ms);
    if (ready > 0) return true;
    if (ready == 0 && last_try) return false;
    if (ready < 0 && errno != EINTR) return true;  // the write will say what is wrong
  }
}

void log_writer::open_again() {
  if (path_.empty()) return;
  unique_fd fresh = open_log(path_);
  // Better the renamed file than none.
  if (!fresh) return;
  fd_ = std::move(fresh);
  is_file_ = is_regular(fd_.get());
  torn_ = false;
}

void log_writer::report_later(std::uint64_t lines, std::string why) {
  lost_ += lines;
  lost_why_ = std::move(why);
}

}  // namespace mw::kernel
