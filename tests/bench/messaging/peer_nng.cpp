// peer_nng: NNG: contexts of req and rep for echoes, push and pull one way, pub and sub for
// fan-out.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "frames.h"

#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <nng/protocol/pubsub0/pub.h>
#include <nng/protocol/pubsub0/sub.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>

namespace {

namespace bench = mw::bench;

constexpr int queue_max = 8192;  // messages: the most that NNG allows

void check(int outcome, std::string_view what) {
  errno = 0;
  if (outcome != 0) bench::give_up(std::string(what) + ": " + nng_strerror(outcome));
}

// Sockets live as long as the process.
template <class Open>
nng_socket open_socket(Open open) {
  nng_socket made;
  check(open(&made), "socket");
  check(nng_socket_set_size(made, NNG_OPT_RECVMAXSZ, 0), "NNG_OPT_RECVMAXSZ");
  return made;
}

void set_queue(nng_socket socket, const char* which) {
  check(nng_socket_set_int(socket, which, queue_max), which);
}

void dial(nng_socket socket, std::uint16_t port) {
  check(nng_dial(socket, ("tcp://127.0.0.1:" + std::to_string(port)).c_str(), nullptr, 0), "dial");
}

// Listens, and returns the port.
std::uint16_t bound(nng_socket socket) {
  nng_listener listener;
  check(nng_listener_create(&listener, socket, "tcp://127.0.0.1:0"), "listen");
  check(nng_listener_start(listener, 0), "listen");
  nng_sockaddr at;
  check(nng_listener_get_addr(listener, NNG_OPT_LOCADDR, &at), "address");
  return static_cast<std::uint16_t>((at.s_in.sa_port >> 8U) | (at.s_in.sa_port << 8U));
}

// Answers one request after the other; several of them answer many requests at a time.
class responder {
 public:
  responder(nng_socket socket, bench::counts_page& counts) : counts_(counts) {
    check(nng_ctx_open(&context_, socket), "context");
    check(nng_aio_alloc(
              &aio_, [](void* self) { static_cast<responder*>(self)->next(); }, this),
          "aio");
    nng_ctx_recv(context_, aio_);
  }

 private:
  void next() {
    check(nng_aio_result(aio_), "answer");
    receiving_ = !receiving_;
    if (receiving_) return nng_ctx_recv(context_, aio_);
    nng_msg* const message = nng_aio_get_msg(aio_);
    counts_.add_shared(1, nng_msg_len(message));
    nng_aio_set_msg(aio_, message);
    nng_ctx_send(context_, aio_);
  }

  bench::counts_page& counts_;
  nng_ctx context_{};
  nng_aio* aio_ = nullptr;
  bool receiving_ = true;
};

[[noreturn]] void wait_for_the_end() {
  for (;;) pause();
}

[[noreturn]] void serve_echo(const bench::settings& with, bench::counts_page& counts) {
  const nng_socket socket = open_socket(nng_rep0_open);
  std::vector<std::unique_ptr<responder>> responders;
  const std::size_t wanted = with.in_flight;
  for (std::size_t i = 0; i < wanted; ++i)
    responders.push_back(std::make_unique<responder>(socket, counts));
  bench::announce({bound(socket)});
  wait_for_the_end();
}

// Takes one message after the other without a thread that waits.
class receiver {
 public:
  receiver(nng_socket socket, std::size_t slot, bench::counts_page& counts)
      : socket_(socket), slot_(slot), counts_(counts) {
    check(nng_aio_alloc(
              &aio_, [](void* self) { static_cast<receiver*>(self)->next(); }, this),
          "aio");
    nng_recv_aio(socket_, aio_);
  }

 private:
  void next() {
    check(nng_aio_result(aio_), "receive");
    nng_msg* const message = nng_aio_get_msg(aio_);
    counts_.add(1, nng_msg_len(message), slot_);
    nng_msg_free(message);
    nng_recv_aio(socket_, aio_);
  }

