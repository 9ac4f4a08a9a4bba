// table_test: bounds, removals and their age, the tree, lives.
// SPDX-License-Identifier: Apache-2.0
#include "core/table.h"

#include "core/snapshot.h"
#include "core/standing.h"

#include <mw/random.h>

#include <doctest/doctest.h>

namespace mw::anti_entropy {
namespace {

const writer me{"n1", 1};
const writer you{"n2", 2};

time_point at(duration d) {
  return {d};
}

entry written(const std::string& name, const std::string& value, const writer& by = you,
              std::uint64_t number = 1) {
  return {entry_kind::value, name, {{{by, number}}, {{by, number, value}}}, {}, {}};
}

}  // namespace

TEST_CASE("table: set, get, remove, add") {
  table t({}, me);
  CHECK(t.set("a", "1").ok());
  CHECK(t.find(entry_kind::value, "a")->held.values[0].value == "1");
  CHECK(t.set("a", "2").ok());
  CHECK(t.find(entry_kind::value, "a")->held.values.size() == 1);
  CHECK(t.add("a", 5).ok());
  CHECK(t.add("a", -7).ok());
  CHECK(sum_of(t.find(entry_kind::counter, "a")->sums) == -2);
  CHECK(t.size() == 2);
  CHECK(t.remove("a", at(1s)).ok());
  CHECK(t.removals() == 1);
  CHECK(t.remove("a", at(1s)).error().kind() == errc::not_found);
  CHECK(t.remove("b", at(1s)).error().kind() == errc::not_found);
  CHECK(t.set("a", "3").ok());
  CHECK(t.removals() == 0);
  CHECK(t.take_changes().size() == 2);
  CHECK(t.take_changes().empty());
}

TEST_CASE("table: names, sizes and amounts that break the rules change nothing") {
  table t({}, me);
  CHECK(t.set("a b", "1").error().kind() == errc::invalid);
  CHECK(t.set("", "1").error().kind() == errc::invalid);
  CHECK(t.set("a", std::string(1025, 'x')).error().kind() == errc::invalid);
  CHECK(t.set("a", std::string(1024, 'x')).ok());
  CHECK(t.add("c", std::numeric_limits<std::int64_t>::min()).error().kind() == errc::overloaded);
  CHECK(t.add("c", static_cast<std::int64_t>(amount_max)).ok());
  CHECK(t.add("c", 1).error().kind() == errc::overloaded);
  CHECK(t.add("c", 0).ok());
  CHECK(t.add("d", 0).ok());
  CHECK(t.find(entry_kind::counter, "d") == nullptr);
  CHECK(t.remove("!", {}).error().kind() == errc::invalid);
  CHECK(t.size() == 2);
}

TEST_CASE("table: entries, bytes and writers have bounds that are counted") {
  table t({.entries_max = 2, .bytes_max = 300, .writers_max = 2, .forget_after = 1h}, me);
  CHECK(t.set("a", "1").ok());
  CHECK(t.set("b", "1").ok());
  const auto third = t.set("c", "1");
  CHECK(third.error().kind() == errc::overloaded);
  CHECK(third.error().text().find("entries_max is 2") != std::string::npos);
  CHECK(t.merge(written("c", "1"), {}) == table::outcome::refused);
  CHECK(t.counts().refused[0] == 2);
  CHECK(t.set("a", std::string(300, 'x')).error().text().find("bytes_max is 300") !=
        std::string::npos);
  CHECK(t.merge(written("a", std::string(300, 'x')), {}) == table::outcome::refused);
  CHECK(t.counts().refused[1] == 2);
  // Whoever has written already may go on; one more may not. What comes from others is taken.
  CHECK(t.merge(written("b", "2"), {}) == table::outcome::changed);
  CHECK(t.merge(written("b", "3", {"n3", 3}), {}) == table::outcome::changed);
  CHECK(t.most_writers() == 3);
  CHECK(t.set("b", "4").ok());
  t.begin_life(99);
  CHECK(t.set("b", "5").error().text().find("writers_max is 2") != std::string::npos);
  CHECK(t.counts().refused[2] == 1);
  CHECK(t.size() == 2);
}

TEST_CASE("table: a message cannot make an entry have more writers than the hard limit") {
  table t({}, me);
  entry many{entry_kind::counter, "c", {}, {}, {}};
  for (std::uint64_t i = 0; i < writers_hard; ++i) many.sums[{"x", i}] = {1, 0};
  CHECK(t.merge(many, {}) == table::outcome::changed);
  entry more{entry_kind::counter, "c", {}, {{{"y", 1}, {1, 0}}}, {}};
  CHECK(t.merge(more, {}) == table::outcome::refused);
  CHECK(sum_of(t.find(entry_kind::counter, "c")->sums) == writers_hard);
}

TEST_CASE("table: a removal is kept for forget_after, by the age that it had already") {
  table a({.forget_after = 1h}, me);
  table b({.forget_after = 1h}, you);
  REQUIRE(a.set("x", "1").ok());
  REQUIRE(a.remove("x", at(0s)).ok());
  // b's clock shows something else; it learns of the removal half an hour later.
  const entry half = a.copy(*a.find(entry_kind::value, "x"), at(30min));
  CHECK(half.age == 30min);
  CHECK(b.merge(half, at(1000h)) == table::outcome::changed);
  b.forget(at(1000h + 29min));
  CHECK(b.removals() == 1);
  b.forget(at(1000h + 30min));
  CHECK(b.size() == 0);
  CHECK(b.counts().forgotten == 1);
  // Who forgets later does not bring it back to who has forgotten.
  const entry old = a.copy(*a.find(entry_kind::value, "x"), at(1h));
  CHECK(b.merge(old, at(1000h + 30min)) == table::outcome::same);
  CHECK(b.size() == 0);
}

TEST_CASE("table: numbers of writes do not come again for a name that was forgotten") {
  table a({.forget_after = 1h}, me);
  table b({.forget_after = 1h}, you);
  for (int i = 0; i < 5; ++i) REQUIRE(a.set("x", std::to_string(i)).ok());
  REQUIRE(a.remove("x", at(0s)).ok());
  REQUIRE(b.merge(a.copy(*a.find(entry_kind::value, "x"), at(1s)), at(1s)) ==
          table::outcome::changed);
  a.forget(at(1h));
  REQUIRE(a.size() == 0);
  REQUIRE(a.set("x", "new").ok());
  REQUIRE(b.merge(*a.find(entry_kind::value, "x"), at(1h)) == table::outcome::changed);
  CHECK(b.find(entry_kind::value, "x")->held.values.size() == 1);  // the removal did not cover it
}

TEST_CASE("table: the tree of any order of changes is the same, and follows each change") {
  random_stream dice(4);
  table a({}, me);
  table b({}, me);
  std::vector<entry> all;
  for (int i = 0; i < 300; ++i) all.push_back(written("k" + std::to_string(i), "v"));
  for (const entry& one : all) REQUIRE(a.merge(one, {}) == table::outcome::changed);
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[dice.below(i)]);
  for (const entry& one : all) REQUIRE(b.merge(one, {}) == table::outcome::changed);
  CHECK(a.digests_tree().root() == b.digests_tree().root());
  CHECK(a.bytes() == b.bytes());
  REQUIRE(a.set("k7", "w").ok());
  CHECK(a.digests_tree().root() != b.digests_tree().root());
  std::size_t differing = 0;
  for (std::size_t i = 0; i < fan_out; ++i)
    if (a.digests_tree().branches()[i] != b.digests_tree().branches()[i]) ++differing;
  CHECK(differing == 1);
  REQUIRE(b.merge(*a.find(entry_kind::value, "k7"), {}) == table::outcome::changed);
  CHECK(a.digests_tree().root() == b.digests_tree().root());
  // Gone again is as if it had never been.
  const std::uint64_t before = a.digests_tree().root();
  REQUIRE(a.set("new", "w").ok());
  REQUIRE(a.remove("new", at(0s)).ok());
  CHECK(a.digests_tree().root() != before);
  a.forget(at(25h));
  CHECK(a.digests_tree().root() == before);
  std::size_t listed = 0;
  for (std::size_t i = 0; i < bucket_count; ++i)
    listed += a.bucket(static_cast<std::uint8_t>(i)).size();
  CHECK(listed == 300);
}

