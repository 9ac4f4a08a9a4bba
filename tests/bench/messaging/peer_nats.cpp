// peer_nats: nats-server between the two ends, which speak its text protocol in batches.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "frames.h"
#include "sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace {

namespace bench = mw::bench;

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t line_max = 4096;  // the broker's own limit
// The broker drops whoever is 64 MiB behind; so much is far below that and never idle.
constexpr std::size_t lead_bytes = 16 << 20;

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) bench::give_up("the broker does not take more");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// One client's connection to the broker.
class nats_client {
 public:
  nats_client(std::uint16_t port, std::size_t body_max)
      : socket_(bench::connect_to(port)), buffer_(bench::read_size + line_max + body_max) {
    tell("CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c\",\"version\":\"1\"}\r\n");
  }

  [[nodiscard]] int socket() const { return socket_; }
  void tell(std::string_view text) const { send_all(socket_, text); }
  // Returns when the broker has taken the subscription up.
  void subscribe(std::string_view subject) {
    tell("SUB " + std::string(subject) + " 1\r\nPING\r\n");
    while (!ponged_) receive([](std::string_view, std::string_view) {});
    ponged_ = false;
  }
  // One read, which waits; `handle(reply_subject, body)` for each message that is complete.
  template <class Handle>
  void receive(Handle&& handle) {
    const ssize_t got = recv(socket_, buffer_.data() + used_, buffer_.size() - used_, 0);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) bench::give_up("the broker has closed the connection");
    used_ += static_cast<std::size_t>(got);
    std::string_view left(buffer_.data(), used_);
    while (take_one(left, handle)) {
    }
    std::memmove(buffer_.data(), left.data(), left.size());
    used_ = left.size();
  }

 private:
  // Takes one line, and the body of a message, off the front; false when it is not all there.
  template <class Handle>
  bool take_one(std::string_view& left, Handle&& handle) {
    const auto end = left.find(line_end);
    if (end == std::string_view::npos) return false;
    const std::string_view line = left.substr(0, end);
    std::string_view rest = left.substr(end + line_end.size());
    if (line.starts_with("MSG ")) {
      const auto last = line.rfind(' ');
      std::size_t size = 0;
      std::from_chars(line.data() + last + 1, line.data() + line.size(), size);
      if (rest.size() < size + line_end.size()) return false;
      handle(reply_subject(line.substr(0, last)), rest.substr(0, size));
      rest.remove_prefix(size + line_end.size());
    } else if (line == "PING") {
      tell("PONG\r\n");
    } else if (line == "PONG") {
      ponged_ = true;
    } else if (line.starts_with("-ERR")) {
      bench::give_up("the broker says " + std::string(line));
    }
    left = rest;
    return true;
  }
  // Of `MSG subject number [reply]`.
  static std::string_view reply_subject(std::string_view line) {
    const auto number = line.find(' ', line.find(' ') + 1);
    const auto reply = line.find(' ', number + 1);
    return reply == std::string_view::npos ? std::string_view() : line.substr(reply + 1);
  }

  int socket_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;
  bool ponged_ = false;
};

// What is published together.
class publications {
 public:
  void append(std::string_view subject, std::string_view reply, std::string_view body) {
    open(subject, reply, body.size());
    text_ += body;
    text_ += line_end;
  }
  // The line in front of a body that is sent from where it lies.
  void open(std::string_view subject, std::string_view reply, std::size_t size) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, size).ptr;
    text_ += "PUB ";
    text_ += subject;
    if (!reply.empty()) text_ += ' ';
    text_ += reply;
    text_ += ' ';
    text_.append(digits, end);
    text_ += line_end;
  }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  void send_to(int socket) {
    send_all(socket, text_);
    text_.clear();
  }

 private:
  std::string text_;
};

bool answers(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool open = connect(probe, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  close(probe);
  return open;
}

[[noreturn]] void become_broker(std::uint16_t port) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  cpu_set_t all;  // it has threads for both cores
  std::memset(&all, 0xff, sizeof all);
  sched_setaffinity(0, sizeof all, &all);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  const std::string text = std::to_string(port);
  execlp("nats-server", "nats-server", "-a", "127.0.0.1", "-p", text.c_str(), nullptr);
  _exit(127);
}

