// uv_listener: a listening TCP or unix socket.
// SPDX-License-Identifier: Apache-2.0
#include "uv_listener.h"

#include "platform/uv_lane.h"
#include "uv_stream.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

namespace mw::kernel {

namespace {

constexpr int backlog = 4096;  // the system cuts it to net.core.somaxconn
constexpr int accepts_per_turn =
    64;  // so that a flood of connections leaves time for the open ones
constexpr duration rest = 100ms;

unique_fd open_reserve() {
  return unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

failure cannot_listen(const endpoint& at, int error) {
  errc kind = errc::internal;
  if (error == EADDRINUSE || error == EACCES || error == EPERM) kind = errc::denied;
  if (error == EADDRNOTAVAIL || error == EINVAL || error == EAFNOSUPPORT || error == ENOENT ||
      error == ENOTDIR)
    kind = errc::invalid;
  if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
    kind = errc::overloaded;
  return os_failure(kind, "cannot listen on " + to_string(at), error);
}

unique_fd open_socket(int family) {
  return unique_fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// Removes a socket file that nobody listens on any more, left behind by a process that was killed.
bool removed_stale_file(const socket_address& address, const char* path) {
  struct stat info {};
  if (::lstat(path, &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
  const unique_fd probe = open_socket(AF_UNIX);
  if (::connect(probe.get(), address.get(), address.size) == 0 || errno != ECONNREFUSED)
    return false;
  return ::unlink(path) == 0;
}

int bind_socket(int fd, const socket_address& address, const endpoint& bound) {
  if (::bind(fd, address.get(), address.size) == 0) return 0;
  const int error = errno;
  if (error != EADDRINUSE || !bound.local || !removed_stale_file(address, bound.host.c_str()))
    return error;
  return ::bind(fd, address.get(), address.size) == 0 ? 0 : errno;
}

// The file is made with no more rights than wanted, whatever the process's umask; then the umask
// does not take away any either.
int bind_with_mode(int fd, const socket_address& address, std::uint32_t mode) {
  const endpoint bound = to_endpoint(address);
  if (bound.local && ::fchmod(fd, static_cast<mode_t>(mode)) != 0) return errno;
  if (const int error = bind_socket(fd, address, bound); error != 0) return error;
  return bound.local && ::chmod(bound.host.c_str(), static_cast<mode_t>(mode)) != 0 ? errno : 0;
}

result<unique_fd> bound_socket(const endpoint& at, const socket_address& address,
                               std::uint32_t mode) {
  unique_fd fd = open_socket(address.family());
  if (!fd) return cannot_listen(at, errno);
  const int on = 1;
  // A restarted node gets its port back although old connections still linger.
  if (!at.local) (void)setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6)
    (void)setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  int error = bind_with_mode(fd.get(), address, mode);
  if (error == 0 && ::listen(fd.get(), backlog) != 0) error = errno;
  if (error != 0) return cannot_listen(at, error);
  return fd;
}

}  // namespace

result<listener_ptr> uv_listener::make(uv_scope_ptr scope, const endpoint& at,
                                       const stream_options& options, accept_function accepted) {
  MW_TRY(const socket_address address, to_address(at, scope->plugin.data_dir));
  MW_TRY(unique_fd fd, bound_socket(at, address, options.file_mode));
  auto made =
      std::make_unique<uv_listener>(std::move(scope), std::move(fd), options, std::move(accepted));
  const int code = made->poll_.open(made.get(), [&made](uv_poll_t* handle) {
    return uv_poll_init(made->scope_->lane.loop(), handle, made->fd_.get());
  });
  if (code != 0) return cannot_listen(at, -code);
  made->watch();
  return listener_ptr(std::move(made));
}

uv_listener::uv_listener(uv_scope_ptr scope, unique_fd fd, const stream_options& options,
                         accept_function accepted)
    : scope_(std::move(scope)),
      fd_(std::move(fd)),
      reserve_(open_reserve()),
      options_(options),
      local_(local_endpoint(fd_.get())),
      accepted_(std::make_unique<callback_box<void(stream_ptr)>>(std::move(accepted))),
      counted_(scope_->plugin.ledger.listeners) {
  struct stat info {};
  if (!local_.local || ::lstat(local_.host.c_str(), &info) != 0) return;
  device_ = info.st_dev;
  inode_ = info.st_ino;
}

uv_listener::~uv_listener() {
  scope_->lane.forget_deadline(*this);
  scope_->lane.bury(std::move(accepted_));
  struct stat info {};
  const bool ours = local_.local && ::lstat(local_.host.c_str(), &info) == 0 &&
                    info.st_dev == device_ && info.st_ino == inode_;
  if (ours) ::unlink(local_.host.c_str());
  poll_.reset();  // before its descriptor is closed
}

void uv_listener::pause() {
  paused_ = true;
  watch();
}

void uv_listener::resume() {
  paused_ = false;
  watch();
}

void uv_listener::expired() {
  resting_ = false;
  if (!reserve_) reserve_ = open_reserve();
  watch();
}

void uv_listener::watch() {
  if (paused_ || resting_) {
    uv_poll_stop(poll_.get());
    return;
  }
  const int code =
      uv_poll_start(poll_.get(), UV_READABLE, [](uv_poll_t* handle, int, int) noexcept {
        if (auto* self = uv_handle<uv_poll_t>::owner<uv_listener>(handle)) self->ready();
      });
  // Only fails without memory; a later turn tries again.
  if (code != 0) scope_->lane.expire_at(*this, scope_->lane.now() + rest);
}

void uv_listener::ready() {
  scope_->lane.enter();
  if (!scope_->alive) {
    uv_poll_stop(poll_.get());
    return;
  }
  for (int i = 0; i < accepts_per_turn; ++i) {
    bool more = false;
    if (!life_.survives([this, &more] { more = accept_one(); })) return;
    if (!more || paused_) return;
  }
}

// True: another connection may wait.
bool uv_listener::accept_one() {
  socket_address peer;
  peer.size = sizeof peer.storage;
  unique_fd fd(::accept4(fd_.get(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) {
    const int error = errno;
    if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) shed();
    // These concern one connection that is gone already; the rest means that none waits.
    return error == ECONNABORTED || error == EINTR || error == EPROTO;
  }
  result<stream_ptr> accepted = uv_stream::make(scope_, std::move(fd), options_, to_endpoint(peer));
  if (!accepted) return true;  // without memory to watch it: dropped, which the peer sees
  accepted_->call(std::move(accepted).value());
  return true;
}

// The process has no descriptor left: lets waiting peers know instead of leaving them hanging.
void uv_listener::shed() {
  for (int i = 0; i < accepts_per_turn && reserve_; ++i) {
    reserve_.reset();
    unique_fd victim(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const bool closed_one = static_cast<bool>(victim);
    if (closed_one) platform_counters::bump(scope_->lane.shared().counters.accepts_shed);
    victim.reset();  // its descriptor becomes the reserve again
    reserve_ = open_reserve();
    if (!closed_one) break;
  }
  resting_ = true;
  scope_->lane.expire_at(*this, scope_->lane.now() + rest);
  watch();
}

}  // namespace mw::kernel
