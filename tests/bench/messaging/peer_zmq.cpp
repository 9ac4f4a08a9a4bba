// peer_zmq: ZeroMQ: dealer and router for echoes, push and pull one way, publish for fan-out.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "frames.h"

#include <zmq.h>

#include <cerrno>

namespace {

namespace bench = mw::bench;

// A context and sockets that live as long as the process: neither end closes anything.
class sockets {
 public:
  enum class end : std::uint8_t { server, client };
  // With CURVE both ends know the server's public key; the client's is its own.
  sockets(const bench::settings& with, end here) : curve_(with.variant == "curve"), here_(here) {}

  void* open(int kind) {
    void* const made = zmq_socket(context_, kind);
    if (made == nullptr) bench::give_up("cannot open a ZeroMQ socket");
    if (curve_) encrypt(made);
    return made;
  }

  // For echoes: the client bounds what is in flight, and a router loses what exceeds its marks.
  void* open_unbounded(int kind) {
    void* const made = open(kind);
    const int no_limit = 0;
    zmq_setsockopt(made, ZMQ_SNDHWM, &no_limit, sizeof no_limit);
    zmq_setsockopt(made, ZMQ_RCVHWM, &no_limit, sizeof no_limit);
    return made;
  }

  static void dial(void* socket, std::uint16_t port) {
    const std::string to = "tcp://127.0.0.1:" + std::to_string(port);
    if (zmq_connect(socket, to.c_str()) != 0) bench::give_up("cannot connect to " + to);
  }

  // Listens, and returns the port.
  static std::uint16_t bound(void* socket) {
    char where[64];
    std::size_t length = sizeof where;
    if (zmq_bind(socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, where, &length) != 0)
      bench::give_up("cannot listen");
    const std::string_view text(where);
    return static_cast<std::uint16_t>(std::atoi(where + text.rfind(':') + 1));
  }

 private:
  // The key pair of the server, which libzmq's manual gives for tests.
  static constexpr const char* server_public = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
  static constexpr const char* server_secret = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";

  void encrypt(void* socket) const {
    const int on = 1;
    char own_public[41];
    char own_secret[41];
    bool done = false;
    if (here_ == end::server) {
      done = zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof on) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, server_secret, 41) == 0;
    } else {
      done = zmq_curve_keypair(own_public, own_secret) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_public, 41) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own_public, 41) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own_secret, 41) == 0;
    }
    if (!done) bench::give_up("this ZeroMQ has no CURVE");
  }

  void* context_ = zmq_ctx_new();
  bool curve_;
  end here_;
};

// False when the call would have to wait and was told not to.
bool receive(void* socket, zmq_msg_t& into, int flags) {
  if (zmq_msg_recv(&into, socket, flags) >= 0) return true;
  if (errno != EAGAIN) bench::give_up("cannot receive");
  return false;
}

void serve_echo(void* router, bench::counts_page& counts) {
  zmq_msg_t from;
  zmq_msg_t body;
  zmq_msg_init(&from);
  zmq_msg_init(&body);
  for (;;) {
    receive(router, from, 0);
    receive(router, body, 0);
    counts.add(1, zmq_msg_size(&body));
    if (zmq_msg_send(&from, router, ZMQ_SNDMORE) < 0 || zmq_msg_send(&body, router, 0) < 0)
      bench::give_up("cannot answer");
  }
}

void serve_sink(std::vector<zmq_pollitem_t>& receivers, bench::counts_page& counts) {
  zmq_msg_t body;
  zmq_msg_init(&body);
  const bool alone = receivers.size() == 1;
  for (;;) {
    if (!alone) zmq_poll(receivers.data(), static_cast<int>(receivers.size()), -1);
    for (std::size_t i = 0; i < receivers.size(); ++i) {
      if (!alone && (receivers[i].revents & ZMQ_POLLIN) == 0) continue;
      if (alone && receive(receivers[i].socket, body, 0)) counts.add(1, zmq_msg_size(&body), i);
      while (receive(receivers[i].socket, body, ZMQ_DONTWAIT))
        counts.add(1, zmq_msg_size(&body), i);
    }
  }
}

void serve(const bench::settings& with, bench::counts_page& counts) {
  sockets all(with, sockets::end::server);
  if (with.what == bench::work::echo) {
    void* const router = all.open_unbounded(ZMQ_ROUTER);
    bench::announce({sockets::bound(router)});
    return serve_echo(router, counts);
  }
  const bool fans = with.what == bench::work::fanout;
  if (!fans && with.what != bench::work::oneway) throw bench::not_offered{};
  std::vector<zmq_pollitem_t> receivers;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < (fans ? with.receivers : 1); ++i) {
    void* const socket = all.open(fans ? ZMQ_SUB : ZMQ_PULL);
    if (fans) zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
    ports.push_back(sockets::bound(socket));
    receivers.push_back({socket, 0, ZMQ_POLLIN, 0});
  }
  bench::announce(ports);
  serve_sink(receivers, counts);
}

bench::outcome measure_echo(const bench::settings& with, bench::counts_page& counts) {
  sockets all(with, sockets::end::client);
  void* const dealer = all.open_unbounded(ZMQ_DEALER);
  sockets::dial(dealer, with.ports.front());
  std::vector<char> body = bench::make_body(with.size);
  zmq_msg_t reply;
  zmq_msg_init(&reply);
  bench::echo_meter meter(with, counts);
  while (meter.open() || !meter.settled()) {
    while (meter.open() && meter.in_flight() < with.in_flight) {
      bench::put_stamp(body.data(), meter.next_stamp());
      if (zmq_send(dealer, body.data(), body.size(), 0) < 0) bench::give_up("cannot send");
    }
    for (bool got = receive(dealer, reply, 0); got && zmq_msg_size(&reply) == with.size;
         got = !meter.settled() && receive(dealer, reply, ZMQ_DONTWAIT))
      meter.answered(bench::stamp_of(zmq_msg_data(&reply)));
  }
  return meter.finish();
}

// Waits until all receivers have subscribed: what is published before is lost by design.
void await_subscribers(void* publisher, std::size_t receivers) {
  zmq_msg_t request;
  zmq_msg_init(&request);
  for (std::size_t i = 0; i < receivers; ++i) receive(publisher, request, 0);
}

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  sockets all(with, sockets::end::client);
  const bool fans = with.what == bench::work::fanout;
  void* const socket = all.open(fans ? ZMQ_XPUB : ZMQ_PUSH);
  if (fans) {
    const int on = 1;  // a full receiver makes the publisher wait instead of losing messages
    zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &on, sizeof on);
    zmq_setsockopt(socket, ZMQ_XPUB_VERBOSE, &on, sizeof on);  // tell each equal subscription
  }
  for (const std::uint16_t port : with.ports) sockets::dial(socket, port);
  if (fans) await_subscribers(socket, with.ports.size());
  const std::vector<char> body = bench::make_body(with.size);
  bench::oneway_sender sender;
  sender.send_some = [&] {
    // Large bodies are handed over in place; so many small ones between two looks at the clock.
    if (body.size() >= bench::in_place_min)
      return zmq_send_const(socket, body.data(), body.size(), 0) < 0 ? std::uint64_t{0} : 1;
    std::uint64_t sent = 0;
    while (sent < 64 && zmq_send(socket, body.data(), body.size(), 0) >= 0) ++sent;
    return sent;
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
