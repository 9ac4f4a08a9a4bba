// balancer_conformance: the promises of balancer/1, checked with picks and outcomes.
// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <mw/balancer_conformance.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace mw::conformance {
namespace {

constexpr std::array<candidate_key, 4> all_keys{11, 22, 33, 44};

std::vector<candidate> candidates(std::span<const candidate_key> keys) {
  std::vector<candidate> list;
  for (const candidate_key key : keys) list.push_back({.key = key, .zone = "a"});
  return list;
}

// A picker and a clock that the tests move; everything happens in one turn of the node.
class bench {
 public:
  bench(balancer& subject, std::span<const candidate_key> keys) : picker_(subject.open("orders")) {
    REQUIRE_MESSAGE(picker_ != nullptr, "open() gave null");
    picker_->assign(candidates(keys));
  }

  // One request, answered well after 1 ms. `hash` differs each time unless given.
  std::optional<candidate_key> request(std::span<const candidate_key> avoid = {},
                                       std::uint64_t hash = 0) {
    const std::uint64_t spread = ++requests_ * 0x9e3779b97f4a7c15;
    const auto key =
        picker_->pick({.now = now_, .hash = hash != 0 ? hash : spread, .avoid = avoid});
    now_ = now_ + 1ms;
    if (key) picker_->finished({.key = *key, .end = call_end::ok, .took = 1ms, .now = now_});
    return key;
  }

  // How often each key was picked in `rounds` requests; requests without a pick count under zero.
  std::map<candidate_key, int> tally(int rounds, std::span<const candidate_key> avoid = {}) {
    std::map<candidate_key, int> counts;
    for (int i = 0; i < rounds; ++i) ++counts[request(avoid).value_or(0)];
    return counts;
  }

  picker& operator*() { return *picker_; }
  picker* operator->() { return picker_.get(); }

 private:
  std::unique_ptr<picker> picker_;
  time_point now_{1s};
  std::uint64_t requests_ = 0;
};

// Runs `check` with the balancer under test, in a turn.
void with_balancer(const test_setup& setup, const function<void(balancer&)>& check) {
  test_node node(setup);
  balancer& subject = subject_of<balancer>(node);
  bool ran = false;
  node.in_turn([&] {
    check(subject);
    ran = true;
  });
  CHECK(ran);
  CHECK_MESSAGE(node.stop(), node.failed());
}

}  // namespace

void balancer_picks_only_what_is_listed(const test_setup& setup) {
  with_balancer(setup, [](balancer& subject) {
    CHECK_MESSAGE(!subject.open("new")->pick({}).has_value(), "a pick before assign()");
    bench none(subject, {});
    CHECK(!none.request().has_value());
    const std::array<candidate_key, 1> one{7};
    CHECK(bench(subject, one).tally(50)[7] == 50);
    bench several(subject, all_keys);
    for (const auto& [key, times] : several.tally(200))
      CHECK_MESSAGE(std::count(all_keys.begin(), all_keys.end(), key) == 1, "picked ", key);
  });
}

void balancer_reaches_every_candidate(const test_setup& setup) {
  with_balancer(setup, [](balancer& subject) {
    auto counts = bench(subject, all_keys).tally(1000);
    for (const candidate_key key : all_keys)
      CHECK_MESSAGE(counts[key] > 0, "never in 1,000 equal requests: ", key);
  });
}

void balancer_avoids(const test_setup& setup) {
  with_balancer(setup, [](balancer& subject) {
    bench table(subject, all_keys);
    const std::array<candidate_key, 3> most{11, 33, 44};
    CHECK(table.tally(100, most)[22] == 100);
    CHECK_MESSAGE(!table.request(all_keys).has_value(), "a pick although all are to be avoided");
    const std::array<candidate_key, 2> strangers{98, 99};
    CHECK(table.tally(100, strangers)[0] == 0);
  });
}

void balancer_forgets_who_left(const test_setup& setup) {
  with_balancer(setup, [](balancer& subject) {
    bench table(subject, all_keys);
    CHECK(table.tally(100)[0] == 0);
    table->assign(candidates(std::span(all_keys).first(2)));
    auto counts = table.tally(200);
    CHECK(counts[0] + counts[33] + counts[44] == 0);
    table->finished({.key = 44, .end = call_end::timed_out, .took = 1s, .now = {10s}});
    CHECK(table.tally(100)[44] == 0);
    table->assign({});
    CHECK(!table.request().has_value());
  });
}

void balancer_keeps_services_apart(const test_setup& setup) {
  with_balancer(setup, [](balancer& subject) {
    bench first(subject, std::span(all_keys).first(2));
    {
      bench second(subject, std::span(all_keys).last(2));
      auto counts = second.tally(100);
      CHECK(counts[0] + counts[11] + counts[22] == 0);
    }
    auto counts = first.tally(100);
    CHECK(counts[11] + counts[22] == 100);
  });
}

void balancer_survives_odd_outcomes(const test_setup& setup) {
  with_balancer(setup, [](balancer& subject) {
    bench table(subject, all_keys);
    for (const duration took : {duration::zero(), -1ns, std::numeric_limits<duration>::max()})
      for (const call_end end : {call_end::ok, call_end::server_error, call_end::overloaded,
                                 call_end::timed_out, call_end::disconnected, call_end::cancelled})
        if (const auto key = table->pick({.now = {2s}}))
          table->finished({.key = *key, .end = end, .took = took, .now = {1s}});
    CHECK_MESSAGE(table.tally(100)[0] == 0, "no pick any more");
  });
}

void balancer_keeps_its_capabilities(const test_setup& setup) {
  const auto has = [&](std::string_view name) {
    return announced(setup, balancer::contract, name).has_value();
  };
  with_balancer(setup, [weighted = has("weighted"), sticky = has("affinity")](balancer& subject) {
    bench table(subject, all_keys);
    if (sticky) {
      std::set<candidate_key> seen;
      for (int i = 0; i < 50; ++i) seen.insert(table.request({}, 4711).value_or(0));
      CHECK_MESSAGE(seen.size() == 1, "affinity: one hash went to several");
    }
    if (!weighted) return;
    std::vector<candidate> list = candidates(std::span(all_keys).first(2));
    list.front().weight = 3;
    table->assign(list);
    auto counts = table.tally(2000);
    CHECK_MESSAGE(counts[11] > 2 * counts[22], "weighted: 3 to 1 gave ", counts[11], " to ",
                  counts[22]);
  });
}

void balancer_explains_the_list(const test_setup& setup) {
  with_balancer(setup, [](balancer& subject) {
    bench table(subject, all_keys);
    CHECK(table.tally(20)[0] == 0);
    std::set<candidate_key> explained;
    for (const candidate_view& view : table->explain()) {
      CHECK_MESSAGE(!view.reason.empty(), "no reason for ", view.key);
      explained.insert(view.key);
    }
    CHECK(explained == std::set<candidate_key>(all_keys.begin(), all_keys.end()));
  });
}

}  // namespace mw::conformance
