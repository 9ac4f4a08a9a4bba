// peer_raw_tls: OpenSSL on epoll, batched as well as it can be: the limit under TLS 1.3.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "frames.h"
#include "sockets.h"
#include "tls/certs.h"
#include "tls/handshakes.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <fstream>
#include <memory>

namespace {

namespace bench = mw::bench;

SSL_CTX* make_context() {
  const bench::cert_files files = bench::find_certs();
  SSL_CTX* const ctx = SSL_CTX_new(TLS_method());
  SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(ctx, 0);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  if (SSL_CTX_use_certificate_chain_file(ctx, files.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(ctx, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_load_verify_locations(ctx, files.ca.c_str(), nullptr) != 1)
    bench::give_up("cannot load certificates");
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return ctx;
}

void wait_for(int socket, short events) {
  pollfd one{socket, events, 0};
  poll(&one, 1, -1);
}

// A connection that never blocks in reading and waits in writing.
class secure_socket {
 public:
  secure_socket(SSL_CTX* ctx, int socket, bool server) : socket_(socket), ssl_(SSL_new(ctx)) {
    SSL_set_fd(ssl_, socket);
    int done = 0;
    while ((done = server ? SSL_accept(ssl_) : SSL_connect(ssl_)) != 1)
      if (SSL_get_error(ssl_, done) != SSL_ERROR_WANT_READ) bench::give_up("handshake failed");
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  }
  secure_socket(const secure_socket&) = delete;
  secure_socket& operator=(const secure_socket&) = delete;
  ~secure_socket() {
    SSL_free(ssl_);
    close(socket_);
  }

  void send_all(std::span<const char> bytes) {
    while (!bytes.empty()) {
      const int sent = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
      if (sent > 0)
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
      else if (SSL_get_error(ssl_, sent) == SSL_ERROR_WANT_WRITE)
        wait_for(socket_, POLLOUT);
      else
        bench::give_up("cannot send");
    }
  }
  // All that is there, as far as there is room; negative: the other end has gone.
  ssize_t receive(std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const int got = SSL_read(ssl_, into.data() + filled, static_cast<int>(into.size() - filled));
      if (got <= 0) {
        if (filled > 0 || SSL_get_error(ssl_, got) == SSL_ERROR_WANT_READ) break;
        return -1;
      }
      filled += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(filled);
  }
  [[nodiscard]] int socket() const { return socket_; }

 private:
  int socket_;
  SSL* ssl_;
};

class poller {
 public:
  void add(int socket) {
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.fd = socket;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &wanted) != 0) bench::give_up("cannot watch");
  }
  template <class Ready>
  void wait(Ready&& ready) {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) ready(events[static_cast<std::size_t>(i)].data.fd);
  }

 private:
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
};

struct connection {
  std::unique_ptr<secure_socket> socket;
  bench::frame_reader frames;
  bench::frame_counter passing;
};

class server {
 public:
  server(const bench::settings& with, bench::counts_page& counts)
      : with_(with),
        counts_(counts),
        scratch_(bench::read_size),
        replies_(bench::read_size + bench::frame_head + with.size) {}

  void run() {
    std::uint16_t port = 0;
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
    const std::size_t body_max = with_.what == bench::work::echo ? with_.size : 0;
    const std::size_t room = with_.what == bench::work::idle ? 0 : body_max;
    connections_[at] = std::make_unique<connection>(connection{
        std::make_unique<secure_socket>(ctx_, socket, true), bench::frame_reader(room), {}});
    if (with_.what == bench::work::handshake) {  // a word, as every server says one, and the end
      connections_[at]->socket->send_all(std::span("k", 1));
      connections_[at].reset();
      return;
    }
    poller_.add(socket);
  }

  void read(int socket) {
    auto& from = connections_[static_cast<std::size_t>(socket)];
    const bool echoes = with_.what == bench::work::echo;
    const std::span<char> room = echoes ? from->frames.room() : std::span<char>(scratch_);
    const ssize_t got = from->socket->receive(room);
    if (got < 0) from.reset();
    if (got <= 0) return;
    const auto count = static_cast<std::size_t>(got);
    if (echoes)
      answer(*from, count);
    else
      counts_.add(from->passing.passed(room.first(count)), count);
  }

  void answer(connection& from, std::size_t count) {
    replies_.clear();
    std::uint64_t messages = 0;
    from.frames.received(count, [&](std::span<const char> body) {
      replies_.append(body);
      ++messages;
    });
    counts_.add(messages, count);
    from.socket->send_all(replies_.bytes());
  }

  const bench::settings& with_;
  bench::counts_page& counts_;
  SSL_CTX* const ctx_ = make_context();
  poller poller_;
  std::vector<char> scratch_;
  bench::frame_batch replies_;
  std::vector<std::unique_ptr<connection>> connections_;
};

bench::outcome measure_echo(const bench::settings& with, const bench::counts_page& counts) {
  secure_socket socket(make_context(), bench::connect_to(with.ports.front()), false);
  poller wakes;
  wakes.add(socket.socket());
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
    socket.send_all(out.bytes());
    wakes.wait([&](int) {
      const ssize_t got = socket.receive(frames.room());
      if (got < 0) bench::give_up("the server has gone");
      frames.received(static_cast<std::size_t>(got), [&](std::span<const char> reply) {
        meter.answered(bench::stamp_of(reply.data()));
      });
    });
  }
  return meter.finish();
}

bench::outcome measure_oneway(const bench::settings& with, const bench::counts_page& counts) {
  secure_socket socket(make_context(), bench::connect_to(with.ports.front()), false);
  const std::vector<char> body = bench::make_body(with.size);
  bench::frame_batch batch(std::max(bench::batch_size, bench::frame_head + with.size));
  bench::oneway_sender sender;
  sender.send_some = [&] {
    batch.clear();
    std::uint64_t count = 0;
    for (; batch.fits(body.size()); ++count) batch.append(body);
    socket.send_all(batch.bytes());
    return count;
  };
  return bench::run_oneway(with, counts, 1, sender);
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) return measure_echo(with, counts);
  if (with.what == bench::work::oneway) return measure_oneway(with, counts);
  if (with.what == bench::work::handshake) return bench::measure_handshakes(with);
  throw bench::not_offered{};
}

}  // namespace

int main(int argc, char** argv) {
  const auto serve = [](const bench::settings& with, bench::counts_page& counts) {
    server(with, counts).run();
  };
  return bench::run_peer(argc, argv, {serve, measure});
}
