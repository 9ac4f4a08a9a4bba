// sim: how many events a second the simulated platform executes for light programs.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "platform/platform.h"

#include <mw/sim.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace {

using mw::bytes_view;

const std::string text(64, 'x');

// A lane that runs a function once, in its first turn.
class first_turn final : public mw::kernel::lane_hooks {
 public:
  first_turn(mw::kernel::lane_platform& lane, mw::function<void()> begin)
      : begin_(std::move(begin)) {
    lane.attach(*this);
  }
  void turn() override {
    if (const auto begin = std::exchange(begin_, nullptr)) begin();
  }
  [[nodiscard]] std::optional<mw::time_point> next_deadline() const override { return {}; }

 private:
  mw::function<void()> begin_;
};

// Two nodes that throw packets back and forth.
class packet_player final : public mw::sim_program {
 public:
  packet_player(mw::kernel::platform& on, bool serves)
      : services_(on.lane(0).services_for({"node", "bench", "data", ledger_})),
        socket_(services_->datagrams()
                    .open({"0.0.0.0", 7, false}, {},
                          [this](const mw::datagram& packet) {
                            (void)socket_->send(packet.from, packet.bytes);
                          })
                    .value()),
        hooks_(on.lane(0), [this, serves] { begin(serves); }) {}

 private:
  void begin(bool serves) {
    for (int i = 0; serves && i < 4; ++i)
      (void)socket_->send({"10.0.0.1", 7, false}, mw::as_bytes(text));
  }

  mw::kernel::resource_ledger ledger_;
  std::unique_ptr<mw::kernel::plugin_services> services_;
  mw::datagram_ptr socket_;
  first_turn hooks_;
};

// The same over a stream.
class stream_player final : public mw::sim_program, mw::stream_events {
 public:
  stream_player(mw::kernel::platform& on, bool serves)
      : services_(on.lane(0).services_for({"node", "bench", "data", ledger_})),
        hooks_(on.lane(0), [this, serves] {
          if (serves) dial();
        }) {
    if (!serves) listen();
  }

 private:
  void listen() {
    listener_ = services_->streams()
                    .listen({"0.0.0.0", 7, false}, {}, [this](mw::stream_ptr one) { play(one); })
                    .value();
  }
  void dial() {
    using std::chrono_literals::operator""s;
    dial_ = services_->streams().dial({"10.0.0.1", 7, false}, {}, 5s,
                                      [this](mw::result<mw::stream_ptr> one) {
                                        play(one.value());
                                        (void)stream_->write(mw::as_bytes(text));
                                      });
  }
  void play(mw::stream_ptr& with) {
    stream_ = std::move(with);
    stream_->start(*this);
  }
  void on_data(bytes_view bytes) override { (void)stream_->write(bytes); }
  void on_writable() override {}
  void on_end() override {}
  void on_closed(const mw::failure&) override {}

  mw::kernel::resource_ledger ledger_;
  std::unique_ptr<mw::kernel::plugin_services> services_;
  mw::listener_ptr listener_;
  mw::dial_ptr dial_;
  mw::stream_ptr stream_;
  first_turn hooks_;
};

// Millions of events a second while two nodes run `Player` until `items` events have happened.
template <class Player>
double events_per_second(std::uint64_t items) {
  mw::sim_world world(1);
  for (const bool serves : {false, true}) {
    world.add_node(serves ? "b" : "a", serves ? "10.0.0.2" : "10.0.0.1")
        .boot([serves](mw::kernel::platform& on) { return std::make_unique<Player>(on, serves); });
  }
  const auto begin = std::chrono::steady_clock::now();
  (void)world.run_until([&world, items] { return world.events() >= items; },
                        std::chrono::hours(24));
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(world.events()) / took.count();
}

}  // namespace

int main(int argc, char** argv) {
  mw::bench::table events("sim events", "M/s", {});
  events.add_value("packets", events_per_second<packet_player>);
  events.add_value("streams", events_per_second<stream_player>);
  return mw::bench::run_tables(argc, argv, {std::move(events)}, 1'000'000);
}
