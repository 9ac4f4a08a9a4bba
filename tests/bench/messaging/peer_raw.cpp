// peer_raw: epoll and sockets only, batched as well as it can be: the limit the others are held to.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "frames.h"
#include "sockets.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace {

namespace bench = mw::bench;

// Sends all of it; a full socket is waited for. What is in flight is bounded by the client, so two
// ends that wait for each other cannot be.
void send_all(int socket, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) bench::give_up("cannot send");
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

void send_in_place(int socket, std::span<const char> body) {
  const std::uint64_t length = body.size();
  std::array<char, bench::frame_head> head{};
  std::memcpy(head.data(), &length, sizeof length);
  std::array<iovec, 2> parts{iovec{head.data(), head.size()},
                             iovec{const_cast<char*>(body.data()), body.size()}};
  const ssize_t sent = writev(socket, parts.data(), parts.size());
  if (sent < static_cast<ssize_t>(head.size())) bench::give_up("cannot send");
  send_all(socket, body.subspan(static_cast<std::size_t>(sent) - head.size()));
}

// Waits until one of the sockets can be read, asleep or spinning.
class poller {
 public:
  explicit poller(bool spin) : epoll_(epoll_create1(EPOLL_CLOEXEC)), spin_(spin) {}
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;
  ~poller() { close(epoll_); }

  void add(int socket, std::uint32_t events = EPOLLIN) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = socket;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &wanted) != 0) bench::give_up("cannot watch");
  }

  // Calls `ready(socket)` for each that can be read.
  template <class Ready>
  void wait(Ready&& ready) {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_, events.data(), events.size(), spin_ ? 0 : -1);
    if (count < 0 && errno != EINTR) bench::give_up("cannot wait");
    for (int i = 0; i < count; ++i) ready(events[static_cast<std::size_t>(i)].data.fd);
  }

 private:
  int epoll_;
  bool spin_;
};

// Bytes that are there; 0: none now, negative: the other end has gone.
ssize_t receive(int socket, std::span<char> into) {
  const ssize_t got = recv(socket, into.data(), into.size(), MSG_DONTWAIT);
  if (got > 0) return got;
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

struct connection {
  std::size_t slot;
  bool echoes;
  bench::frame_reader frames;
  bench::frame_counter passing;
};

class server {
 public:
  server(const bench::settings& with, bench::counts_page& counts)
      : with_(with),
        counts_(counts),
        poller_(with.spin),
        scratch_(bench::read_size),
        replies_(bench::read_size + bench::frame_head + with.size) {}

  void run() {
    std::uint16_t port = with_.ports.empty() ? std::uint16_t{0} : with_.ports.front();
    const int listener = bench::listen_on(port);
    poller_.add(listener);
    bench::announce({port});
    for (;;) poller_.wait([&](int socket) { socket == listener ? accept(socket) : read(socket); });
  }

 private:
  void accept(int listener) {
    const int socket = bench::accept_from(listener);
    const auto at = static_cast<std::size_t>(socket);
    if (connections_.size() <= at) connections_.resize(at + 1);
    // Of critical work the first connection has the calls, the second one the bulk.
    const bool echoes = with_.what == bench::work::echo ||
                        (with_.what == bench::work::critical && accepted_ % 2 == 0);
    connections_[at] =
        std::make_unique<connection>(connection{accepted_++ % bench::counts_page::slots_max,
                                                echoes,
                                                bench::frame_reader(echoes ? with_.size : 0),
                                                {}});
    poller_.add(socket);
  }

  void read(int socket) {
    connection& from = *connections_[static_cast<std::size_t>(socket)];
    const std::span<char> room = from.echoes ? from.frames.room() : std::span<char>(scratch_);
    const ssize_t got = receive(socket, room);
    if (got < 0) close(socket);  // epoll forgets it
    if (got <= 0) return;
    const auto count = static_cast<std::size_t>(got);
    if (from.echoes)
      answer(socket, from, count);
    else if (with_.what != bench::work::critical)  // there the calls alone are counted
      counts_.add(from.passing.passed(room.first(count)), count, from.slot);
  }

  // All replies of one read leave in one send.
  void answer(int socket, connection& from, std::size_t count) {
    replies_.clear();
    std::uint64_t messages = 0;
    from.frames.received(count, [&](std::span<const char> body) {
      replies_.append(body);
      ++messages;
    });
    counts_.add(messages, count, from.slot);
    send_all(socket, replies_.bytes());
  }

  const bench::settings& with_;
  bench::counts_page& counts_;
  poller poller_;
  std::vector<char> scratch_;
  bench::frame_batch replies_;
  std::vector<std::unique_ptr<connection>> connections_;
  std::size_t accepted_ = 0;
};

bench::outcome measure_echo(const bench::settings& with, bench::counts_page& counts) {
  const int socket = bench::connect_to(with.ports.front());
  poller wakes(with.spin);
  wakes.add(socket);
  bench::frame_reader frames(with.size);
  std::vector<char> body = bench::make_body(with.size);
  bench::frame_batch out(with.in_flight * (bench::frame_head + with.size));
  bench::echo_meter meter(with, counts);
  while (meter.open() || !meter.settled()) {
    out.clear();
    while (meter.open() && meter.in_flight() < with.in_flight) {
      bench::put_stamp(body.data(), meter.next_stamp());
      out.append(body);
    }
    send_all(socket, out.bytes());
    const auto read = [&](int) {
      const ssize_t got = receive(socket, frames.room());
      if (got < 0) bench::give_up("the server has gone");
      frames.received(static_cast<std::size_t>(got), [&](std::span<const char> reply) {
        meter.answered(bench::stamp_of(reply.data()));
      });
    };
    // A spinning end asks the socket itself: one system call less than asking epoll first.
    with.spin ? read(socket) : wakes.wait(read);
  }
  return meter.finish();
}

// One batch to each receiver.
std::uint64_t send_batch(const std::vector<int>& sockets, std::span<const char> body,
                         bench::frame_batch& batch) {
  if (body.size() >= bench::in_place_min) {
    for (const int socket : sockets) send_in_place(socket, body);
    return 1;
  }
  batch.clear();
  std::uint64_t count = 0;
  for (; batch.fits(body.size()); ++count) batch.append(body);
  for (const int socket : sockets) send_all(socket, batch.bytes());
  return count;
}

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  std::vector<int> sockets(with.what == bench::work::fanout ? with.receivers : 1);
  for (int& socket : sockets) socket = bench::connect_to(with.ports.front());
  const std::vector<char> body = bench::make_body(with.size);
  bench::frame_batch batch(bench::batch_size);
  bench::oneway_sender sender;
  sender.send_some = [&] { return send_batch(sockets, body, batch); };
  return bench::run_oneway(with, counts, sockets.size(), sender);
}

