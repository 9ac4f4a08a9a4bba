// table: every change goes through store() and drop(), which keep tree, sizes and news.
// SPDX-License-Identifier: Apache-2.0
#include "core/table.h"

#include <mw/planted.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace mw::anti_entropy {

namespace {

failure bad_name(std::string_view name) {
  return {errc::invalid, "an entry's name has " + std::to_string(name.size()) +
                             " bytes: it takes 1 to 128 of letters, digits, . _ -"};
}

}  // namespace

table::table(const table_limits& limits, writer self, std::uint64_t sequence)
    : limits_(limits), self_(std::move(self)), sequence_(sequence) {}

// ---- what this node does -----------------------------------------------------------------------

status table::set(std::string_view name, std::string_view value) {
  if (!is_name(name)) return bad_name(name);
  if (value.size() > value_max)
    return {errc::invalid, "the value of " + std::string(name) + " has " +
                               std::to_string(value.size()) + " bytes, at most 1024 are kept"};
  entry next = start_of(entry_kind::value, name);
  next.age = {};
  next.held.seen[self_] = sequence_ + 1;
  next.held.values = {{self_, sequence_ + 1, std::string(value)}};
  MW_CHECK(admit(std::move(next), {}));
  if (!MW_PLANTED(number_comes_again)) ++sequence_;
  return {};
}

status table::remove(std::string_view name, time_point now) {
  if (!is_name(name)) return bad_name(name);
  const entry* const there = find(entry_kind::value, name);
  if (there == nullptr || there->removed())
    return {errc::not_found, "there is no register " + std::string(name) + " to remove"};
  entry next = *there;
  next.held.values.clear();
  const footprint weighs = footprint_of(next);
  store(key_of(next.kind, name), std::move(next), weighs, now);
  return {};
}

status table::add(std::string_view name, std::int64_t delta) {
  if (!is_name(name)) return bad_name(name);
  if (delta == 0) return {};
  entry next = start_of(entry_kind::counter, name);
  amounts& mine = next.sums[self_];
  std::uint64_t& which = delta > 0 ? mine.added : mine.taken;
  const auto plain = static_cast<std::uint64_t>(delta);
  const std::uint64_t amount = delta > 0 ? plain : std::uint64_t{0} - plain;
  if (amount > amount_max - which)
    return {errc::overloaded, "counter " + std::string(name) +
                                  ": this node would have added or taken more than 2^62"};
  which += amount;
  return admit(std::move(next), {});
}

entry table::start_of(entry_kind kind, std::string_view name) const {
  const entry* const there = find(kind, name);
  return there != nullptr ? *there : entry{kind, std::string(name), {}, {}, {}};
}

status table::check(std::uint64_t key, const entry& next, const footprint& weighs) const {
  const auto which = [&next] { return std::string(to_string(next.kind)) + " " + next.name; };
  const auto at = entries_.find(key);
  if (at == entries_.end() && full())
    return {errc::overloaded, which() + " would be entry " + std::to_string(size() + 1) +
                                  ", entries_max is " + std::to_string(limits_.entries_max)};
  const std::size_t before = at == entries_.end() ? 0 : at->second.weighs.bytes;
  const std::size_t bytes = bytes_ - before + weighs.bytes;
  if (bytes > limits_.bytes_max)
    return {errc::overloaded, which() + " would make it " + std::to_string(bytes) +
                                  " bytes, bytes_max is " + std::to_string(limits_.bytes_max)};
  return {};
}

status table::admit(entry next, time_point now) {
  const entry* const there = find(next.kind, next.name);
  const std::size_t writers_before = there == nullptr ? 0 : there->writers();
  // Whoever has written before may go on: the vector does not grow.
  if (next.writers() > limits_.writers_max && next.writers() > writers_before) {
    refuse(refusal::writers);
    return {errc::overloaded, std::string(to_string(next.kind)) + " " + next.name + " would have " +
                                  std::to_string(next.writers()) + " writers, writers_max is " +
                                  std::to_string(limits_.writers_max) +
                                  ": each start of a node without a snapshot " + "makes one"};
  }
  const std::uint64_t key = key_of(next.kind, next.name);
  const footprint weighs = footprint_of(next);
  const status fits = check(key, next, weighs);
  if (!fits) {
    refuse(there == nullptr && full() ? refusal::entries : refusal::bytes);
    return fits;
  }
  store(key, std::move(next), weighs, now);
  return {};
}

// ---- what others say ---------------------------------------------------------------------------

