// fixture: how conformance cases drive a platform, and the plug-in they pretend to be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/platform.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mw::kernel::conformance {

// The kernel's side of lane 0, reduced to alarms and a look at each turn.
class test_hooks final : public lane_hooks {
 public:
  explicit test_hooks(lane_platform& lane) : lane_(lane) { lane.attach(*this); }

  void turn() override {
    ++turns;
    while (std::optional<std::size_t> due = next_due()) {
      auto ring = std::move(alarms_[*due].second);
      alarms_.erase(alarms_.begin() + static_cast<std::ptrdiff_t>(*due));
      ring();
    }
    if (each_turn) each_turn();
  }
  [[nodiscard]] std::optional<time_point> next_deadline() const override {
    std::optional<time_point> next = limit;
    for (const auto& [when, ring] : alarms_)
      if (!next || when < *next) next = when;
    return next;
  }
  void alarm(time_point when, std::function<void()> ring) {
    alarms_.emplace_back(when, std::move(ring));
  }

  std::function<void()> each_turn;
  std::optional<time_point> limit;  // a turn happens then, so that a fixture can give up
  std::uint64_t turns = 0;

 private:
  [[nodiscard]] std::optional<std::size_t> next_due() const {
    for (std::size_t i = 0; i < alarms_.size(); ++i)
      if (alarms_[i].first <= lane_.now()) return i;
    return std::nullopt;
  }
  lane_platform& lane_;
  std::vector<std::pair<time_point, std::function<void()>>> alarms_;
};

// Implemented by each platform's test. Lane 0 has `hooks()` attached.
class platform_fixture {
 public:
  virtual ~platform_fixture() = default;
  [[nodiscard]] virtual platform& world() = 0;
  [[nodiscard]] virtual test_hooks& hooks() = 0;
  // Runs turns until `done` holds, which is asked after each turn. False when it does not hold
  // after ten seconds of the platform's own time.
  [[nodiscard]] virtual bool run_until(const std::function<bool()>& done) = 0;
  // Where to listen: an address of this node, port 0.
  [[nodiscard]] virtual endpoint any_port() = 0;
  // An endpoint that neither accepts nor refuses; nothing when this machine has no means to make
  // one.
  [[nodiscard]] virtual std::optional<endpoint> silent_endpoint() = 0;
  // A name that resolves to an address on which any_port() can be reached.
  [[nodiscard]] virtual std::string known_name() { return "localhost"; }
  // A command that does what `what` says: "say" (prints hello, exits 3), "work" (prints done after
  // 50 ms), "hang" (until SIGTERM), "ignore" (hangs and ignores it), "flood" (writes 3 MB), "crash"
  // (ends by signal 6).
  [[nodiscard]] virtual std::vector<std::string> command_that(const std::string& what) = 0;
  // A directory for one plug-in; empty or not there yet.
  [[nodiscard]] virtual std::string data_dir() = 0;
};

// One plug-in with its services and its ledger. When it ends nothing may be left counted.
class test_plugin {
 public:
  explicit test_plugin(platform_fixture& fixture)
      : services(fixture.world().lane(0).services_for(
            {"node", "conformance", fixture.data_dir(), ledger})) {}
  ~test_plugin() {
    services.reset();
    CHECK(ledger.streams == 0);
    CHECK(ledger.listeners == 0);
    CHECK(ledger.dials == 0);
    CHECK(ledger.sockets == 0);
    CHECK(ledger.files == 0);
    CHECK(ledger.works == 0);
    CHECK(ledger.names == 0);
    CHECK(ledger.processes == 0);
  }

  resource_ledger ledger;
  std::unique_ptr<plugin_services> services;
};

// Runs `count` more turns, whatever happens in them.
inline bool run_turns(platform_fixture& fixture, std::uint64_t count) {
  const std::uint64_t end = fixture.hooks().turns + count;
  return fixture.run_until([&fixture, end] {
    if (fixture.hooks().turns < end) fixture.world().lane(0).wake();
    return fixture.hooks().turns >= end;
  });
}

// Lets `time` of the platform pass.
inline bool let_pass(platform_fixture& fixture, duration time) {
  bool over = false;
  fixture.hooks().alarm(fixture.world().lane(0).precise_now() + time, [&over] { over = true; });
  return fixture.run_until([&over] { return over; });
}

// Bytes in which every cut, loss or swap shows.
inline std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  std::uint32_t state = 1;
  for (char& c : out) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return out;
}

struct conformance_case {
  const char* name;
  void (*run)(platform_fixture&);
};

}  // namespace mw::kernel::conformance
