// uv_datagrams: UDP sockets; packets of a turn leave in one system call and arrive in batches.
// SPDX-License-Identifier: Apache-2.0
#include "uv_datagrams.h"

#include "multicast.h"
#include "platform/uv_lane.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mw::kernel {

namespace {

constexpr std::size_t packet_max = 65507;  // what one IPv4 packet can carry
constexpr std::size_t send_batch = 64;

failure cannot_open(const endpoint& at, int error) {
  errc kind = errc::internal;
  if (error == EADDRINUSE || error == EACCES || error == EPERM) kind = errc::denied;
  if (error == EADDRNOTAVAIL || error == EINVAL || error == EAFNOSUPPORT) kind = errc::invalid;
  if (error == EMFILE || error == ENFILE || error == ENOBUFS) kind = errc::overloaded;
  return os_failure(kind, "cannot open a datagram socket on " + to_string(at), error);
}

void apply(int fd, int family, const datagram_options& options) {
  const int on = 1;
  const int loop = options.multicast_loop ? 1 : 0;
  const int hops = options.multicast_hops;
  const int off = 0;  // only groups that this socket joined, on interfaces where it did
  if (options.broadcast) (void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
  if (options.share_port) {
    // Both: programs that set only one of them refuse those that set only the other.
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  }
  if (family == AF_INET6) {
    (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof off);
    (void)setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &loop, sizeof loop);
    (void)setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops);
  } else {
    (void)setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
    (void)setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &loop, sizeof loop);
    (void)setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops);
  }
}

}  // namespace

