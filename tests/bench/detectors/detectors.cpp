// detectors: the same heartbeats through every failure detector: how soon, and how often wrongly.
// SPDX-License-Identifier: Apache-2.0
#include "core/detector.h"
#include "world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw::bench {
namespace {

constexpr duration tick = 100ms;
constexpr std::size_t others = 3;  // peers that never crash, and observers that never stall

// One detector under test, watching the peer that crashes and the others.
class contestant {
 public:
  virtual ~contestant() = default;
  contestant(std::string name) : name_(std::move(name)) {}
  // False: it wants to be asked again once everything that has arrived is read.
  virtual bool judge(const std::vector<time_point>& heard, time_point now) = 0;
  // For those that listen to more than beats: which life of the peer it is, and what others think.
  virtual void prepare(std::uint64_t, time_point) {}
  virtual void opinion(std::size_t, bool) {}
  [[nodiscard]] virtual bool suspects() const = 0;

  void score(bool alive, time_point crashed, time_point now) {
    const bool is = suspects();
    if (alive && is && !was_) ++mistakes_;
    if (!alive && is && !found_) {
      found_ = true;
      times_.push_back(std::chrono::duration<double>(now - crashed).count());
    }
    if (alive) found_ = false;
    was_ = is;
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] double mistakes() const { return mistakes_; }
  [[nodiscard]] std::size_t crashes() const { return times_.size(); }
  [[nodiscard]] double percentile(double share) {
    if (times_.empty()) return -1;
    std::sort(times_.begin(), times_.end());
    return times_[static_cast<std::size_t>(share * static_cast<double>(times_.size() - 1))];
  }

 private:
  std::string name_;
  std::vector<double> times_;
  double mistakes_ = 0;
  bool was_ = false;
  bool found_ = false;
};

class by_core final : public contestant {
 public:
  by_core(std::string name, phi::detector_rules rules)
      : contestant(std::move(name)), core_(with_tick(rules)) {}
  bool judge(const std::vector<time_point>& heard, time_point now) override {
    static constexpr std::string_view ids[] = {"p0", "p1", "p2", "p3"};
    seen_.clear();
    for (std::size_t i = 0; i < heard.size(); ++i)
      seen_.push_back({.id = ids[i], .last_heard = heard[i], .life = i == 0 ? life_ : 0});
    return core_.tick(seen_, now);
  }
  void opinion(std::size_t by, bool against) override {
    static constexpr std::string_view names[] = {"o0", "o1", "o2"};
    (void)core_.observe({.peer = "p0",
                         .kind = against ? evidence_kind::suspected : evidence_kind::alive,
                         .by = names[by]},
                        now_);
  }
  void prepare(std::uint64_t life, time_point now) override {
    life_ = life;
    now_ = now;
  }
  [[nodiscard]] suspicion level() const {
    const auto health = core_.health_of("p0", {});
    return health ? health->level : suspicion::none;
  }
  [[nodiscard]] double doubt() const {
    const auto health = core_.health_of("p0", {});
    return health ? health->phi : 0;
  }
  [[nodiscard]] bool suspects() const override { return level() == suspicion::suspect; }

 private:
  static phi::detector_rules with_tick(phi::detector_rules rules) {
    rules.tick = tick;
    return rules;
  }
  phi::detector core_;
  std::vector<phi::sighting> seen_;
  std::uint64_t life_ = 0;  // of the peer that crashes
  time_point now_{};
};

class fixed final : public contestant {
 public:
  fixed(std::string name, duration limit) : contestant(std::move(name)), limit_(limit) {}
  bool judge(const std::vector<time_point>& heard, time_point now) override {
    suspects_ = now - heard[0] > limit_;
    return true;
  }
  [[nodiscard]] bool suspects() const override { return suspects_; }

 private:
  duration limit_;
  bool suspects_ = false;
};

// phi = silence / mean of the last thousand intervals, and a prior of 5 s with the weight of 5.
class chitchat final : public contestant {
 public:
  chitchat() : contestant("chitchat, 8") {}
  bool judge(const std::vector<time_point>& heard, time_point now) override {
    const double gap = std::chrono::duration<double>(heard[0] - last_).count();
    if (heard[0] > last_ && gap <= 10) {
      intervals_.push_back(gap);
      sum_ += gap;
      if (intervals_.size() > 1000) {
        sum_ -= intervals_.front();
        intervals_.pop_front();
      }
    }
    last_ = heard[0];
    const double mean = (sum_ + 25) / (static_cast<double>(intervals_.size()) + 5);
    suspects_ = std::chrono::duration<double>(now - last_).count() / mean > 8;
    return true;
  }
  [[nodiscard]] bool suspects() const override { return suspects_; }

