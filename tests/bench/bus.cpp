// bus: what an event costs on one lane and between two, beside a call, a callback list and a queue.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "bus/bus_service.h"
#include "bus/event_bus.h"
#include "bus_peers.h"
#include "platform/uv_platform.h"

#include <algorithm>
#include <memory>
#include <thread>

namespace {

using mw::bench::sample_event;
namespace k = mw::kernel;

constexpr std::uint32_t queue_size = 1024;  // the default of the `bus:` section
constexpr std::uint64_t burst = 256;        // events in one turn

// A bus with one publisher on lane 0 and subscribers wherever a variant wants them.
class bus_world {
 public:
  explicit bus_world(std::size_t lanes) : platform_(lanes) {
    for (std::size_t i = 0; i < lanes; ++i)
      lanes_.push_back(std::make_unique<k::lane>(i, platform_.lane(i)));
    std::vector<k::lane*> borrowed;
    for (const auto& one : lanes_) borrowed.push_back(one.get());
    bus_ = std::make_unique<k::event_bus>(borrowed, std::vector<k::bus_rule>{},
                                          [](const mw::slow_subscriber&) {});
    declared_.publishes<sample_event>().subscribes<sample_event>();
    publisher_ = bus_->service_for({"publisher", 0, declared_, ledger_});
  }

  mw::publisher<sample_event> open() { return mw::bus(*publisher_).open<sample_event>(); }

  template <class Handler>
  mw::subscription& subscribe(std::size_t lane, Handler handler) {
    const std::string name = "subscriber" + std::to_string(services_.size());
    services_.push_back(bus_->service_for({name, lane, declared_, ledger_}));
    subscriptions_.push_back(mw::bus(*services_.back()).on<sample_event>(std::move(handler)));
    return subscriptions_.back();
  }

  k::event_bus& bus() { return *bus_; }
  k::lane& lane(std::size_t index) { return *lanes_[index]; }
  k::uv_platform& platform() { return platform_; }

