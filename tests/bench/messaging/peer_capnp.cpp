// peer_capnp: Cap'n Proto RPC: calls for echoes, and calls without a result one way.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "echo.capnp.h"

#include <capnp/ez-rpc.h>

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
  if (with.what == bench::work::idle || with.what == bench::work::critical ||
      with.what == bench::work::handshake || with.what == bench::work::stalled)
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

// Calls without a result, so many under way: its own streams wait for each message here.
class sender final : kj::TaskSet::ErrorHandler {
 public:
  sender(const bench::settings& with, std::size_t receivers)
      : body_(bench::make_body(with.size)),
        window_(std::max(calls_min, bytes_under_way / with.size)),
        calls_(*this) {
    for (std::size_t i = 0; i < receivers; ++i) {
      clients_.push_back(std::make_unique<capnp::EzRpcClient>("127.0.0.1", with.ports.front()));
      receivers_.push_back(clients_.back()->getMain<Bench>());
    }
  }

  std::uint64_t send_some() {
    while (open_ >= window_ * receivers_.size()) await_answer();
    for (Bench::Client& to : receivers_) {
      auto request = to.sinkRequest(room_for(body_.size()));
      request.setBody(bytes_of(body_));
      ++open_;
      calls_.add(request.send().ignoreResult().then([this] {
        --open_;
        KJ_IF_MAYBE (waiting, answered_) (*waiting)->fulfill();
      }));
    }
    return 1;
  }
  void pump() {
    if (open_ > 0) await_answer();
  }

 private:
  static constexpr std::size_t calls_min = 4;
  static constexpr std::size_t bytes_under_way = 1024 * 1024;

  void await_answer() {
    auto pair = kj::newPromiseAndFulfiller<void>();
    answered_ = kj::mv(pair.fulfiller);
    pair.promise.wait(clients_.front()->getWaitScope());
    answered_ = nullptr;
  }
  void taskFailed(kj::Exception&& failed) override {
    bench::give_up(std::string("a call failed: ") + failed.getDescription().cStr());
  }

  std::vector<char> body_;
  std::size_t window_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<capnp::EzRpcClient>> clients_;
  std::vector<Bench::Client> receivers_;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> answered_;
  kj::TaskSet calls_;  // last: dies first
};

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  const std::size_t receivers = with.what == bench::work::fanout ? with.receivers : 1;
  sender calls(with, receivers);
  bench::oneway_sender way;
  way.send_some = [&] { return calls.send_some(); };
  way.pump = [&] { calls.pump(); };
  return bench::run_oneway(with, counts, receivers, way);
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) return measure_echo(with, counts);
  return measure_sending(with, counts);
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
