// uv_stream: a connected TCP or unix socket as a stream.
// SPDX-License-Identifier: Apache-2.0
#include "uv_stream.h"

#include "platform/uv_lane.h"
#include "socket_address.h"

#include <mw/assert.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace mw::kernel {

namespace {

// A turn that writes much does not wait for its end: the reader works while the writer does, and
// what is unsent stays in the cache.
constexpr std::size_t early_flush = slab_bytes / 4 * 3;
// What is kept by reference is not in the cache anyway. Each call ends with a packet that is not
// full and often wakes the reader: fewer calls are cheaper.
constexpr std::size_t early_flush_shared = 4 * slab_bytes;
// After a sleep so much leaves at once: a score of small messages. Between two nodes that wait for
// each other, it hides the time that the other one needs to wake behind the work that is left here.
constexpr std::size_t first_flush = 1800;
constexpr std::size_t gather_max = 128;  // parts of one system call; 2 KiB of stack
constexpr std::size_t large_place = 16 * 1024;
constexpr std::size_t behind_large_place = 4 * 1024;
constexpr int reads_max = 4;  // of one stream in a turn, so that a fast peer starves no other

void set_option(int fd, int level, int name, int value) {
  // A socket that cannot take an option still works; the connection is worth more than the tuning.
  (void)setsockopt(fd, level, name, &value, sizeof value);
}

void tune(int fd, const stream_options& options) {
  if (options.no_delay) set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.keep_alive > duration::zero()) {
    const auto idle = std::chrono::ceil<std::chrono::seconds>(options.keep_alive).count();
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(std::min<long>(idle, 32767)));
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(std::clamp<long>(idle / 3, 1, 75)));
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  }
  if (options.user_timeout > duration::zero()) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(options.user_timeout).count();
    set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(std::min<long>(ms, 1 << 30)));
  }
}

