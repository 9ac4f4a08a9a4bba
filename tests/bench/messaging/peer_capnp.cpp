// peer_capnp: Cap'n Proto RPC: calls for echoes, its flow-controlled streams one way.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "echo.capnp.h"

#include <capnp/ez-rpc.h>
#include <kj/async-io.h>

#include <memory>

namespace {

namespace bench = mw::bench;
using mw_bench::Bench;

class service final : public Bench::Server {
 public:
  explicit service(bench::counts_page& counts) : counts_(counts) {}

  kj::Promise<void> echo(EchoContext context) override {
    const auto body = context.getParams().getBody();
    counts_.add(1, body.size());
    context.getResults().setBody(body);
    return kj::READY_NOW;
  }

  kj::Promise<void> sink(SinkContext context) override {
    counts_.add(1, context.getParams().getBody().size());
    return kj::READY_NOW;
  }

 private:
  bench::counts_page& counts_;
};

void serve(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::idle || with.what == bench::work::critical)
    throw bench::not_offered{};
  capnp::EzRpcServer server(kj::heap<service>(counts), "127.0.0.1", 0);
  const auto port = server.getPort().wait(server.getWaitScope());
  bench::announce({static_cast<std::uint16_t>(port)});
  kj::NEVER_DONE.wait(server.getWaitScope());
}

kj::ArrayPtr<const kj::byte> bytes_of(const std::vector<char>& body) {
  return {reinterpret_cast<const kj::byte*>(body.data()), body.size()};
}

// Room for the body and what surrounds it, so that a message is one segment.
capnp::MessageSize room_for(std::size_t size) {
  return {size / sizeof(capnp::word) + 16, 0};
}

// Each call starts the next one when its answer comes, until the run is over.
kj::Promise<void> keep_calling(Bench::Client& to, std::vector<char>& body,
                               bench::echo_meter& meter) {
  bench::put_stamp(body.data(), meter.next_stamp());
  auto request = to.echoRequest(room_for(body.size()));
  request.setBody(bytes_of(body));
  return request.send().then([&to, &body, &meter](auto reply) -> kj::Promise<void> {
    meter.answered(bench::stamp_of(reply.getBody().begin()));
    if (!meter.open()) return kj::READY_NOW;
    return keep_calling(to, body, meter);
  });
}

bench::outcome measure_echo(const bench::settings& with, bench::counts_page& counts) {
  capnp::EzRpcClient client("127.0.0.1", with.ports.front());
  auto to = client.getMain<Bench>();
  std::vector<char> body = bench::make_body(with.size);
  bench::echo_meter meter(with, counts);
  kj::Vector<kj::Promise<void>> calls;
  for (std::size_t i = 0; i < with.in_flight; ++i) calls.add(keep_calling(to, body, meter));
  kj::joinPromises(calls.releaseAsArray()).wait(client.getWaitScope());
  return meter.finish();
}

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  const std::size_t count = with.what == bench::work::fanout ? with.receivers : 1;
  std::vector<std::unique_ptr<capnp::EzRpcClient>> clients;
  std::vector<Bench::Client> receivers;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<capnp::EzRpcClient>("127.0.0.1", with.ports.front()));
    receivers.push_back(clients.back()->getMain<Bench>());
  }
  kj::WaitScope& scope = clients.front()->getWaitScope();
  const std::vector<char> body = bench::make_body(with.size);
  bench::oneway_sender sender;
  sender.send_some = [&] {
    for (Bench::Client& to : receivers) {
      auto request = to.sinkRequest(room_for(body.size()));
      request.setBody(bytes_of(body));
      request.send().wait(scope);  // until the window has room for the next
    }
    return std::uint64_t{1};
  };
  sender.pump = [&] {
    clients.front()->getIoProvider().getTimer().afterDelay(50 * kj::MICROSECONDS).wait(scope);
  };
  return bench::run_oneway(with, counts, count, sender);
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) return measure_echo(with, counts);
  return measure_sending(with, counts);
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