 private:
  std::deque<double> intervals_;
  double sum_ = 0;
  time_point last_{};
  bool suspects_ = false;
};

phi::detector_rules ours() {
  return {};
}
phi::detector_rules theirs(phi::formula which, duration pause = 3s) {
  phi::detector_rules rules;
  rules.silence.which = which;
  rules.silence.pause = pause;
  rules.stall_aware = false;
  rules.corroborate = 0;
  return rules;
}

struct verdict {
  std::string scenario;
  std::vector<std::unique_ptr<contestant>> all;
  double hours = 0;
};

// Everything of one scenario.
class experiment {
 public:
  experiment(const scenario& of, std::uint64_t seed)
      : scenario_(of),
        dice_(seed),
        stalls_(dice_, of.observer_stalls ? duration(2min) : duration::zero(), draw_stall, {}) {
    for (std::size_t i = 0; i <= others; ++i) {
      senders_.push_back(std::make_unique<sender>(dice_, of.sender_pauses && i == 0,
                                                  time_point{123ms * static_cast<int>(i + 1)}));
      paths_.push_back(std::make_unique<path>(dice_, of));
    }
    for (std::size_t i = 0; i < others; ++i) {
      observer_paths_.push_back(std::make_unique<path>(dice_, of));
      observers_.push_back(std::make_unique<by_core>("observer", ours()));
    }
    heard_.resize(others + 1);
    observers_heard_.resize(others, time_point{});
    said_.resize(others);
  }

  verdict run(duration length) {
    verdict out{.scenario = scenario_.name, .all = field(), .hours = 0};
    plan_crash({});
    duration alive{};
    for (time_point now{1s}; now.since_start < length; now = now + tick) {
      const bool is_alive = now < crash_at_;
      if (is_alive) alive += tick;
      if (now >= crash_at_ + 60s) restart(now);
      move_world(now);
      ask_observers(now);
      const bool stalled = stalls_.covers(now);
      if (!stalled) ask(out, is_alive, now);
    }
    out.hours = std::chrono::duration<double>(alive).count() / 3600;
    return out;
  }

 private:
  static std::vector<std::unique_ptr<contestant>> field() {
    std::vector<std::unique_ptr<contestant>> all;
    const auto core = [&all](std::string name, const phi::detector_rules& rules) {
      all.push_back(std::make_unique<by_core>(std::move(name), rules));
    };
    core("meshwright", ours());
    phi::detector_rules alone = ours();
    alone.corroborate = 0;
    core("meshwright, alone", alone);
    core("akka, 8", theirs(phi::formula::akka));
    core("akka, 8, pause 1 s", theirs(phi::formula::akka, 1s));
    core("akka, 8, pause 0", theirs(phi::formula::akka, 0s));
    core("cassandra, 8", theirs(phi::formula::cassandra));
    all.push_back(std::make_unique<chitchat>());
    all.push_back(std::make_unique<fixed>("fixed 3 s", 3s));
    all.push_back(std::make_unique<fixed>("fixed 5 s", 5s));
    return all;
  }

  void plan_crash(time_point after) {
    crash_at_ = after + 200s + draw_exponential(dice_, 100s);
    senders_[0]->crash(crash_at_);
  }
  void restart(time_point now) {
    ++life_;
    senders_[0]->restart(now);
    plan_crash(now);
  }

  void move_world(time_point now) {
    for (std::size_t i = 0; i < senders_.size(); ++i)
      for (const time_point beat : senders_[i]->beats_until(now)) {
        paths_[i]->send(beat);
        if (i == 0)
          for (const auto& way : observer_paths_) way->send(beat);
      }
  }

  // What has arrived, stamped when it is read: in time, or all together after a stall.
  void read(time_point now, bool after_stall) {
    for (std::size_t i = 0; i < paths_.size(); ++i)
      for (const time_point at : paths_[i]->arrived_by(now)) heard_[i] = after_stall ? now : at;
  }

