// core_test: the tables, rings and counts that everything else is made of.
// SPDX-License-Identifier: Apache-2.0
#include "core/dead_letters.h"
#include "core/deadline_ring.h"
#include "core/dedup.h"
#include "core/flat_map.h"
#include "core/kept_replies.h"
#include "core/quorum.h"
#include "core/sequences.h"
#include "core/slots.h"
#include "engine/caller.h"
#include "engine/server.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

namespace mw::routing {
namespace {

struct thing {
  std::uint64_t id = 0;
  int value = 0;
  void clear() { value = 0; }
};

// Hashes everything to one place, to see that collisions are only slow.
struct clashing_key {
  std::uint64_t value = 0;
  friend bool operator==(const clashing_key&, const clashing_key&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t) const { return value % 3; }
};

template <class Key>
void compare_with_map(std::uint64_t seed) {
  random_stream random(seed);
  flat_map<Key> subject(seed);
  std::map<std::uint64_t, std::uint32_t> model;
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t key = random.below(200);
    if (random.chance(0.5)) {
      subject.set({key}, static_cast<std::uint32_t>(i));
      model[key] = static_cast<std::uint32_t>(i);
    } else {
      subject.erase({key});
      model.erase(key);
    }
    REQUIRE(subject.size() == model.size());
    const auto probe = random.below(200);
    const auto at = model.find(probe);
    const auto found = subject.find({probe});
    REQUIRE(found.has_value() == (at != model.end()));
    if (found) REQUIRE(*found == at->second);
  }
}

}  // namespace

TEST_CASE("slots: an id finds its object until it is closed, never the next one there") {
  slot_table<thing> table(3);
  thing* const first = table.open();
  const std::uint64_t id = first->id;
  CHECK(table.find(id) == first);
  table.close(*first);
  CHECK(table.find(id) == nullptr);
  thing* const second = table.open();
  CHECK(second == first);
  CHECK(second->id != id);
  CHECK(table.find(id) == nullptr);
  CHECK(table.open() != nullptr);
  CHECK(table.open() != nullptr);
  CHECK(table.open() == nullptr);
  CHECK(table.size() == 3);
  CHECK(table.find(0) == nullptr);
  CHECK(table.find(~std::uint64_t{0}) == nullptr);
}

TEST_CASE("slots: closed places are not found by the id they carry meanwhile") {
  slot_table<thing> table(1);
  thing* const only = table.open();
  table.close(*only);
  CHECK(table.find(only->id) == nullptr);
  int seen = 0;
  table.each([&](thing&) { ++seen; });
  CHECK(seen == 0);
}

// clear() of these goes field by field.
TEST_CASE("slots: a call or a request in a used place has nothing of the one before") {
  service other;
  exchange x;
  x.caller_id = x.offer = x.kept = 1;
  x.what = &other;
  x.peer = x.items_out = x.items_in = 1;
  x.priority = priority::critical;
  x.streams = x.wants_room = true;
  x.seal = seal_mode::sealed;
  x.hops = 1;
  x.deadline = time_point(1s);
  x.room = [] {};
  x.unsent = failure(errc::denied, "no");
  x.clear();
  CHECK(x.caller_id + x.offer + x.kept + x.peer + x.items_out + x.items_in + x.hops == 0);
  CHECK(x.what == nullptr);
  CHECK(x.priority == priority::normal);
  CHECK_FALSE((x.streams || x.wants_room || x.room || x.unsent));
  CHECK(x.seal == seal_mode::none);
  CHECK(x.deadline == time_point{});
  leg l;
  l.what = &other;
  l.peer = l.items_out = l.items_in = 1;
  l.picked = 1;
  l.priority = priority::critical;
  l.streams = l.wants_room = l.abandoned = true;
  l.started = l.deadline = time_point(1s);
  l.on_answer = [](const answer&) {};
  l.room = [] {};
  l.again = std::make_unique<repeat>();
  l.clear();
  CHECK(l.what == nullptr);
  CHECK(l.peer + l.items_out + l.items_in + l.picked == 0);
  CHECK(l.priority == priority::normal);
  CHECK_FALSE((l.streams || l.wants_room || l.abandoned || l.on_answer || l.room || l.again));
  CHECK(l.started == time_point{});
  CHECK(l.deadline == time_point{});
}

