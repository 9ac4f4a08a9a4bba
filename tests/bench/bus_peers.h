// bus_peers: other ways to hand a 64-byte event to a handler, for comparison with the bus.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <vector>

namespace mw::bench {

// The event of all variants: 64 bytes, as a link's counters would be.
struct sample_event {
  static constexpr std::string_view topic = "bench.sample/1";
  static constexpr std::string_view doc = "Eight numbers.";
  std::uint64_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  static constexpr auto fields() {
    return field_list(
        field<&sample_event::a>("a", "A number."), field<&sample_event::b>("b", "A number."),
        field<&sample_event::c>("c", "A number."), field<&sample_event::d>("d", "A number."),
        field<&sample_event::e>("e", "A number."), field<&sample_event::f>("f", "A number."),
        field<&sample_event::g>("g", "A number."), field<&sample_event::h>("h", "A number."));
  }
};
static_assert(sizeof(sample_event) == 64);

// The floor: nothing is queued, nobody can unsubscribe, the handler runs inside the publisher.
class listener {
 public:
  virtual ~listener() = default;
  virtual void hear(const sample_event& event) = 0;
};
class counting_listener final : public listener {
 public:
  // Out of line, or the compiler guesses the class and inlines it behind a check.
  [[gnu::noinline]] void hear(const sample_event& event) override { sum += event.a; }
  std::uint64_t sum = 0;
};

// What many programs write first: a list of callbacks, called at once.
class function_list {
 public:
  void on(std::function<void(const sample_event&)> handler) {
    handlers_.push_back(std::move(handler));
  }
  void publish(const sample_event& event) const {
    for (const auto& handler : handlers_) handler(event);
  }

 private:
  std::vector<std::function<void(const sample_event&)>> handlers_;
};

// Between threads: one lock for each event put in, one for each batch taken out. Bounded.
class mutex_queue {
 public:
  explicit mutex_queue(std::size_t bound) : bound_(bound) {}

  void put(const sample_event& event) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return events_.size() < bound_; });
    events_.push_back(event);
    if (events_.size() == 1) filled_.notify_one();
  }
  // Waits for at least one event and swaps all of them out.
  void take_all(std::vector<sample_event>& into) {
    into.clear();
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !events_.empty(); });
    into.swap(events_);
    room_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable filled_;
  std::vector<sample_event> events_;
  std::size_t bound_;
};

}  // namespace mw::bench
