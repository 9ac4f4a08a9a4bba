// determinism_test: equal seeds make equal worlds; a world with all faults is exercised as a whole.
// SPDX-License-Identifier: Apache-2.0
#include "node/test_program.h"

#include <mw/random.h>
#include <mw/toolkit/hash.h>

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace mw::sim {

namespace {

// Dials its peer, sends packets, appends to a file and answers, at random but seeded intervals.
class chatter final : public sim_program, stream_events {
 public:
  chatter(kernel::platform& on, endpoint peer)
      : base_(on, ledger_), peer_(std::move(peer)), random_(on.seed()) {
    const auto listening = [this](stream_ptr one) { adopt(std::move(one)); };
    auto made = base_.streams().listen({"0.0.0.0", 7400, false}, {}, listening);
    if (made) listener_ = std::move(made).value();
    auto socket =
        base_.datagrams().open({"0.0.0.0", 7400, false}, {},
                               [this](const datagram& packet) { heard_ += packet.bytes.size(); });
    if (socket) socket_ = std::move(socket).value();
    base_.files().open({"log"}, open_mode::append, [this](result<file_ptr> one) {
      if (one) log_ = std::move(one).value();
    });
    tick();
  }

 private:
  void tick() {
    base_.hooks.alarm(base_.now() + duration(1 + random_.below(20'000'000)), [this] { tick(); });
    base_.platform.lane(0).wake();
    const std::string text =
        "tick " + std::to_string(heard_) + " " + std::to_string(random_.below(1000));
    if (socket_) (void)socket_->send(peer_, as_bytes(text));
    if (streams_.size() < 4 && random_.below(8) == 0) dial();
    if (!streams_.empty() && random_.below(16) == 0) streams_.erase(streams_.begin());
    for (const auto& [id, one] : streams_) (void)one->write(as_bytes(text));
    if (log_ && random_.below(4) == 0) keep(text);
  }
  void keep(std::string text) {
    text.append(random_.below(5000), '.');
    log_->append(slice::copy_of(text), durability::synced,
                 [this](status done) { heard_ += done ? 1 : 0; });
    log_->read(random_.below(9000), 100,
               [this](result<slice> read) { heard_ += read ? read->size() : 0; });
  }
  void dial() {
    dial_ = base_.streams().dial(peer_, {}, 1s, [this](result<stream_ptr> one) {
      if (one) adopt(std::move(one).value());
    });
  }
  void adopt(stream_ptr one) {
    one->start(*this);
    streams_[next_++] = std::move(one);
    if (streams_.size() > 6) streams_.erase(streams_.begin());
  }
  void on_data(bytes_view bytes) override { heard_ += hash_text(as_text(bytes)) % 7; }
  void on_writable() override {}
  void on_end() override { heard_ += 1; }
  void on_closed(const failure&) override { heard_ += 2; }

  kernel::resource_ledger ledger_;
  test_program base_;
  endpoint peer_;
  random_stream random_;
  std::uint64_t heard_ = 0;
  std::uint64_t next_ = 0;
  listener_ptr listener_;
  datagram_ptr socket_;
  file_ptr log_;
  dial_ptr dial_;
  std::map<std::uint64_t, stream_ptr> streams_;
};

struct outcome {
  std::uint64_t hash;
  std::uint64_t events;
  std::vector<std::uint64_t> fired;
};

outcome run(std::uint64_t seed, std::string_view profile, duration how_long) {
  sim_world world(seed);
  constexpr std::size_t nodes = 3;
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string address = "10.0.0.";
    sim_node& node = world.add_node("n" + std::to_string(i), address + std::to_string(i + 1));
    const std::string next = address + std::to_string((i + 1) % nodes + 1);
    node.boot([next](kernel::platform& on) {
      return std::make_unique<chatter>(on, endpoint{next, 7400, false});
    });
  }
  world.apply(draw_faults({seed, nodes, 1s, how_long - 1s, profile}).value());
  world.run_for(how_long);
  outcome result{world.trace_hash(), world.events(), {}};
  for (std::size_t kind = 0; kind < sim_fault_count; ++kind)
    result.fired.push_back(world.fired(static_cast<sim_fault>(kind)));
  return result;
}

}  // namespace

TEST_CASE("the same seed gives the same world, another seed another one") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const outcome first = run(seed, "all", 8s);
    const outcome second = run(seed, "all", 8s);
    CHECK(first.hash == second.hash);
    CHECK(first.events == second.events);
    CHECK(first.fired == second.fired);
    hashes.insert(first.hash);
  }
  CHECK(hashes.size() == 10);
}

TEST_CASE("every kind of fault fires within a few seeds") {
  std::vector<std::uint64_t> fired(sim_fault_count);
  for (std::uint64_t seed = 100; seed < 140; ++seed) {
    const outcome one = run(seed, "all", 12s);
    for (std::size_t kind = 0; kind < sim_fault_count; ++kind) fired[kind] += one.fired[kind];
  }
  for (std::size_t kind = 0; kind < sim_fault_count; ++kind) {
    const auto fault = static_cast<sim_fault>(kind);
    if (fault == sim_fault::packet_too_large) continue;  // plans do not change packet sizes
    CAPTURE(std::string(to_string(fault)));
    CHECK(fired[kind] > 0);
  }
}

TEST_CASE("no faults fire in a world without a plan, but odd cuts of reads") {
  const outcome calm = run(1, "none", 5s);
  for (std::size_t kind = 0; kind < sim_fault_count; ++kind)
    if (static_cast<sim_fault>(kind) != sim_fault::read_cut) CHECK(calm.fired[kind] == 0);
}

TEST_CASE("debug, release and sanitizer builds agree on a world") {
  // Found by running. It changes when the simulated platform, its random streams or this test
  // change, and for no other reason; then take the new value after comparing two builds.
  CHECK(run(7, "all", 10s).hash == 4334632995555224867u);
}

}  // namespace mw::sim
