// main: three nodes in one process, and every way in which one can talk to the others.
// SPDX-License-Identifier: Apache-2.0
#include "weather.h"

#include <mw/node.h>
#include <mw/rpc.h>

#include <poll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using weather::gale_warning;
using weather::reading;
using weather::reading_query;

constexpr std::array<std::string_view, 3> names{"berlin", "lisbon", "tromso"};

std::string yaml_of(std::size_t self, const std::string& folder) {
  std::string text = "node: { id: " + std::string(names[self]);
  text += ", cluster: weather, log: { level: warn } }\nplugins:\n";
  const auto socket = [&](std::string_view name) {
    return "\"unix:" + folder + "/" + std::string(name) + ".sock\"";
  };
  text += "  link: { use: transport.unix, listen: " + socket(names[self]) + " }\n";
  text += "  peers: { use: discovery.static, peers: [";
  for (const std::string_view name : names) text += socket(name) + ", ";
  text += "] }\n";
  return text +
         "  codec: { use: transport.msgpack }\n  pool: { use: transport.pool }\n"
         "  balance: { use: loadbalance.round_robin }\n  routing: { use: routing }\n";
}

// One node and what it offers.
class station {
 public:
  static std::unique_ptr<station> make(std::size_t index, const std::string& folder,
                                       const mw::node_setup& setup) {
    auto node = mw::node::from_text(yaml_of(index, folder), setup);
    if (!node) {
      std::fprintf(stderr, "%s", node.error().text().c_str());
      return nullptr;
    }
    auto made = std::make_unique<station>(index, std::move(*node));
    const mw::status started = made->node_->start();
    if (!started) {
      std::fprintf(stderr, "%s\n", started.error().text().c_str());
      return nullptr;
    }
    made->run([&](mw::router& router, mw::services& services) { made->offer(router, services); });
    return made;
  }

  station(std::size_t index, std::unique_ptr<mw::node> node)
      : degrees_(5.0 * static_cast<double>(index)), index_(index), node_(std::move(node)) {}
  ~station() {
    run([this](mw::router&, mw::services&) { offers_.clear(); });
  }

  // Runs on the node's thread and waits for it.
  template <class Task>
  void run(Task task) {
    std::atomic<bool> done = false;
    const bool taken = node_->post([&] {
      task(*node_->contract<mw::router>("routing"), *node_->contract<mw::services>("routing"));
      done = true;
      done.notify_one();
    });
    if (taken) done.wait(false);
  }

  [[nodiscard]] int warnings() const { return warnings_; }

 private:
  void offer(mw::router& router, mw::services& services) {
    keep(mw::serve<reading_query, reading>(
        router, services, weather::reading_service,
        [this](const reading_query&, const mw::incoming&, mw::responder<reading> answer) {
          answer.reply({std::string(names[index_]), degrees_});
        }));
    keep(mw::serve<gale_warning, reading>(
        router, services, weather::warning_service,
        [this](const gale_warning&, const mw::incoming&, mw::responder<reading>) { ++warnings_; }));
    if (index_ != 0) keep(services.join("coast"));
  }
  void keep(mw::result<mw::registration_ptr> offer) {
    if (offer) return offers_.push_back(std::move(*offer));
    std::fprintf(stderr, "%s\n", offer.error().text().c_str());
    std::exit(1);
  }

  double degrees_;
  std::size_t index_;
  std::atomic<int> warnings_ = 0;
  std::unique_ptr<mw::node> node_;
  std::vector<mw::registration_ptr> offers_;  // belongs to the node's thread
};

struct gathered {
  std::vector<reading> readings;
  mw::tally counts;
  std::string error;
};

// Asks the stations that `where` names and waits for the last answer.
gathered ask(station& from, mw::route where) {
  gathered got;
  std::atomic<bool> done = false;
  const auto finish = [&](std::string error) {
    got.error = std::move(error);
    done = true;
    done.notify_one();
  };
  from.run([&](mw::router& router, mw::services&) {
    const auto service = router.open(weather::reading_service);
    if (!service) return finish(service.error().text());
    where.service = *service;
    const mw::router_tools with = router.tools();
    if (const auto put = mw::encode(with.codec, reading_query{}, with.out); !put)
      return finish(put.error().text());
    const auto call =
        router.call(where, with.out, [&got, &finish, codec = &with.codec](const mw::answer& a) {
          reading one;
          if (a.what == mw::answer::kind::reply && mw::decode(*codec, a.body, one))
            got.readings.push_back(std::move(one));
          if (a.last) got.counts = a.counts, finish(a.error != nullptr ? a.error->text() : "");
        });
    if (!call) finish(call.error().text());
  });
  done.wait(false);
  return got;
}