// Makes close() send a reset instead of pretending that everything was said. Unix sockets ignore
// it.
void reset_on_close(int fd) {
  const linger now{1, 0};
  (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

failure closed_because(int error, const endpoint& remote) {
  const errc kind = error == ETIMEDOUT ? errc::timed_out : errc::disconnected;
  return os_failure(kind, "connection with " + to_string(remote), error);
}

failure reset_by(const endpoint& remote) {
  return closed_because(ECONNRESET, remote);
}

int take_socket_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// Whether both directions have ended.
bool hung_up(int fd) {
  pollfd probe{fd, 0, 0};
  return ::poll(&probe, 1, 0) == 1 && (probe.revents & POLLHUP) != 0;
}

}  // namespace

result<stream_ptr> uv_stream::make(uv_scope_ptr scope, unique_fd fd, const stream_options& options,
                                   endpoint remote) {
  auto made =
      std::make_unique<uv_stream>(std::move(scope), std::move(fd), options, std::move(remote));
  const int code = made->poll_.open(made.get(), [&made](uv_poll_t* handle) {
    return uv_poll_init(made->scope_->lane.loop(), handle, made->fd_.get());
  });
  if (code != 0) return os_failure(errc::internal, "watching a connection", -code);
  return stream_ptr(std::move(made));
}

uv_stream::uv_stream(uv_scope_ptr scope, unique_fd fd, const stream_options& options,
                     endpoint remote)
    : scope_(std::move(scope)),
      fd_(std::move(fd)),
      remote_(std::move(remote)),
      output_(scope_->lane.slabs()),
      send_limit_(std::max<std::size_t>(options.send_limit.count, 1)),
      is_unix_(local_endpoint(fd_.get()).local),
      counted_(scope_->plugin.ledger.streams) {
  if (!is_unix_) tune(fd_.get(), options);
}

uv_stream::~uv_stream() {
  poll_.reset();  // before its descriptor is closed
  if (fd_) reset_on_close(fd_.get());
}

const endpoint& uv_stream::local() const {
  if (local_ == nullptr) local_ = std::make_unique<endpoint>(local_endpoint(fd_.get()));
  return *local_;
}

void uv_stream::start(stream_events& events) {
  events_ = &events;
  if (failure_)
    scope_->lane.notice_next_turn(*this);
  else
    scope_->lane.flush_at_turn_end(*this);
}

std::size_t uv_stream::write(bytes_view bytes) {
  if (!accepts_writes()) return 0;
  const std::size_t room = send_limit_ - std::min(send_limit_, output_.size());
  const std::size_t taken = std::min(room, bytes.size());
  if (taken < bytes.size()) refuse_until(send_limit_ / 2);
  if (taken == 0) return 0;
  output_.copy(bytes.first(taken));
  scope_->lane.flush_at_turn_end(*this);
  flush_early();
  return taken;
}

bool uv_stream::write(slice bytes) {
  if (!accepts_writes()) return false;
  const std::size_t size = bytes.size();
  // A slice above the limit is taken when it is alone: it could never be sent otherwise.
  if (!output_.empty() && output_.size() + size > send_limit_) {
    refuse_until(std::min(send_limit_ / 2, send_limit_ - std::min(send_limit_, size)));
    return false;
  }
  if (size == 0) return true;
  output_.keep(std::move(bytes));
  scope_->lane.flush_at_turn_end(*this);
  flush_early();
  return true;
}

std::span<std::byte> uv_stream::reserve(std::size_t count) {
  if (!accepts_writes() || output_.size() + count > send_limit_) return {};
  const std::span<std::byte> room = output_.lend(count);
  return starts_others() ? room.first(std::min(room.size(), first_flush + count)) : room;
}

void uv_stream::commit(std::size_t count) {
  output_.take_back(count);
  if (failure_) return output_.clear();
  if (count == 0) return;
  scope_->lane.flush_at_turn_end(*this);
  flush_early();
}

void uv_stream::tell_when_unsent(std::size_t unsent_max) {
  if (!accepts_writes()) return;
  refuse_until(unsent_max);
  scope_->lane.flush_at_turn_end(*this);
}

// We had nothing to do before this turn, so that the peer may have nothing to do, too.
bool uv_stream::starts_others() const {
  return scope_->lane.slept() && woke_in_ != scope_->lane.turn_number();
}

void uv_stream::flush_early() {
  const bool first = starts_others() && output_.size() >= first_flush;
  if (first) woke_in_ = scope_->lane.turn_number();
  const bool much =
      first || output_.copied() >= early_flush || output_.size() >= early_flush_shared;
  if (much && (watched_ & UV_WRITABLE) == 0) drain();
}

void uv_stream::refuse_until(std::size_t unsent_max) {
  refused_ = true;
  resume_at_ = unsent_max;
}

void uv_stream::pause_reading() {
  paused_ = true;
  scope_->lane.flush_at_turn_end(*this);
}

void uv_stream::resume_reading() {
  paused_ = false;
  hung_up_ = false;
  scope_->lane.flush_at_turn_end(*this);
}

void uv_stream::finish() {
  if (!accepts_writes()) return;
  finishing_ = true;
  refused_ = false;
  scope_->lane.flush_at_turn_end(*this);
}

// ---- what the operating system reports
// -----------------------------------------------------------

void uv_stream::ready(int status, int events) {
  scope_->lane.enter();
  if (failure_) return;
  if (!scope_->alive) return watch(0);  // leaked by its plug-in: nobody to tell
  if (status < 0) {
    watched_ = 0;  // libuv has stopped watching; reading or writing tells what happened
    events = UV_READABLE | UV_WRITABLE;
  }
  scope_->lane.flush_at_turn_end(*this);  // what is watched may change
  if ((events & UV_WRITABLE) != 0) {
    drain();
    if (!tell_writable()) return;
  }
  if (failure_) return;
  const bool reading = events_ != nullptr && !paused_ && !peer_ended_;
  if (reading && (events & UV_READABLE) != 0)
    read_some();
  else if (status < 0 || (events & UV_PRIORITIZED) != 0)
    check_hangup();
}

// The owner may destroy this in a callback: nothing may follow one, unless `life_` has been asked.
void uv_stream::read_some() {
  for (int reads = 0; reads < reads_max; ++reads)
    if (!read_once()) return;
}

// True: everything that was offered to the system is full, so that more is likely to wait.
bool uv_stream::read_once() {
  const std::span<std::byte> place = events_->read_into();
  const std::span<std::byte> spare = spare_beside(place);
  std::array<iovec, 2> parts{{{place.data(), place.size()}, {spare.data(), spare.size()}}};
  msghdr message{};
  message.msg_iov = place.empty() ? &parts[1] : parts.data();
  message.msg_iovlen = place.empty() ? 1 : 2;
  const ssize_t count = ::recvmsg(fd_.get(), &message, 0);
  platform_counters::bump(scope_->lane.shared().counters.stream_reads);
  if (count == 0) return peer_ended(), false;
  if (count < 0) return read_failed(errno), false;
  const auto got = static_cast<std::size_t>(count);
  if (place.empty() && got == spare.size()) in_bulk_ = false;  // unless a place follows at once
  const std::size_t placed = std::min(got, place.size());
  if (placed > 0 && !tell_data(place.first(placed))) return false;
  if (got > placed && !tell_data(spare.first(got - placed))) return false;
  // What the owner wrote meanwhile may have found the connection broken.
  return got == place.size() + spare.size() && !paused_ && !failure_;
}

// What follows a large frame may be another one, whose bytes would have to be moved again: so
// little is read that its place is known before most of it has arrived.
std::span<std::byte> uv_stream::spare_beside(std::span<std::byte> place) {
  const std::span<std::byte> spare = scope_->lane.read_buffer();
  if (place.size() >= large_place) in_bulk_ = true;
  return in_bulk_ ? spare.first(behind_large_place) : spare;
}

// False: the owner has destroyed this.
bool uv_stream::tell_data(bytes_view bytes) {
  return life_.survives([this, bytes] { events_->on_data(bytes); });
}

void uv_stream::peer_ended() {
  if (peer_gave_up()) return end(reset_by(remote_));
  peer_ended_ = true;
  if (!life_.survives([this] { events_->on_end(); })) return;
  if (half_closed_) end({errc::disconnected, "both ends have finished"});
}

// A unix socket cannot be reset. A peer that ends well stays until we have ended too, so one that
// is gone before that has given up.
bool uv_stream::peer_gave_up() const {
  return is_unix_ && !half_closed_ && hung_up(fd_.get());
}

void uv_stream::read_failed(int error) {
  if (error == EINTR) return;
  if (error == EAGAIN || error == EWOULDBLOCK) {
    if (watched_ != 0) return;  // a false alarm, not an error report of libuv
    error = take_socket_error(fd_.get());
    if (error == 0) return;
  }
  end(closed_because(error, remote_));
}

// Nothing is read or written, and yet something happened.
void uv_stream::check_hangup() {
  const int error = take_socket_error(fd_.get());
  if (error != 0) return end(closed_because(error, remote_));
  if (peer_ended_ && peer_gave_up()) return end(reset_by(remote_));
  // Bytes may wait behind the end: they are read after resume_reading(). Urgent data is none of
  // ours. Either way nothing new can be learnt by watching.
  hung_up_ = true;
}

// ---- the end of the turn
// ---------------------------------------------------------------------------

void uv_stream::flush() {
  if (failure_ || !scope_->alive) return;
  // While the system's buffer is full there is no point in trying before it says so.
  if ((watched_ & UV_WRITABLE) == 0) drain();
  half_close();
  if (failure_) return;
  if (refused_ && output_.size() <= resume_at_) scope_->lane.notice_next_turn(*this);
  watch(wanted_events());
}

void uv_stream::drain() {
  while (!output_.empty()) {
    std::array<iovec, gather_max> parts;
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = output_.gather(parts);
    std::size_t offered = 0;
    for (std::size_t i = 0; i < message.msg_iovlen; ++i) offered += parts[i].iov_len;
    const ssize_t sent = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    platform_counters::bump(scope_->lane.shared().counters.stream_writes);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) end(closed_because(errno, remote_));
      return;
    }
    output_.consume(static_cast<std::size_t>(sent));
    if (static_cast<std::size_t>(sent) < offered) return;  // full: the next try would say so
  }
}