TEST_CASE("flat_map does what std::map does") {
  compare_with_map<number_key>(1);
  compare_with_map<number_key>(2);
  compare_with_map<clashing_key>(3);
}

TEST_CASE("deadlines: never early, at most a tick late, in any order, over many rounds") {
  random_stream random(4);
  deadline_ring ring;
  std::map<std::uint32_t, time_point> model;
  time_point now{5s};
  for (std::uint32_t step = 0; step < 4000; ++step) {
    const std::uint32_t index = static_cast<std::uint32_t>(random.below(300));
    ring.remove(index);
    model.erase(index);
    if (random.chance(0.7)) {
      const time_point when = now + duration(random.below(5'000'000'000));
      ring.add(index, when);
      model[index] = when;
    }
    if (random.chance(0.3)) now = now + duration(random.below(30'000'000));
    if (const auto next = ring.next()) {
      for (const auto& [i, when] : model) REQUIRE(next->since_start <= when.since_start + 1ms);
    } else {
      REQUIRE(model.empty());
    }
    while (const auto due = ring.pop_due(now)) {
      REQUIRE(model.contains(*due));
      REQUIRE(model[*due] <= now);
      model.erase(*due);
    }
    for (const auto& [i, when] : model) REQUIRE(when + 2 * deadline_ring::tick > now);
    REQUIRE(ring.size() == model.size());
  }
}

TEST_CASE("deadlines: a long sleep finds all that became due meanwhile") {
  deadline_ring ring;
  for (std::uint32_t i = 0; i < 100; ++i) ring.add(i, time_point{i * 100ms});
  int due = 0;
  while (ring.pop_due(time_point{1h})) ++due;
  CHECK(due == 100);
  CHECK(!ring.next());
}

TEST_CASE("dedup does what a set does, within its window") {
  random_stream random(5);
  dedup subject(4, 1);
  std::set<std::uint64_t> model;
  std::uint64_t highest = 1;
  const producer_key from{1, 7};
  CHECK(subject.take(from, 1, 1) == seen::fresh);
  model.insert(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t most = random.chance(0.01) ? 6000 : 40;
    const std::uint64_t back = random.below(random.chance(0.1) ? 5000 : 60);
    std::uint64_t sequence = highest + random.below(most);
    sequence = sequence > back ? sequence - back : 1;
    const seen expected = sequence + dedup::window <= highest ? seen::out_of_window
                          : model.contains(sequence)          ? seen::duplicate
                                                              : seen::fresh;
    REQUIRE(subject.look(from, 1, sequence) == expected);
    REQUIRE(subject.take(from, 1, sequence) == expected);
    model.insert(sequence);
    highest = std::max(highest, sequence);
  }
}

TEST_CASE("dedup: a new epoch ends the old one; producers and peers are apart") {
  dedup subject(10, 1);
  CHECK(subject.take({1, 1}, 3, 10) == seen::fresh);
  CHECK(subject.take({1, 1}, 2, 11) == seen::fenced);
  CHECK(subject.take({1, 1}, 4, 10) == seen::fresh);
  CHECK(subject.take({1, 1}, 4, 10) == seen::duplicate);
  CHECK(subject.take({1, 1}, 3, 12) == seen::fenced);
  CHECK(subject.take({2, 1}, 1, 10) == seen::fresh);
  CHECK(subject.take({1, 2}, 1, 10) == seen::fresh);
  // Nobody gets past the end of the numbers.
  CHECK(subject.take({1, 1}, 4, ~std::uint64_t{0}) == seen::fresh);
  CHECK(subject.take({1, 1}, 4, ~std::uint64_t{0}) == seen::duplicate);
  CHECK(subject.take({1, 1}, 4, 5) == seen::out_of_window);
}

TEST_CASE("dedup: beyond its bound the producer that was quiet for longest is forgotten") {
  dedup subject(2, 1);
  CHECK(subject.take({1, 1}, 1, 1) == seen::fresh);
  CHECK(subject.take({1, 2}, 1, 1) == seen::fresh);
  CHECK(subject.take({1, 1}, 1, 2) == seen::fresh);
  CHECK(subject.take({1, 3}, 1, 1) == seen::fresh);
  CHECK(subject.producers() == 2);
  CHECK(subject.forgotten() == 1);
  CHECK(subject.take({1, 1}, 1, 2) == seen::duplicate);
  CHECK(subject.take({1, 2}, 1, 1) == seen::fresh);
}

TEST_CASE("sequences: what is not settled stays inside the receiver's window") {
  sequences subject;
  const auto first = subject.open();
  REQUIRE(first);
  for (std::uint64_t i = 1; i < dedup::window; ++i) {
    const auto next = subject.open();
    REQUIRE(next);
    subject.close(*next);
    subject.close(*next);
  }
  CHECK(!subject.open());
  CHECK(subject.oldest_open() == *first);
  subject.close(*first);
  CHECK(subject.open() == *first + dedup::window);
  subject.close(0);
  subject.close(~std::uint64_t{0});
  CHECK(subject.oldest_open() == *first + dedup::window);
}

TEST_CASE("quorum: decided as early as possible, in both directions") {
  quorum two_of_five(5, 3, 2);
  CHECK(two_of_five.spares() == 2);
  for (int i = 0; i < 3; ++i) two_of_five.asked();
  two_of_five.replied();
  CHECK(two_of_five.now() == quorum::state::open);
  two_of_five.replied();
  CHECK(two_of_five.now() == quorum::state::met);
  CHECK(two_of_five.missing() == 1);

  quorum four_of_five(5, 0, 4);
  for (int i = 0; i < 5; ++i) four_of_five.asked();
  four_of_five.failed();
  CHECK(four_of_five.now() == quorum::state::open);
  four_of_five.failed();
  CHECK(four_of_five.now() == quorum::state::hopeless);

  quorum all(2, 0, 0);
  all.asked();
  all.asked();
  all.replied();
  CHECK(all.now() == quorum::state::open);
  all.failed();
  CHECK(all.now() == quorum::state::exhausted);

  quorum spare(2, 1, 1);
  spare.asked();
  spare.failed();
  CHECK(spare.now() == quorum::state::open);
  CHECK(spare.take_spare());
  CHECK(!spare.take_spare());
  spare.asked();
  spare.replied();
  CHECK(spare.now() == quorum::state::met);
}

TEST_CASE("dead letters: bounded by count and bytes, oldest first") {
  dead_letters box(2, 10);
  const auto letter = [](std::size_t size) {
    dead_letter made;
    made.body.resize(size);
    return made;
  };
  CHECK(box.add(letter(4)) == 1);
  CHECK(box.add(letter(4)) == 2);
  CHECK(box.add(letter(4)) == 3);
  REQUIRE(box.all().size() == 2);
  CHECK(box.all().front().id == 2);
  CHECK(box.add(letter(8)) == 4);
  CHECK(box.all().size() == 1);
  CHECK(box.add(letter(11)) == 5);
  CHECK(box.all().size() == 1);
  CHECK(!box.take(5));
  CHECK(box.take(4));
  CHECK(box.add(letter(10)) == 6);
  CHECK(box.all().size() == 1);
}

TEST_CASE("kept replies: open ones stay, of the answered the oldest goes") {
  kept_replies kept(10, 2, 10, 1);
  kept_reply* const open = kept.open({1, 1, 1}, 7, 99);
  for (std::uint64_t i = 2; i <= 4; ++i)
    kept.answered(*kept.open({1, 1, i}, 7, 98), false, std::vector<std::byte>(2));
  CHECK(kept.find({1, 1, 1}) == open);
  CHECK(kept.find({1, 1, 2}) == nullptr);
  CHECK(kept.find({1, 1, 3}) != nullptr);
  kept.answered(*kept.open({1, 1, 5}, 7, 97), true, std::vector<std::byte>(9));
  CHECK(kept.find({1, 1, 4}) == nullptr);
  CHECK(kept.size() == 2);
}

}  // namespace mw::routing