result<datagram_ptr> uv_datagrams::open(const endpoint& at, const datagram_options& options,
                                        function<void(const datagram&)> received) {
  if (at.local) return {errc::unsupported, "datagrams over unix sockets: " + to_string(at)};
  MW_TRY(const socket_address address, to_address(at, scope_->plugin.data_dir));
  unique_fd fd(::socket(address.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return cannot_open(at, errno);
  apply(fd.get(), address.family(), options);
  if (::bind(fd.get(), address.get(), address.size) != 0) return cannot_open(at, errno);
  auto made =
      std::make_unique<uv_datagram_socket>(scope_, std::move(fd), options, std::move(received));
  if (const int code = made->watch_descriptor(); code != 0) return cannot_open(at, -code);
  return datagram_ptr(std::move(made));
}

uv_datagram_socket::uv_datagram_socket(uv_scope_ptr scope, unique_fd fd,
                                       const datagram_options& options,
                                       function<void(const datagram&)> received)
    : scope_(std::move(scope)),
      fd_(std::move(fd)),
      local_(local_endpoint(fd_.get())),
      queue_max_(std::max<std::size_t>(options.queue_packets, 1)),
      received_(std::make_unique<callback_box<void(const datagram&)>>(std::move(received))),
      counted_(scope_->plugin.ledger.sockets) {}

uv_datagram_socket::~uv_datagram_socket() {
  scope_->lane.bury(std::move(received_));
  poll_.reset();  // before its descriptor is closed
}

int uv_datagram_socket::watch_descriptor() {
  const int code = poll_.open(this, [this](uv_poll_t* handle) {
    return uv_poll_init(scope_->lane.loop(), handle, fd_.get());
  });
  return code != 0 ? code : watch(UV_READABLE);
}

status uv_datagram_socket::send(const endpoint& to, bytes_view packet) {
  if (packet.size() > packet_max)
    return {errc::invalid, "a packet of " + std::to_string(packet.size()) +
                               " bytes is too large, the limit is " + std::to_string(packet_max)};
  if (queue_.size() - sent_ >= queue_max_) {
    platform_counters::bump(scope_->lane.shared().counters.datagrams_dropped);
    return {errc::overloaded, std::to_string(queue_max_) + " packets wait to be sent"};
  }
  MW_CHECK(resolve(to));
  queue_.push_back({last_address_, queued_bytes_.size(), packet.size()});
  queued_bytes_.insert(queued_bytes_.end(), packet.begin(), packet.end());
  scope_->lane.flush_at_turn_end(*this);
  return {};
}

// Puts the address of `to` into last_address_.
status uv_datagram_socket::resolve(const endpoint& to) {
  if (last_address_.size != 0 && to == last_to_) return {};
  MW_TRY(const socket_address address, to_address(to, {}));
  const int family = local_.host.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (address.family() != family || to.port == 0)
    return {errc::invalid, to_string(to) + " cannot be reached from " + to_string(local_)};
  last_address_ = address;
  last_to_ = to;
  return {};
}

status uv_datagram_socket::join(const std::string& group, const std::string& on) {
  return change_membership(fd_.get(), {group, on, true});
}

status uv_datagram_socket::leave(const std::string& group, const std::string& on) {
  return change_membership(fd_.get(), {group, on, false});
}

int uv_datagram_socket::watch(int events) {
  if (events == watched_) return 0;
  watched_ = events;
  return uv_poll_start(poll_.get(), events, [](uv_poll_t* handle, int, int seen) noexcept {
    if (auto* self = uv_handle<uv_poll_t>::owner<uv_datagram_socket>(handle)) self->ready(seen);
  });
}

void uv_datagram_socket::ready(int events) {
  scope_->lane.enter();
  if (!scope_->alive) {
    uv_poll_stop(poll_.get());
    return;
  }
  if (events == 0) watched_ = 0;  // an error: libuv has stopped watching; receiving clears it
  if ((events & UV_WRITABLE) != 0) send_queued();
  scope_->lane.flush_at_turn_end(*this);
  receive_batch();
}

void uv_datagram_socket::receive_batch() {
  constexpr std::size_t batch = uv_lane::datagram_batch;
  const std::span<std::byte> buffer = scope_->lane.datagram_buffer();
  std::array<mmsghdr, batch> messages{};
  std::array<iovec, batch> parts;
  std::array<socket_address, batch> senders;
  for (std::size_t i = 0; i < batch; ++i) {
    parts[i] = {buffer.data() + i * uv_lane::datagram_bytes, uv_lane::datagram_bytes};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &senders[i].storage;
    messages[i].msg_hdr.msg_namelen = sizeof senders[i].storage;
  }
  const int count = ::recvmmsg(fd_.get(), messages.data(), batch, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto* bytes = static_cast<const std::byte*>(parts[at].iov_base);
    senders[at].size = messages[at].msg_hdr.msg_namelen;
    assign_endpoint(senders[at], from_);
    const datagram packet{from_, {bytes, messages[at].msg_len}};
    if (!life_.survives([this, &packet] { received_->call(packet); })) return;
  }
}

void uv_datagram_socket::flush() {
  if (!scope_->alive) return;
  if ((watched_ & UV_WRITABLE) == 0) send_queued();
  // Fails only without memory; the next send tries again.
  (void)watch(queue_.empty() ? UV_READABLE : UV_READABLE | UV_WRITABLE);
}

void uv_datagram_socket::send_queued() {
  while (sent_ < queue_.size()) {
    std::array<mmsghdr, send_batch> messages{};
    std::array<iovec, send_batch> parts;
    const std::size_t count = std::min(send_batch, queue_.size() - sent_);
    for (std::size_t i = 0; i < count; ++i) {
      queued_packet& packet = queue_[sent_ + i];
      parts[i] = {queued_bytes_.data() + packet.offset, packet.size};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = &packet.to.storage;
      messages[i].msg_hdr.msg_namelen = packet.to.size;
    }
    const int done = ::sendmmsg(fd_.get(), messages.data(), static_cast<unsigned>(count),
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done > 0) {
      sent_ += static_cast<std::size_t>(done);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      return;
    } else if (errno != EINTR) {
      // The first packet cannot leave (no route, filtered): lost, as packets may be.
      platform_counters::bump(scope_->lane.shared().counters.datagrams_dropped);
      ++sent_;
    }
  }
  queue_.clear();
  queued_bytes_.clear();
  sent_ = 0;
}

}  // namespace mw::kernel