 private:
  k::uv_platform platform_;
  std::vector<std::unique_ptr<k::lane>> lanes_;
  std::unique_ptr<k::event_bus> bus_;
  mw::manifest declared_;
  k::resource_ledger ledger_;
  std::unique_ptr<k::bus_service_for_client> publisher_;
  std::vector<std::unique_ptr<k::bus_service_for_client>> services_;
  std::vector<mw::subscription> subscriptions_;  // first to go
};

// Publishes in bursts and delivers each, as a turn does.
void publish_and_deliver(bus_world& world, const mw::publisher<sample_event>& out,
                         std::uint64_t items) {
  sample_event event;
  for (std::uint64_t done = 0; done < items; done += burst) {
    for (std::uint64_t i = 0; i < burst; ++i) {
      event.a = i;
      out.publish(event);
    }
    while (world.bus().drain(0) != 0) {
    }
  }
}

// Only the publisher's part: what a plug-in pays in its own handler.
double publish_cost(bus_world& world, const mw::publisher<sample_event>& out, std::uint64_t items) {
  using clock = std::chrono::steady_clock;
  std::chrono::duration<double, std::nano> spent{};
  sample_event event;
  for (std::uint64_t done = 0; done < items; done += burst) {
    const auto start = clock::now();
    for (event.a = 0; event.a < burst; ++event.a) out.publish(event);
    spent += clock::now() - start;
    while (world.bus().drain(0) != 0) {
    }
  }
  return spent.count() / static_cast<double>((items + burst - 1) / burst * burst);
}

// A world with `healthy` counting subscribers on lane 0, and perhaps one that never reads.
std::function<void(std::uint64_t)> same_lane(int healthy, bool stuck) {
  auto world = std::make_shared<bus_world>(1);
  auto sum = std::make_shared<std::uint64_t>(0);
  for (int i = 0; i < healthy; ++i)
    world->subscribe(0, [sum](const sample_event& event) { *sum += event.a; });
  if (stuck) world->subscribe(0, [](const sample_event&) {})->pause();
  auto out = std::make_shared<mw::publisher<sample_event>>(world->open());
  return [world, out, sum](std::uint64_t items) {
    publish_and_deliver(*world, *out, items);
    mw::bench::keep(*sum);
  };
}

// A round of the publisher's part alone.
std::function<double(std::uint64_t)> publish_only(int subscribers) {
  auto world = std::make_shared<bus_world>(1);
  for (int i = 0; i < subscribers; ++i)
    world->subscribe(0, [](const sample_event& event) { mw::bench::keep(event); });
  auto out = std::make_shared<mw::publisher<sample_event>>(world->open());
  return [world, out](std::uint64_t items) { return publish_cost(*world, *out, items); };
}

// The floor: each listener is called at once.
std::function<void(std::uint64_t)> virtual_calls(int listeners) {
  auto all = std::make_shared<std::vector<mw::bench::counting_listener>>(listeners);
  return [all](std::uint64_t items) {
    sample_event event;
    for (event.a = 0; event.a < items; ++event.a)
      for (mw::bench::counting_listener& one : *all) {
        mw::bench::listener* to = &one;
        mw::bench::keep(to);  // the compiler must not see which class it is
        to->hear(event);
      }
  };
}

std::function<void(std::uint64_t)> function_calls(int listeners) {
  auto heard = std::make_shared<mw::bench::counting_listener>();
  auto list = std::make_shared<mw::bench::function_list>();
  for (int i = 0; i < listeners; ++i)
    list->on([heard](const sample_event& event) { heard->sum += event.a; });
  return [list](std::uint64_t items) {
    sample_event event;
    for (event.a = 0; event.a < items; ++event.a) {
      list->publish(event);
      mw::bench::keep(list);
    }
  };
}

// One queue with a lock for each listener, filled and emptied in turns.
std::function<void(std::uint64_t)> locked_queues(int listeners) {
  auto heard = std::make_shared<mw::bench::counting_listener>();
  auto queues = std::make_shared<std::vector<std::unique_ptr<mw::bench::mutex_queue>>>();
  for (int i = 0; i < listeners; ++i)
    queues->push_back(std::make_unique<mw::bench::mutex_queue>(queue_size));
  return [queues, heard](std::uint64_t items) {
    std::vector<sample_event> taken;
    sample_event event;
    for (std::uint64_t done = 0; done < items; done += burst) {
      for (event.a = 0; event.a < burst; ++event.a)
        for (const auto& queue : *queues) queue->put(event);
      for (const auto& queue : *queues) {
        queue->take_all(taken);
        for (const sample_event& one : taken) heard->hear(one);
      }
    }
  };
}

// Nanoseconds for each published event, whatever the number of subscribers.
mw::bench::table same_lane_table(int subscribers) {
  const std::string number = std::to_string(subscribers);
  mw::bench::table t("bus same lane, subscribers: " + number, "ns",
                     {"virtual_call", "function_list", "mutex_queue"});
  t.add("meshwright", same_lane(subscribers, false));
  t.add_value("meshwright_publish", publish_only(subscribers));
  t.add("virtual_call", virtual_calls(subscribers));
  t.add("function_list", function_calls(subscribers));
  t.add("mutex_queue", locked_queues(subscribers));
  return t;
}

// What one subscriber that stops reading does to the others: its queue is full all the time, and
// each event drops the oldest one in it.
mw::bench::table stuck_table() {
  mw::bench::table t("bus same lane, eight subscribers", "ns", {"all_read"});
  t.add("all_read", same_lane(8, false));
  t.add("one_stuck", same_lane(7, true));
  return t;
}

mw::bench::table allocation_table() {
  mw::bench::table t("bus allocations", "per million events", {});
  for (const bool stuck : {false, true}) {
    const auto round = same_lane(7, stuck);
    t.add_value(stuck ? "one_stuck" : "all_read", [round](std::uint64_t items) {
      const std::uint64_t before = mw::bench::allocation_count();
      round(items);
      return static_cast<double>(mw::bench::allocation_count() - before) * 1e6 /
             static_cast<double>(items);
    });
  }
  return t;
}

// Millions of events a second from lane 0 to lane 1, both on their loops. The subscriber tells the
// publisher after each burst how far it is, so that no event is dropped and nobody spins.
double cross_lane_rate(std::uint64_t items) {
  bus_world world(2);
  std::uint64_t heard = 0;  // of lane 1
  std::uint64_t sent = 0;   // of lane 0
  const mw::publisher<sample_event> out = world.open();
  const auto publish_until = [&](std::uint64_t limit) {
    const sample_event event;
    for (; sent < std::min(limit, items); ++sent) out.publish(event);
  };
  world.subscribe(1, [&](const sample_event&) {
    if (++heard == items) return world.platform().stop();
    if (heard % burst == 0)
      world.lane(0).post([&publish_until, done = heard] { publish_until(done + queue_size); });
  });
  world.lane(0).post([&] { publish_until(queue_size); });
  const auto start = std::chrono::steady_clock::now();
  world.platform().run();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  return static_cast<double>(items) / took.count();
}

double mutex_queue_rate(std::uint64_t items) {
  mw::bench::mutex_queue queue(queue_size);
  const auto start = std::chrono::steady_clock::now();
  std::thread consumer([&] {
    std::vector<sample_event> taken;
    for (std::uint64_t heard = 0; heard < items; heard += taken.size()) queue.take_all(taken);
  });
  const sample_event event;
  for (std::uint64_t i = 0; i < items; ++i) queue.put(event);
  consumer.join();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  return static_cast<double>(items) / took.count();
}

mw::bench::table cross_lane_table() {
  mw::bench::table t("bus between two lanes", "M/s", {"mutex_queue"});
  t.add_value("meshwright", cross_lane_rate);
  t.add_value("mutex_queue", mutex_queue_rate);
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_tables(argc, argv,
                               {same_lane_table(1), same_lane_table(8), stuck_table(),
                                allocation_table(), cross_lane_table()},
                               1'000'000);
}