  void ask(verdict& out, bool alive, time_point now) {
    const bool after_stall = now - last_asked_ > 2 * tick;
    last_asked_ = now;
    if (!after_stall) read(now, false);  // timers before sockets, but only after a stall it shows
    std::vector<contestant*> again;
    for (const auto& one : out.all) {
      tell_opinions(*one, now);
      if (!one->judge(heard_, now)) again.push_back(one.get());
    }
    if (after_stall) read(now, true);
    for (contestant* one : again) (void)one->judge(heard_, now + 1ms);
    for (const auto& one : out.all) one->score(alive, crash_at_, now);
  }

  void ask_observers(time_point now) {
    for (std::size_t i = 0; i < others; ++i) {
      for (const time_point at : observer_paths_[i]->arrived_by(now)) observers_heard_[i] = at;
      observers_[i]->prepare(life_, now);
      (void)observers_[i]->judge({observers_heard_[i]}, now);
      said_[i].push_back(observers_[i]->doubt() >= 3);
      if (said_[i].size() > 3) said_[i].pop_front();  // news take 200 ms
    }
  }
  void tell_opinions(contestant& to, time_point now) {
    to.prepare(life_, now);
    for (std::size_t i = 0; i < others; ++i) to.opinion(i, said_[i].front());
  }

  const scenario scenario_;
  random_stream dice_;
  spells stalls_;
  std::vector<std::unique_ptr<sender>> senders_;
  std::vector<std::unique_ptr<path>> paths_;  // to us
  std::vector<std::unique_ptr<path>> observer_paths_;
  std::vector<std::unique_ptr<by_core>> observers_;
  std::vector<time_point> heard_;
  std::vector<time_point> observers_heard_;
  std::vector<std::deque<bool>> said_;
  std::uint64_t life_ = 1;
  time_point crash_at_{};
  time_point last_asked_{1s};
};

void print_json(const verdict& v, contestant& one) {
  const auto line = [&](const char* what, double value, const char* unit) {
    std::printf(
        "{\"bench\":\"detectors.%s: %s\",\"variant\":\"%s\",\"value\":%.4g,\"unit\":\"%s\"}\n",
        v.scenario.c_str(), what, one.name().c_str(), value, unit);
  };
  line("detection p50", one.percentile(0.5), "s");
  line("detection p99", one.percentile(0.99), "s");
  line("mistakes", one.mistakes() / v.hours, "per hour");
}

void print_text(const verdict& v) {
  std::printf("\n%s (%.0f h, %zu crashes)\n  %-22s %8s %8s %12s\n", v.scenario.c_str(), v.hours,
              v.all.front()->crashes(), "", "p50 s", "p99 s", "mistakes/h");
  for (const auto& one : v.all)
    std::printf("  %-22s %8.2f %8.2f %12.3f\n", one->name().c_str(), one->percentile(0.5),
                one->percentile(0.99), one->mistakes() / v.hours);
}

// Ours is as soon and as right as Akka's default. A tick is what all of them can tell apart.
bool dominates(const verdict& v) {
  contestant& ours = *v.all[0];
  contestant& akka = *v.all[2];
  const double slack = std::chrono::duration<double>(tick).count() / 2;
  return ours.percentile(0.5) <= akka.percentile(0.5) + slack &&
         ours.percentile(0.99) <= akka.percentile(0.99) + slack &&
         ours.mistakes() <= akka.mistakes() && ours.crashes() >= akka.crashes();
}

void run(bool json, bool smoke, std::uint64_t seed) {
  for (const scenario& of : scenarios()) {
    const verdict v = experiment(of, seed).run(smoke ? duration(20min) : duration(100h));
    if (json)
      for (const auto& one : v.all) print_json(v, *one);
    else
      print_text(v);
    const bool fine = dominates(v);
    if (!json) std::printf("  dominates akka, 8: %s\n", fine ? "yes" : "NO");
    if (json)
      std::printf(
          "{\"bench\":\"detectors.%s: dominates akka, 8\",\"variant\":\"meshwright\","
          "\"value\":%d,\"unit\":\"of 1\"}\n",
          v.scenario.c_str(), fine ? 1 : 0);
  }
}

}  // namespace
}  // namespace mw::bench

int main(int argc, char** argv) {
  bool json = false;
  bool smoke = false;
  std::uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json")
      json = true;
    else if (word == "--smoke")
      smoke = true;
    else if (word.starts_with("--seed="))
      seed = std::strtoull(argv[i] + 7, nullptr, 10);
    else
      return std::fprintf(stderr, "usage: bench_detectors [--json] [--smoke] [--seed=N]\n"), 2;
  }
  mw::bench::run(json, smoke, seed);
  return 0;
}