// Starts a broker that ends with this process, and waits until it listens.
pid_t start_broker(std::uint16_t& port) {
  close(bench::listen_on(port));  // finds a free port
  const pid_t pid = fork();
  if (pid < 0) bench::give_up("cannot start nats-server");
  if (pid == 0) become_broker(port);
  constexpr int tries = 1000;
  for (int i = 0; i < tries; ++i) {
    if (answers(port)) return pid;
    const timespec moment{0, 10'000'000};
    ppoll(nullptr, 0, &moment, nullptr);
  }
  bench::give_up("nats-server does not listen; is it installed?");
}

void serve_echo(nats_client& from, bench::counts_page& counts) {
  publications replies;
  for (;;) {
    from.receive([&](std::string_view reply, std::string_view body) {
      counts.add(1, body.size());
      replies.append(reply, {}, body);
    });
    if (replies.size() > 0) replies.send_to(from.socket());
  }
}

void serve_sink(std::vector<std::unique_ptr<nats_client>>& receivers, bench::counts_page& counts) {
  std::vector<pollfd> watched;
  for (const auto& one : receivers) watched.push_back({one->socket(), POLLIN, 0});
  for (;;) {
    if (receivers.size() > 1) poll(watched.data(), watched.size(), -1);
    for (std::size_t i = 0; i < receivers.size(); ++i) {
      if (receivers.size() > 1 && watched[i].revents == 0) continue;
      std::uint64_t messages = 0;
      std::uint64_t bytes = 0;
      receivers[i]->receive([&](std::string_view, std::string_view body) {
        ++messages;
        bytes += body.size();
      });
      counts.add(messages, bytes, i);
    }
  }
}

void serve(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::idle || with.what == bench::work::critical)
    throw bench::not_offered{};
  std::uint16_t port = with.ports.empty() ? std::uint16_t{0} : with.ports.front();
  const pid_t broker = start_broker(port);
  std::vector<std::unique_ptr<nats_client>> receivers;
  const std::size_t wanted = with.what == bench::work::fanout ? with.receivers : 1;
  for (std::size_t i = 0; i < wanted; ++i) {
    receivers.push_back(std::make_unique<nats_client>(port, with.size));
    receivers.back()->subscribe("bench");
  }
  bench::announce({port}, {broker});
  if (with.what == bench::work::echo) return serve_echo(*receivers.front(), counts);
  serve_sink(receivers, counts);
}

bench::outcome measure_echo(const bench::settings& with, bench::counts_page& counts) {
  nats_client peer(with.ports.front(), with.size);
  peer.subscribe("inbox");
  std::vector<char> body = bench::make_body(with.size);
  publications requests;
  bench::echo_meter meter(with, counts);
  while (meter.open() || !meter.settled()) {
    while (meter.open() && meter.in_flight() < with.in_flight) {
      bench::put_stamp(body.data(), meter.next_stamp());
      requests.append("bench", "inbox", {body.data(), body.size()});
    }
    if (requests.size() > 0) requests.send_to(peer.socket());
    peer.receive([&](std::string_view, std::string_view reply) {
      meter.answered(bench::stamp_of(reply.data()));
    });
  }
  return meter.finish();
}

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  const nats_client peer(with.ports.front(), 0);
  const std::vector<char> body = bench::make_body(with.size);
  const std::string_view text(body.data(), body.size());
  publications batch;
  bench::oneway_sender sender;
  sender.lead = std::max<std::uint64_t>(lead_bytes / with.size, 2);
  sender.send_some = [&]() -> std::uint64_t {
    if (text.size() >= bench::in_place_min) {
      batch.open("bench", {}, text.size());
      batch.send_to(peer.socket());
      send_all(peer.socket(), text);
      send_all(peer.socket(), line_end);
      return 1;
    }
    std::uint64_t count = 0;
    for (; batch.size() + text.size() <= bench::batch_size; ++count)
      batch.append("bench", {}, text);
    batch.send_to(peer.socket());
    return count;
  };
  return bench::run_oneway(with, counts, with.what == bench::work::fanout ? with.receivers : 1,
                           sender);
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  return with.what == bench::work::echo ? measure_echo(with, counts)
                                        : measure_sending(with, counts);
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