// Fills a connection without ever waiting for it: a piece whenever there is room.
class bulk_filler {
 public:
  explicit bulk_filler(int socket) : socket_(socket), frame_(bench::frame_head + body_size) {
    const std::uint64_t length = body_size;
    std::memcpy(frame_.data(), &length, sizeof length);
  }
  void fill() {
    const std::size_t count = std::min(frame_.size() - at_, piece);
    const ssize_t sent = send(socket_, frame_.data() + at_, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) bench::give_up("cannot send bulk");
    if (sent > 0) at_ = (at_ + static_cast<std::size_t>(sent)) % frame_.size();
  }

 private:
  static constexpr std::size_t body_size = 1024 * 1024;
  static constexpr std::size_t piece = 128 * 1024;
  int socket_;
  std::vector<char> frame_;
  std::size_t at_ = 0;
};

// Two connections, because sockets alone have no priorities: calls on one, bulk on the other.
bench::outcome measure_critical(const bench::settings& with, bench::counts_page& counts) {
  const int calls = bench::connect_to(with.ports.front());
  const int bulk = bench::connect_to(with.ports.front());
  poller wakes(false);
  wakes.add(calls);
  wakes.add(bulk, EPOLLOUT);
  bulk_filler filler(bulk);
  bench::frame_reader frames(with.size);
  std::vector<char> body = bench::make_body(with.size);
  bench::frame_batch out(bench::frame_head + with.size);
  bench::echo_meter meter(with, counts);
  while (meter.open() || !meter.settled()) {
    if (meter.open() && meter.in_flight() == 0) {
      bench::put_stamp(body.data(), meter.next_stamp());
      out.clear();
      out.append(body);
      send_all(calls, out.bytes());
    }
    wakes.wait([&](int socket) {
      if (socket == bulk) return filler.fill();
      const ssize_t got = receive(calls, frames.room());
      if (got < 0) bench::give_up("the server has gone");
      frames.received(static_cast<std::size_t>(got), [&](std::span<const char> reply) {
        meter.answered(bench::stamp_of(reply.data()));
      });
    });
  }
  return meter.finish();
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  switch (with.what) {
    case bench::work::echo:
      return measure_echo(with, counts);
    case bench::work::oneway:
    case bench::work::fanout:
      return measure_sending(with, counts);
    case bench::work::critical:
      return measure_critical(with, counts);
    case bench::work::idle:
    case bench::work::handshake:
    case bench::work::stalled:
      throw bench::not_offered{};
  }
  throw bench::not_offered{};
}

}  // namespace

int main(int argc, char** argv) {
  const auto serve = [](const bench::settings& with, bench::counts_page& counts) {
    server(with, counts).run();
  };
  return bench::run_peer(argc, argv, {serve, measure});
}
