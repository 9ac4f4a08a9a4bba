// uv_dial: a connection attempt with a deadline.
// SPDX-License-Identifier: Apache-2.0
#include "uv_dial.h"

#include "platform/uv_lane.h"
#include "uv_stream.h"

#include <sys/socket.h>

#include <cerrno>

namespace mw::kernel {

namespace {

failure cannot_connect(const endpoint& to, int error) {
  errc kind = errc::disconnected;
  if (error == ETIMEDOUT) kind = errc::timed_out;
  if (error == EACCES || error == EPERM) kind = errc::denied;
  if (error == EAFNOSUPPORT || error == EINVAL) kind = errc::invalid;
  if (error == EMFILE || error == ENFILE || error == EAGAIN) kind = errc::overloaded;
  return os_failure(kind, "cannot connect to " + to_string(to), error);
}

}  // namespace

uv_dial::uv_dial(uv_scope_ptr scope, const endpoint& to, const stream_options& options,
                 duration deadline, done_function done)
    : scope_(std::move(scope)),
      to_(to),
      options_(options),
      patience_(deadline),
      done_(std::make_unique<callback_box<void(result<stream_ptr>)>>(std::move(done))),
      counted_(scope_->plugin.ledger.dials) {
  failure_ = begin();
  if (failure_) scope_->lane.notice_next_turn(*this);
}

uv_dial::~uv_dial() {
  scope_->lane.forget_deadline(*this);
  if (done_) scope_->lane.bury(std::move(done_));
  poll_.reset();  // before its descriptor is closed
}

std::optional<failure> uv_dial::begin() {
  const auto address = to_address(to_, scope_->plugin.data_dir);
  if (!address) return address.error();
  fd_ = unique_fd(::socket(address->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) return cannot_connect(to_, errno);
  // An attempt that succeeds at once is writable at once: one path for both.
  if (::connect(fd_.get(), address->get(), address->size) != 0 && errno != EINPROGRESS)
    return cannot_connect(to_, errno);
  int code = poll_.open(this, [this](uv_poll_t* handle) {
    return uv_poll_init(scope_->lane.loop(), handle, fd_.get());
  });
  if (code == 0)
    code = uv_poll_start(poll_.get(), UV_WRITABLE, [](uv_poll_t* handle, int, int) noexcept {
      if (auto* self = uv_handle<uv_poll_t>::owner<uv_dial>(handle)) self->ready();
    });
  if (code != 0) return cannot_connect(to_, -code);
  scope_->lane.expire_at(*this, scope_->lane.precise_now() + patience_);
  return std::nullopt;
}

void uv_dial::ready() {
  scope_->lane.enter();
  scope_->lane.forget_deadline(*this);
  poll_.reset();
  tell(connected());
}

result<stream_ptr> uv_dial::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return cannot_connect(to_, error);
  // Dialing a free port of this host can end in a connection with ourselves (simultaneous open).
  if (!to_.local && local_endpoint(fd_.get()) == to_) return cannot_connect(to_, ECONNREFUSED);
  return uv_stream::make(scope_, std::move(fd_), options_, to_);
}

void uv_dial::expired() {
  poll_.reset();
  fd_.reset();
  tell(failure(errc::timed_out,
               "no answer from " + to_string(to_) + " within " + mw::to_string(patience_)));
}

void uv_dial::notice() {
  tell(std::move(*failure_));
}

void uv_dial::tell(result<stream_ptr> outcome) {
  if (!scope_->alive) return;
  done_->call(std::move(outcome));  // the owner may destroy this: nothing may follow
}

}  // namespace mw::kernel