void uv_stream::half_close() {
  if (!finishing_ || half_closed_ || !output_.empty() || failure_) return;
  half_closed_ = true;
  if (::shutdown(fd_.get(), SHUT_WR) != 0 && errno != ENOTCONN)
    return end(closed_because(errno, remote_));
  if (peer_ended_) end({errc::disconnected, "both ends have finished"});
}

int uv_stream::wanted_events() const {
  int events = 0;
  if (events_ != nullptr && !paused_ && !peer_ended_) events |= UV_READABLE;
  if (!output_.empty()) events |= UV_WRITABLE;
  // Errors are reported with any event; "priority" is the one that is otherwise never ready.
  if (events == 0 && events_ != nullptr && !hung_up_) events = UV_PRIORITIZED;
  return events;
}

void uv_stream::watch(int events) {
  if (events == watched_ || !poll_) return;
  watched_ = events;
  if (events == 0) {
    uv_poll_stop(poll_.get());
    return;
  }
  const int code =
      uv_poll_start(poll_.get(), events, [](uv_poll_t* handle, int status, int seen) noexcept {
        if (auto* self = uv_handle<uv_poll_t>::owner<uv_stream>(handle)) self->ready(status, seen);
      });
  if (code != 0) end(os_failure(errc::internal, "watching a connection", -code));
}

// ---- telling the owner
// -----------------------------------------------------------------------------

bool uv_stream::tell_writable() {
  if (!refused_ || failure_ || events_ == nullptr || output_.size() > resume_at_) return true;
  refused_ = false;
  return life_.survives([this] { events_->on_writable(); });
}

void uv_stream::end(failure why) {
  if (failure_) return;
  const bool graceful = peer_ended_ && half_closed_;
  failure_ = std::make_unique<failure>(std::move(why));
  output_.clear();
  poll_.reset();
  watched_ = 0;
  if (!graceful) reset_on_close(fd_.get());
  (void)local();  // it can be asked for later
  fd_.reset();
  if (events_ != nullptr) scope_->lane.notice_next_turn(*this);
}

void uv_stream::notice() {
  if (!scope_->alive || events_ == nullptr) return;
  if (!failure_) {
    (void)tell_writable();
    return;
  }
  if (told_closed_) return;
  told_closed_ = true;
  const failure why = *failure_;
  events_->on_closed(why);  // the owner may destroy this: nothing may follow
}

}  // namespace mw::kernel