  nng_socket socket_;
  std::size_t slot_;
  bench::counts_page& counts_;
  nng_aio* aio_ = nullptr;
};

[[noreturn]] void serve_sink(const bench::settings& with, bench::counts_page& counts) {
  const bool fans = with.what == bench::work::fanout;
  std::vector<std::uint16_t> ports;
  std::vector<std::unique_ptr<receiver>> receivers;
  for (std::size_t i = 0; i < (fans ? with.receivers : 1); ++i) {
    const nng_socket socket = open_socket(fans ? nng_sub0_open : nng_pull0_open);
    if (fans) check(nng_socket_set(socket, NNG_OPT_SUB_SUBSCRIBE, "", 0), "subscribe");
    set_queue(socket, NNG_OPT_RECVBUF);
    ports.push_back(bound(socket));
    receivers.push_back(std::make_unique<receiver>(socket, i, counts));
  }
  bench::announce(ports);
  wait_for_the_end();
}

void serve(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) serve_echo(with, counts);
  if (with.what == bench::work::oneway || with.what == bench::work::fanout)
    serve_sink(with, counts);
  throw bench::not_offered{};
}

// One exchange after the other in a context of its own; callbacks of all come from many threads.
class requester {
 public:
  struct shared {
    std::mutex guard;
    std::condition_variable changed;
    bench::echo_meter& meter;
    std::size_t busy;
  };

  requester(nng_socket socket, std::size_t size, shared& all)
      : all_(all), body_(bench::make_body(size)) {
    check(nng_ctx_open(&context_, socket), "context");
    check(nng_ctx_set_ms(context_, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE), "resend time");
    check(nng_aio_alloc(
              &aio_, [](void* self) { static_cast<requester*>(self)->next(); }, this),
          "aio");
  }
  void start() {
    std::uint64_t stamp = 0;
    {
      const std::lock_guard lock(all_.guard);
      if (!all_.meter.open()) {
        if (--all_.busy == 0) all_.changed.notify_one();
        return;
      }
      stamp = all_.meter.next_stamp();
    }
    bench::put_stamp(body_.data(), stamp);
    nng_msg* message = nullptr;
    check(nng_msg_alloc(&message, body_.size()), "message");
    std::memcpy(nng_msg_body(message), body_.data(), body_.size());
    nng_aio_set_msg(aio_, message);
    receiving_ = false;
    nng_ctx_send(context_, aio_);
  }

 private:
  void next() {
    check(nng_aio_result(aio_), "request");
    receiving_ = !receiving_;
    if (receiving_) return nng_ctx_recv(context_, aio_);
    nng_msg* const reply = nng_aio_get_msg(aio_);
    {
      const std::lock_guard lock(all_.guard);
      all_.meter.answered(bench::stamp_of(nng_msg_body(reply)));
    }
    nng_msg_free(reply);
    start();
  }

  shared& all_;
  std::vector<char> body_;
  nng_ctx context_{};
  nng_aio* aio_ = nullptr;
  bool receiving_ = false;
};

bench::outcome measure_echo(const bench::settings& with, bench::counts_page& counts) {
  const nng_socket socket = open_socket(nng_req0_open);
  dial(socket, with.ports.front());
  bench::echo_meter meter(with, counts);
  requester::shared all{{}, {}, meter, with.in_flight};
  std::vector<std::unique_ptr<requester>> requesters;
  for (std::size_t i = 0; i < with.in_flight; ++i)
    requesters.push_back(std::make_unique<requester>(socket, with.size, all));
  for (const auto& one : requesters) one->start();
  std::unique_lock lock(all.guard);
  all.changed.wait(lock, [&] { return all.busy == 0; });
  return meter.finish();
}

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  const bool fans = with.what == bench::work::fanout;
  const nng_socket socket = open_socket(fans ? nng_pub0_open : nng_push0_open);
  set_queue(socket, NNG_OPT_SENDBUF);
  for (const std::uint16_t port : with.ports) dial(socket, port);
  const std::vector<char> body = bench::make_body(with.size);
  bench::oneway_sender sender;
  // A publisher drops what a queue has no room for.
  if (fans) sender.lead = queue_max / 2;
  sender.send_some = [&]() -> std::uint64_t {
    nng_msg* message = nullptr;
    check(nng_msg_alloc(&message, body.size()), "message");
    std::memcpy(nng_msg_body(message), body.data(), body.size());
    check(nng_sendmsg(socket, message, 0), "send");
    return 1;
  };
  return bench::run_oneway(with, counts, fans ? with.receivers : 1, sender);
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) return measure_echo(with, counts);
  if (with.what == bench::work::oneway || with.what == bench::work::fanout)
    return measure_sending(with, counts);
  throw bench::not_offered{};
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