table::outcome table::merge(const entry& theirs, time_point now) {
  const std::uint64_t key = key_of(theirs.kind, theirs.name);
  const auto at = entries_.find(key);
  if (at == entries_.end() && theirs.removed() && theirs.age >= limits_.forget_after)
    return outcome::same;  // forgotten here already
  if (at == entries_.end() && full()) return refuse(refusal::entries), outcome::refused;
  if (at != entries_.end() &&
      (at->second.what.kind != theirs.kind || at->second.what.name != theirs.name))
    return refuse(refusal::malformed), outcome::refused;  // two names of one key: 1 in 2^64
  entry next = at == entries_.end() ? theirs : join(copy(at->second.what, now), theirs);
  counts_.siblings_dropped += drop_siblings(next.held);
  if (next.writers() > writers_hard) return refuse(refusal::writers), outcome::refused;
  const footprint weighs = footprint_of(next);
  if (at != entries_.end() && weighs.digest == at->second.weighs.digest) {
    if (next.removed()) at->second.removed_at = now - next.age;
    return outcome::same;
  }
  if (!check(key, next, weighs)) return refuse(refusal::bytes), outcome::refused;
  const duration age = next.age;
  store(key, std::move(next), weighs, now - age);
  return outcome::changed;
}

void table::forget(time_point now) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto next = std::next(at);
    if (at->second.what.removed() && now - at->second.removed_at >= limits_.forget_after) {
      ++counts_.forgotten;
      drop(at);
    }
    at = next;
  }
}

void table::drop_registers() {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto next = std::next(at);
    const entry& one = at->second.what;
    const bool mine = std::any_of(one.held.values.begin(), one.held.values.end(),
                                  [this](const sibling& value) { return value.by == self_; });
    if (one.kind == entry_kind::value && !one.removed() && !mine) {
      ++counts_.dropped;
      drop(at);
    }
    at = next;
  }
}

void table::begin_life(std::uint64_t life) {
  self_.life = life;
}

// ---- what there is -----------------------------------------------------------------------------

const entry* table::find(std::uint64_t key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? nullptr : &at->second.what;
}

const entry* table::find(entry_kind kind, std::string_view name) const {
  const entry* const there = find(key_of(kind, name));
  return there != nullptr && there->kind == kind && there->name == name ? there : nullptr;
}

std::uint64_t table::digest(std::uint64_t key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? 0 : at->second.weighs.digest;
}

entry table::copy(const entry& one, time_point now) const {
  entry out = one;
  if (!out.removed()) return out;
  const auto at = entries_.find(key_of(one.kind, one.name));
  if (at != entries_.end()) out.age = std::max(duration::zero(), now - at->second.removed_at);
  return out;
}

std::vector<const entry*> table::all() const {
  std::vector<const entry*> out;
  out.reserve(entries_.size());
  for (const auto& [key, one] : entries_) out.push_back(&one.what);
  std::sort(out.begin(), out.end(), [](const entry* a, const entry* b) {
    return std::tie(a->name, a->kind) < std::tie(b->name, b->kind);
  });
  return out;
}

std::vector<digest_pair> table::bucket(std::uint8_t number) const {
  std::vector<digest_pair> out;
  for (auto at = entries_.lower_bound(std::uint64_t{number} << 56);
       at != entries_.end() && bucket_of(at->first) == number; ++at)
    out.push_back({at->first, at->second.weighs.digest});
  return out;
}

// ---- changes -----------------------------------------------------------------------------------

void table::count(const record& one, bool comes) {
  const auto step = [comes](std::size_t& of, std::size_t by) { of = comes ? of + by : of - by; };
  step(bytes_, one.weighs.bytes);
  if (one.what.removed()) step(removals_, 1);
  if (one.what.held.values.size() > 1) step(with_siblings_, 1);
}

void table::store(std::uint64_t key, entry next, const footprint& weighs, time_point now) {
  record made{std::move(next), weighs, now};
  record& place = entries_[key];
  tree_.change(key, MW_PLANTED(tree_keeps_old) ? 0 : place.weighs.digest, made.weighs.digest);
  if (place.weighs.digest != 0) count(place, false);
  place = std::move(made);
  most_writers_ = std::max(most_writers_, place.what.writers());
  count(place, true);
  changes_.insert(key);
}

void table::drop(records::iterator at) {
  tree_.change(at->first, at->second.weighs.digest, 0);
  count(at->second, false);
  changes_.erase(at->first);
  entries_.erase(at);
}

}  // namespace mw::anti_entropy
