// swarm: nodes under loss, partitions, crashes and clocks that differ, and what really happened.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/comparison.h"
#include "core/snapshot.h"

#include <mw/random.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace mw::anti_entropy::testing {

inline constexpr std::size_t nodes = 5;
inline constexpr duration forget_after = 2h;

struct node {
  std::unique_ptr<table> entries;
  standing place{forget_after, rank::newcomer, {}};
  duration clock_offset{};
  std::string saved;  // snapshot; empty: none
  std::size_t half = 0;
  party as_party() { return {*entries, place}; }
};

// What really happened, to compare with.
struct truth {
  std::map<writer, amounts> added;   // all that each life did
  std::map<writer, amounts> surely;  // what some node that never crashed has heard of it
  std::set<writer> crashed;
  std::set<std::string> removed_for_good;  // names that nobody writes again
  std::string kept;                        // the last value that node 0 gave the register "own"
};

class swarm {
 public:
  explicit swarm(std::uint64_t seed) : dice_(seed) {
    for (std::size_t i = 0; i < nodes; ++i) {
      all_[i].clock_offset = std::chrono::minutes(dice_.below(10'000));
      start(i, {});
    }
  }

  void run(int steps, bool faults) {
    faults_ = faults;
    for (int i = 0; i < steps; ++i) {
      now_ += std::chrono::milliseconds(200 + dice_.below(1600));
      step();
    }
  }
  // Heals: everybody meets everybody, with time for removals to be forgotten if `forgets`.
  void settle(bool forgets) {
    for (int round = 0; round < 12; ++round) {
      for (std::size_t i = 0; i < nodes; ++i)
        for (std::size_t k = 0; k < nodes; ++k)
          if (i != k) meet(i, k, 1000);
      now_ += 1s;
    }
    if (!forgets) return;
    now_ += forget_after - 60s;  // nobody was alone for so long
    for (int i = 0; i < 80; ++i) {
      now_ += 1s;
      for (std::size_t k = 0; k < nodes; ++k) {
        all_[k].entries->forget(at(k));
        meet(k, (k + 1) % nodes, 1000);
      }
    }
  }
  // What is wrong after settle(); empty: nothing.
  [[nodiscard]] std::string wrong() const {
    if (!failed_.empty()) return failed_;
    for (std::size_t i = 1; i < nodes; ++i)
      if (table_of(i).digests_tree().root() != table_of(0).digests_tree().root())
        return "node " + std::to_string(i) + " differs";
    if (std::string found = wrong_counter(); !found.empty()) return found;
    const entry* const own = table_of(1).find(entry_kind::value, "own");
    const bool kept =
        own == nullptr ? truth_.kept.empty()
                       : own->held.values.size() == 1 && own->held.values[0].value == truth_.kept;
    if (!kept) return "a write was lost";
    for (const std::string& name : truth_.removed_for_good) {
      const entry* const back = table_of(0).find(entry_kind::value, name);
      if (back != nullptr && !back->removed()) return name + " came back";
    }
    return {};
  }
  [[nodiscard]] const table& table_of(std::size_t i) const { return *all_[i].entries; }
  [[nodiscard]] std::size_t crashes() const { return truth_.crashed.size(); }
  [[nodiscard]] std::size_t removals() const { return truth_.removed_for_good.size(); }
  [[nodiscard]] std::size_t siblings() const { return siblings_; }

 private:
  [[nodiscard]] time_point at(std::size_t i) const { return {now_ + all_[i].clock_offset}; }

  [[nodiscard]] std::string wrong_counter() const {
    const entry* const counter = table_of(0).find(entry_kind::counter, "hits");
    const counter_state sums = counter == nullptr ? counter_state() : counter->sums;
    if (sums.size() > truth_.added.size()) return "sums of nobody";
    for (const auto& [by, made] : truth_.added) {
      const auto at = sums.find(by);
      const amounts kept = at == sums.end() ? amounts{} : at->second;
      if (kept.added > made.added || kept.taken > made.taken) return "counted twice";
      // A life that did not crash loses nothing at all.
      if (!truth_.crashed.contains(by) && !(kept == made)) return "an increment was lost";
      const auto sure = truth_.surely.find(by);
      if (sure == truth_.surely.end()) continue;
      if (kept.added < sure->second.added || kept.taken < sure->second.taken)
        return "a life went backwards";
    }
    return {};
  }

  void start(std::size_t i, const std::string& snapshot_bytes) {
    node& one = all_[i];
    const std::string id = "n" + std::to_string(i);
    one.entries =
        std::make_unique<table>(table_limits{.forget_after = forget_after}, writer{id, ++lives_});
    one.place = standing(forget_after, rank::newcomer, at(i));
    if (snapshot_bytes.empty()) return;
    const auto s = parse_snapshot(snapshot_bytes);
    must(s.ok(), "a snapshot is not read");
    if (!s) return;
    if (s->clean) *one.entries = table({.forget_after = forget_after}, s->self, s->sequence);
    for (const entry& e : s->entries) (void)one.entries->merge(e, at(i));
    one.place = standing(forget_after, rank::resident, at(i));
  }

  void step() {
    const std::size_t i = dice_.below(nodes);
    switch (dice_.below(faults_ ? 12 : 8)) {
      case 0:
        write(i);
        break;
      case 1:
        remove(i);
        break;
      case 2:
        add(i);
        break;
      case 8:
        for (node& one : all_) one.half = dice_.below(2);  // a partition
        break;
      case 9:
        for (node& one : all_) one.half = 0;
        break;
      case 10:
        restart(i);
        break;
      case 11:
        push(i);
        break;
      default:
        meet(i, dice_.below(nodes), faults_ ? 1 + dice_.below(8) : 1000);
    }
    const entry* const x = all_[i].entries->find(entry_kind::value, "x1");
    if (x != nullptr && x->held.values.size() > 1) ++siblings_;
  }

  void write(std::size_t i) {
    if (i == 0) {
      truth_.kept = std::to_string(dice_.next());
      must(all_[0].entries->set("own", truth_.kept).ok(), "set is refused");
    }
    const std::string name = "x" + std::to_string(dice_.below(12));
    if (truth_.removed_for_good.contains(name)) return;
    must(all_[i].entries->set(name, std::to_string(dice_.below(1000))).ok(), "set is refused");
  }
  // A removal for good is one by a node that has seen all there is: others are then only late.
  void remove(std::size_t i) {
    const std::string name = "x" + std::to_string(6 + dice_.below(6));
    entry all{entry_kind::value, name, {}, {}, {}};
    for (node& one : all_)
      if (const entry* const e = one.entries->find(entry_kind::value, name)) all = join(all, *e);
    if (all.held.values.empty()) return;
    (void)all_[i].entries->merge(all, at(i));
    must(all_[i].entries->remove(name, at(i)).ok(), "remove is refused");
    // The remover might forget it by a crash: it tells one that does not crash.
    tell_keeper(i, name);
    truth_.removed_for_good.insert(name);
  }
  void add(std::size_t i) {
    const std::int64_t by = static_cast<std::int64_t>(dice_.below(20)) - 5;
    const writer self = all_[i].entries->self();
    must(all_[i].entries->add("hits", by).ok(), "add is refused");
    amounts& made = truth_.added[self];
    (by > 0 ? made.added : made.taken) += static_cast<std::uint64_t>(by > 0 ? by : -by);
    note_keeper();
  }

  // Node 0 never crashes: what it has heard is there for good.
  void tell_keeper(std::size_t i, const std::string& name) {
    const entry copy =
        all_[i].entries->copy(*all_[i].entries->find(entry_kind::value, name), at(i));
    (void)all_[0].entries->merge(copy, at(0));
  }
  void note_keeper() {
    if (const entry* const known = all_[0].entries->find(entry_kind::counter, "hits"))
      truth_.surely = known->sums;
  }

  // Loses what was not saved, or, with a clean end, nothing; comes back with or without memory.
  void restart(std::size_t i) {
    if (i == 0) return;
    node& one = all_[i];
    const std::size_t how = dice_.below(3);
    if (how == 0) {  // clean
      snapshot s{one.entries->self(), one.entries->sequence(), true, {}, {}};
      for (const entry* const e : one.entries->all())
        s.entries.push_back(one.entries->copy(*e, at(i)));
      return start(i, to_bytes(s));
    }
    truth_.crashed.insert(one.entries->self());
    if (how == 2) one.saved.clear();
    start(i, how == 1 ? one.saved : std::string());
  }
  void save(std::size_t i) {
    node& one = all_[i];
    snapshot s{one.entries->self(), one.entries->sequence(), false, {}, {}};
    for (const entry* const e : one.entries->all())
      s.entries.push_back(one.entries->copy(*e, at(i)));
    one.saved = to_bytes(s);
  }

  void push(std::size_t i) {
    std::deque<std::uint64_t> keys;
    for (const std::uint64_t key : all_[i].entries->take_changes()) keys.push_back(key);
    const std::string bytes = encode(push_message{take_entries_of(*all_[i].entries, keys, at(i))});
    for (std::size_t k = 0; k < nodes; ++k) {
      if (k == i || all_[k].half != all_[i].half || dice_.chance(0.3)) continue;
      party there = all_[k].as_party();
      must(answer(there, bytes, at(k)).ok(), "a push is refused");
      if (dice_.chance(0.3))
        must(answer(there, bytes, at(k)).ok(), "a push is refused");  // doubled
    }
    if (dice_.chance(0.5)) save(i);
    note_keeper();
  }

  // A comparison of which the last messages may be lost.
  void meet(std::size_t i, std::size_t k, std::size_t messages) {
    if (i == k || (faults_ && all_[i].half != all_[k].half && messages < 1000)) return;
    comparison asking(all_[i].as_party());
    std::optional<std::string> next = asking.begin();
    for (std::size_t n = 0; next && n < messages; n += 2) {
      party there = all_[k].as_party();
      const auto reply = answer(there, *next, at(k));
      must(reply.ok(), "a question is refused");
      if (!reply) return;
      if (n + 1 >= messages) break;
      auto following = asking.take(*reply, at(i));
      must(following.ok(), "an answer is refused");
      if (!following) return;
      next = std::move(*following);
    }
    if (dice_.chance(0.2)) save(i);
    note_keeper();
  }

  void must(bool holds, const char* otherwise) {
    if (!holds && failed_.empty()) failed_ = otherwise;
  }

  random_stream dice_;
  std::string failed_;  // the first promise that was not kept on the way
  std::array<node, nodes> all_;
  truth truth_;
  duration now_{};
  std::uint64_t lives_ = 0;
  std::size_t siblings_ = 0;
  bool faults_ = false;
};

}  // namespace mw::anti_entropy::testing