// Warns those that `where` names; true once it is acknowledged or, without a guarantee, sent.
bool warn(station& from, mw::route where) {
  bool good = false;
  std::atomic<bool> done = false;
  const auto finish = [&](const mw::status& settled) {
    good = settled.ok();
    if (!good) std::fprintf(stderr, "%s\n", settled.error().text().c_str());
    done = true;
    done.notify_one();
  };
  from.run([&](mw::router& router, mw::services&) {
    const auto service = router.open(weather::warning_service);
    if (!service) return finish(service.error());
    where.service = *service;
    const auto sent = mw::send(router, where, gale_warning{9}, finish);
    if (!sent) finish(sent.error());
  });
  done.wait(false);
  return good;
}

void print(const char* pattern, const gathered& got) {
  std::string text;
  double sum = 0;
  for (const reading& one : got.readings) {
    text += " " + one.station;
    sum += one.degrees;
  }
  std::printf("%s:%s, %u of %u answered, sum %.0f degrees%s%s\n", pattern, text.c_str(),
              got.counts.replied, got.counts.asked, sum, got.error.empty() ? "" : ", ",
              got.error.c_str());
}

// An application may wait on its own thread; the nodes go on meanwhile.
void rest() {
  (void)poll(nullptr, 0, 10);
}

// Until all three know of each other's offers.
bool all_met(std::vector<std::unique_ptr<station>>& stations) {
  for (int look = 0; look < 1000; ++look) {
    std::size_t met = 0;
    for (const auto& one : stations)
      one->run([&](mw::router&, mw::services& services) {
        std::size_t offering = 0;
        for (const mw::member& m : services.members()) offering += m.services.size() == 2 ? 1 : 0;
        met += offering == names.size() ? 1 : 0;
      });
    if (met == stations.size()) return true;
    rest();
  }
  return false;
}

template <class Holds>
bool soon(Holds holds) {
  for (int look = 0; look < 1000 && !holds(); ++look) rest();
  return holds();
}

int show(std::vector<std::unique_ptr<station>>& stations) {
  station& berlin = *stations.front();
  print("direct", ask(berlin, {.service = {}, .to = mw::send_to::node, .name = "tromso"}));
  print("balanced", ask(berlin, {.service = {}, .to = mw::send_to::one}));
  print("scatter and gather", ask(berlin, {.service = {}, .to = mw::send_to::all}));
  print("multicast", ask(berlin, {.service = {}, .to = mw::send_to::group, .name = "coast"}));
  print("quorum", ask(berlin, {.service = {}, .to = mw::send_to::all, .quorum = 2}));
  print("fan-out", ask(berlin, {.service = {}, .to = mw::send_to::all, .fan_out = 2}));

  if (!warn(berlin, {.service = {}, .to = mw::send_to::all})) return 1;
  if (!soon([&] { return stations[1]->warnings() == 1 && stations[2]->warnings() == 1; })) return 1;
  std::printf("broadcast: everybody was warned\n");
  if (!warn(berlin, {.service = {},
                     .to = mw::send_to::node,
                     .name = "lisbon",
                     .guarantee = mw::guarantee::exactly_once}))
    return 1;
  if (!soon([&] { return stations[1]->warnings() == 2; })) return 1;
  std::printf("exactly once: lisbon acknowledged, %d warnings in all\n", stations[1]->warnings());
  return 0;
}

int play(const std::string& folder, const mw::node_setup& setup) {
  std::vector<std::unique_ptr<station>> stations;
  for (std::size_t i = 0; i < names.size(); ++i) {
    stations.push_back(station::make(i, folder, setup));
    if (stations.back() == nullptr) return 1;
  }
  if (!all_met(stations)) {
    std::fprintf(stderr, "the stations have not met after 10 seconds\n");
    return 1;
  }
  return show(stations);
}

}  // namespace

// patterns [PLUGIN_DIR...]
int main(int argc, char** argv) {
  mw::node_setup setup;
  for (int i = 1; i < argc; ++i) setup.plugin_path.emplace_back(argv[i]);
  std::string folder = "/tmp/meshwright-patterns-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return std::perror("mkdtemp"), 1;
  const int code = play(folder, setup);
  for (const std::string_view name : names)
    std::remove((folder + "/" + std::string(name) + ".sock").c_str());
  std::remove(folder.c_str());
  return code;
}
