// uv_processes: a command is watched by its descriptor, so that no signal handler is needed.
// SPDX-License-Identifier: Apache-2.0
#include "uv_processes.h"

#include "os_process.h"
#include "platform/lane_member.h"
#include "platform/uv_lane.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

namespace mw::kernel {

namespace {

using ended_command = result<process_outcome>;

// Reaps what was killed, on a worker: the lane does not wait for the end of anybody.
struct reap_job final : lane_job {
  reap_job(uv_scope_ptr s, pid_t p) : scope(std::move(s)), pid(p) {}
  void run() override { reap_all(pid); }
  void finish() override { --scope->processes; }
  uv_scope_ptr scope;
  pid_t pid;
};

class uv_process final : public process_handle, private lane_member {
 public:
  uv_process(uv_scope_ptr scope, const process_spec& command, function<void(ended_command)> done)
      : scope_(std::move(scope)),
        name_(command.argv.empty() ? std::string() : command.argv.front()),
        grace_(command.grace),
        output_max_(command.output_max),
        done_(std::make_unique<callback_box<void(ended_command)>>(std::move(done))),
        counted_(scope_->plugin.ledger.processes) {
    failure_ = begin(command);
    if (failure_) scope_->lane.notice_next_turn(*this);
  }
  ~uv_process() override {
    scope_->lane.forget_deadline(*this);
    scope_->lane.bury(std::move(done_));
    close();
    if (running_) bury_group();
  }

 private:
  std::optional<failure> begin(const process_spec& command) {
    if (scope_->processes >= process_service::running_max)
      return failure(errc::overloaded, name_ + ": " + scope_->plugin.name + " runs " +
                                           std::to_string(process_service::running_max) +
                                           " commands, which is the limit: wait for one to end");
    auto made = start_process(command, scope_->plugin.data_dir);
    if (!made) return made.error();
    process_ = std::move(made).value();
    running_ = true;
    ++scope_->processes;
    started_ = scope_->lane.precise_now();
    if (int code = watch(); code != 0) {
      close();
      bury_group();
      return failure(errc::internal, name_ + " cannot be watched: " + uv_strerror(code));
    }
    scope_->lane.expire_at(*this, started_ + command.time_limit);
    return std::nullopt;
  }

  int watch() {
    const auto start = [this](uv_handle<uv_poll_t>& on, int fd, uv_poll_cb called) {
      int code = on.open(
          this, [&](uv_poll_t* handle) { return uv_poll_init(scope_->lane.loop(), handle, fd); });
      if (code == 0) code = uv_poll_start(on.get(), UV_READABLE, called);
      return code;
    };
    const int code =
        start(output_poll_, process_.output.get(), [](uv_poll_t* handle, int, int) noexcept {
          if (auto* self = uv_handle<uv_poll_t>::owner<uv_process>(handle)) self->wrote();
        });
    if (code != 0) return code;
    return start(end_poll_, process_.watch.get(), [](uv_poll_t* handle, int, int) noexcept {
      if (auto* self = uv_handle<uv_poll_t>::owner<uv_process>(handle)) self->ended();
    });
  }

  // One read for each time the loop looks: other work of the lane goes on meanwhile.
  void wrote() {
    scope_->lane.enter();
    if (!read_some()) output_poll_.reset();
    if (seen_.dropped > process_spec::output_excess && !cause_) stop(process_end::output_limit);
  }

  // False: no more will come.
  bool read_some() {
    const std::span<std::byte> room = scope_->lane.read_buffer();
    const ssize_t count = ::read(process_.output.get(), room.data(), room.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    const auto size = static_cast<std::size_t>(count);
    const std::size_t kept = std::min(size, output_max_ - seen_.output.size());
    seen_.output.append(reinterpret_cast<const char*>(room.data()), kept);
    seen_.dropped += size - kept;
    return count > 0;
  }

  void expired() override {
    if (!cause_) return stop(process_end::timed_out);
    seen_.killed = true;
    end_group(process_.pid, true);
  }

  void stop(process_end why) {
    cause_ = why;
    end_group(process_.pid, false);
    scope_->lane.expire_at(*this, scope_->lane.precise_now() + grace_);
  }

  void ended() {
    scope_->lane.enter();
    // Before it is reaped, while its number cannot mean another group.
    end_group(process_.pid, true);
    // What it wrote last. Others may still hold the pipe: what is in it now is all that counts.
    constexpr int reads_max = 64;
    for (int i = 0; output_poll_ && i < reads_max && pipe_has_more(); ++i)
      if (!read_some()) break;
    const int wait_status = reap(process_.pid);
    if (wait_status < 0) return;  // the loop looks again
    running_ = false;
    close();
    scope_->lane.forget_deadline(*this);
    if (has_orphans(process_.pid))
      reap_later();
    else
      --scope_->processes;
    seen_.ran = scope_->lane.precise_now() - started_;
    seen_.how =
        cause_.value_or(WIFEXITED(wait_status) ? process_end::exited : process_end::signalled);
    seen_.code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : WTERMSIG(wait_status);
    tell(std::move(seen_));
  }

  bool pipe_has_more() {
    int waiting = 0;
    return ::ioctl(process_.output.get(), FIONREAD, &waiting) == 0 && waiting > 0;
  }

  // Polls go before their descriptors.
  void close() {
    output_poll_.reset();
    end_poll_.reset();
    process_.output.reset();
    process_.watch.reset();
  }

  void bury_group() {
    running_ = false;
    end_group(process_.pid, true);
    reap_later();
  }
  void reap_later() {
    scope_->lane.start_job(*scope_->lane.shared().work,
                           std::make_unique<reap_job>(scope_, process_.pid));
  }

  void notice() override { tell(std::move(*failure_)); }
  void tell(ended_command told) {
    if (scope_->alive) done_->call(std::move(told));  // may destroy this: nothing may follow
  }

  uv_scope_ptr scope_;
  const std::string name_;
  const duration grace_;
  const std::size_t output_max_;
  std::unique_ptr<callback_box<void(ended_command)>> done_;
  std::optional<failure> failure_;  // found before anything ran
  os_process process_;
  bool running_ = false;
  time_point started_{};
  std::optional<process_end> cause_;  // why we end it
  process_outcome seen_;
  ledger_entry counted_;
  uv_handle<uv_poll_t> output_poll_;
  uv_handle<uv_poll_t> end_poll_;
};

}  // namespace

process_ptr uv_processes::start(const process_spec& command, function<void(ended_command)> done) {
  return std::make_unique<uv_process>(scope_, command, std::move(done));
}

}  // namespace mw::kernel
