// peer_nng: NNG: pair sockets for echoes, push and pull one way, publish for fan-out.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <nng/protocol/pubsub0/pub.h>
#include <nng/protocol/pubsub0/sub.h>
#include <poll.h>

namespace {

namespace bench = mw::bench;

// Messages a socket queues; published ones that find a full queue are lost.
constexpr int queue_length = 4096;
constexpr std::uint64_t fan_out_lead = 2048;

void must(int status, const char* what) {
  if (status != 0) bench::give_up(std::string(what) + ": " + nng_strerror(status));
}

using opener = int (*)(nng_socket*);

nng_socket opened(opener open) {
  nng_socket made = NNG_SOCKET_INITIALIZER;
  must(open(&made), "open");
  // Not every protocol has both queues.
  nng_socket_set_int(made, NNG_OPT_SENDBUF, queue_length);
  nng_socket_set_int(made, NNG_OPT_RECVBUF, queue_length);
  return made;
}

std::uint16_t bound(nng_socket socket) {
  nng_listener listener = NNG_LISTENER_INITIALIZER;
  must(nng_listen(socket, "tcp://127.0.0.1:0", &listener, 0), "listen");
  int port = 0;
  must(nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port), "port");
  return static_cast<std::uint16_t>(port);
}

void dial(nng_socket socket, std::uint16_t port) {
  const std::string to = "tcp://127.0.0.1:" + std::to_string(port);
  must(nng_dial(socket, to.c_str(), nullptr, 0), "dial");
}

// Null when there is none and the call may not wait.
nng_msg* receive(nng_socket socket, int flags) {
  nng_msg* got = nullptr;
  const int status = nng_recvmsg(socket, &got, flags);
  if (status == NNG_EAGAIN) return nullptr;
  must(status, "receive");
  return got;
}

void send(nng_socket socket, const std::vector<char>& body) {
  nng_msg* message = nullptr;
  must(nng_msg_alloc(&message, 0), "allocate");
  must(nng_msg_append(message, body.data(), body.size()), "append");
  must(nng_sendmsg(socket, message, 0), "send");
}

void serve_echo(nng_socket socket, bench::counts_page& counts) {
  for (;;) {
    nng_msg* const message = receive(socket, 0);
    counts.add(1, nng_msg_len(message));
    must(nng_sendmsg(socket, message, 0), "answer");
  }
}

void serve_one_sink(nng_socket receiver, bench::counts_page& counts) {
  for (;;) {
    nng_msg* const message = receive(receiver, 0);
    counts.add(1, nng_msg_len(message));
    nng_msg_free(message);
  }
}

void serve_sinks(const std::vector<nng_socket>& receivers, bench::counts_page& counts) {
  std::vector<pollfd> wanted;
  for (const nng_socket socket : receivers) {
    int readable = -1;
    must(nng_socket_get_int(socket, NNG_OPT_RECVFD, &readable), "descriptor");
    wanted.push_back({readable, POLLIN, 0});
  }
  for (;;) {
    poll(wanted.data(), wanted.size(), -1);
    for (std::size_t i = 0; i < receivers.size(); ++i)
      while (nng_msg* const message = receive(receivers[i], NNG_FLAG_NONBLOCK)) {
        counts.add(1, nng_msg_len(message), i);
        nng_msg_free(message);
      }
  }
}

void serve(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) {
    const nng_socket socket = opened(nng_pair0_open);
    bench::announce({bound(socket)});
    return serve_echo(socket, counts);
  }
  const bool fans = with.what == bench::work::fanout;
  if (!fans && with.what != bench::work::oneway) throw bench::not_offered{};
  std::vector<nng_socket> receivers;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < (fans ? with.receivers : 1); ++i) {
    const nng_socket socket = opened(fans ? nng_sub0_open : nng_pull0_open);
    if (fans) must(nng_socket_set(socket, NNG_OPT_SUB_SUBSCRIBE, "", 0), "subscribe");
    ports.push_back(bound(socket));
    receivers.push_back(socket);
  }
  bench::announce(ports);
  if (!fans) return serve_one_sink(receivers.front(), counts);
  serve_sinks(receivers, counts);
}

bench::outcome measure_echo(const bench::settings& with, bench::counts_page& counts) {
  const nng_socket socket = opened(nng_pair0_open);
  dial(socket, with.ports.front());
  std::vector<char> body = bench::make_body(with.size);
  bench::echo_meter meter(with, counts);
  while (meter.open() || !meter.settled()) {
    while (meter.open() && meter.in_flight() < with.in_flight) {
      bench::put_stamp(body.data(), meter.next_stamp());
      send(socket, body);
    }
    for (nng_msg* reply = receive(socket, 0); reply != nullptr;
         reply = meter.settled() ? nullptr : receive(socket, NNG_FLAG_NONBLOCK)) {
      meter.answered(bench::stamp_of(nng_msg_body(reply)));
      nng_msg_free(reply);
    }
  }
  return meter.finish();
}

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  const bool fans = with.what == bench::work::fanout;
  const nng_socket socket = opened(fans ? nng_pub0_open : nng_push0_open);
  for (const std::uint16_t port : with.ports) dial(socket, port);
  const std::vector<char> body = bench::make_body(with.size);
  bench::oneway_sender sender;
  if (fans) sender.lead = fan_out_lead;
  sender.send_some = [&] {
    send(socket, body);
    return std::uint64_t{1};
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