TEST_CASE("table: dropping for others keeps what this life wrote, removals and counters") {
  table t({}, me);
  REQUIRE(t.merge(written("theirs", "1"), {}) == table::outcome::changed);
  REQUIRE(t.set("before", "1").ok());
  REQUIRE(t.add("c", 1).ok());
  REQUIRE(t.set("gone", "1").ok());
  REQUIRE(t.remove("gone", {}).ok());
  t.begin_life(2);
  REQUIRE(t.set("mine", "1").ok());
  t.drop_registers();
  CHECK(t.find(entry_kind::value, "theirs") == nullptr);
  CHECK(t.find(entry_kind::value, "before") == nullptr);
  CHECK(t.find(entry_kind::value, "mine") != nullptr);
  CHECK(t.find(entry_kind::value, "gone")->removed());
  CHECK(t.find(entry_kind::counter, "c") != nullptr);
}

TEST_CASE("standing: who was away too long yields, and all who were away get up together") {
  standing s(1h, rank::newcomer, {});
  CHECK_FALSE(s.check(at(10h)));  // it knows nothing that could be wrong
  for (std::uint32_t i = 0; i + 1 < standing::rounds_alone; ++i)
    s.compared(rank::stranger, at(10h));
  CHECK(s.now() == rank::newcomer);
  s.compared(rank::newcomer, at(10h));
  CHECK(s.now() == rank::resident);
  CHECK_FALSE(s.check(at(11h - 1s)));
  CHECK(s.check(at(11h)));
  CHECK(s.now() == rank::stranger);
  CHECK_FALSE(s.check(at(11h)));  // once
  CHECK_FALSE(s.yields_to(rank::newcomer));
  CHECK_FALSE(s.yields_to(rank::stranger));
  CHECK(s.yields_to(rank::resident));
  s.yielded(at(12h));
  CHECK(s.now() == rank::resident);
  CHECK_FALSE(s.yields_to(rank::resident));
}

TEST_CASE("snapshot: comes back as it went, and nothing of a damaged one is used") {
  snapshot s{me, 9, true, {7s}, {written("a", "1")}};
  s.entries.push_back({entry_kind::counter, "c", {}, {{me, {3, 1}}}, {}});
  s.entries.push_back({entry_kind::value, "r", {{{me, 4}}, {}}, {}, 77s});
  const std::string bytes = to_bytes(s);
  const auto read = parse_snapshot(bytes);
  REQUIRE(read.ok());
  CHECK(read->self == me);
  CHECK(read->sequence == 9);
  CHECK(read->clean);
  CHECK(read->compared == wall_time{7s});
  REQUIRE(read->entries.size() == 3);
  CHECK(read->entries[2].age == 77s);
  CHECK(to_bytes(*read) == bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string wrong = bytes;
    wrong[i] = static_cast<char>(wrong[i] ^ 0x10);
    CHECK_FALSE(parse_snapshot(wrong).ok());
    CHECK_FALSE(parse_snapshot(std::string_view(bytes).substr(0, i)).ok());
  }
  CHECK_FALSE(parse_snapshot(bytes + "x").ok());
}

}  // namespace mw::anti_entropy
