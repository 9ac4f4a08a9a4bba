// failure_detector_conformance: the promises of failure_detector/1, through contract and bus.
// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <mw/events.h>
#include <mw/failure_detector_conformance.h>

#include <cmath>

namespace mw::conformance {
namespace {

// The first peer that is watched; the test ends here when there is none.
std::string watched(test_node& node) {
  failure_detector& subject = subject_of<failure_detector>(node);
  std::string id;
  const bool some = node.run_until([&] {
    const auto all = subject.all();
    if (!all.empty()) id = all.front().id;
    return !id.empty();
  });
  REQUIRE_MESSAGE(some, "the setup gives the detector nobody to watch");
  return id;
}

std::size_t suspicions_of(const test_node& node, const std::string& id) {
  std::size_t count = 0;
  for (const peer_suspect& one : node.received<peer_suspect>()) count += one.id == id ? 1 : 0;
  return count;
}

}  // namespace

void detector_shows_the_same_everywhere(const test_setup& setup) {
  test_node node(setup);
  (void)watched(node);
  failure_detector& subject = subject_of<failure_detector>(node);
  node.in_turn([&] {
    std::string before;
    for (const peer_health& one : subject.all()) {
      CHECK_MESSAGE(before < one.id, "sorted by id, each once");
      before = one.id;
      CHECK(std::isfinite(one.phi));
      CHECK(one.phi >= 0);
      CHECK(one.weight >= 0);
      CHECK(one.weight <= 1);
      CHECK(one.silence >= duration::zero());
      const auto same = subject.health_of(one.id);
      REQUIRE(same);
      CHECK(same->level == one.level);
      CHECK(same->phi == one.phi);
      CHECK(same->reason == one.reason);
    }
  });
}

void detector_knows_whom_it_watches(const test_setup& setup) {
  test_node node(setup);
  (void)watched(node);
  failure_detector& subject = subject_of<failure_detector>(node);
  node.in_turn([&] {
    CHECK_FALSE(subject.health_of("nobody of this name"));
    const status outcome = subject.observe({"nobody of this name", evidence_kind::exited, "test"});
    CHECK(!outcome);
    if (!outcome) CHECK(outcome.error().kind() == errc::not_found);
    CHECK_FALSE(subject.health_of("nobody of this name"));
  });
}

void detector_believes_an_exit_at_once(const test_setup& setup) {
  test_node node(setup);
  const std::string id = watched(node);
  failure_detector& subject = subject_of<failure_detector>(node);
  REQUIRE(suspicions_of(node, id) == 0);
  node.in_turn([&] {
    CHECK(subject.observe({id, evidence_kind::exited, "test"}));
    const auto now = subject.health_of(id);
    REQUIRE(now);
    CHECK(now->level == suspicion::suspect);
    CHECK_FALSE(now->reason.empty());
  });
  CHECK(node.run_until([&] { return suspicions_of(node, id) == 1; }, 1s));
  bool weighed = false;
  for (const health_changed& one : node.received<health_changed>())
    weighed = weighed || (one.subject == id && one.score == 0);
  CHECK_MESSAGE(weighed, "no health.changed/1 with the weight of a suspect");
}

void detector_tells_each_change_once(const test_setup& setup) {
  test_node node(setup);
  const std::string id = watched(node);
  failure_detector& subject = subject_of<failure_detector>(node);
  for (int i = 0; i < 3; ++i)
    node.in_turn([&] { CHECK(subject.observe({id, evidence_kind::exited, "test"})); });
  node.run_for(50ms);
  CHECK(suspicions_of(node, id) == 1);
}

void detector_bounds_its_observers(const test_setup& setup) {
  test_node node(setup);
  const std::string id = watched(node);
  failure_detector& subject = subject_of<failure_detector>(node);
  node.in_turn([&] {
    std::size_t refused = 0;
    for (int i = 0; i < 1000; ++i) {
      const std::string by = "observer " + std::to_string(i);
      const status outcome = subject.observe({id, evidence_kind::alive, by});
      refused += outcome ? 0 : 1;
      if (!outcome) CHECK(outcome.error().kind() == errc::overloaded);
    }
    CHECK_MESSAGE(refused > 0, "a thousand observers are remembered");
  });
}

}  // namespace mw::conformance
