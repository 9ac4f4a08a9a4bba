// agent_state: the contract's calls, and who hears of changes.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

#include <array>
#include <bit>
#include <utility>

namespace mw::anti_entropy {

status agent::open() const {
  if (!closed_) return {};
  return {errc::disconnected, "this node is stopping: the shared state takes no more changes"};
}

status agent::set(std::string_view name, bytes_view value) {
  MW_CHECK(open());
  MW_CHECK(table_.set(name, as_text(value)));
  changed(learned::here);
  return {};
}

status agent::remove(std::string_view name) {
  MW_CHECK(open());
  MW_CHECK(table_.remove(name, node_.now()));
  changed(learned::here);
  return {};
}

std::vector<std::string> agent::get(std::string_view name) const {
  std::vector<std::string> out;
  const entry* const there = table_.find(entry_kind::value, name);
  if (there == nullptr) return out;
  for (const sibling& one : there->held.values) out.push_back(one.value);
  return out;
}

result<std::int64_t> agent::add(std::string_view name, std::int64_t delta) {
  MW_CHECK(open());
  MW_CHECK(table_.add(name, delta));
  changed(learned::here);
  return value(name);
}

std::int64_t agent::value(std::string_view name) const {
  const entry* const there = table_.find(entry_kind::counter, name);
  return there == nullptr ? 0 : sum_of(there->sums);
}

result<state_watch_ptr> agent::watch(std::string_view prefix,
                                     function<void(const state_entry&)> call) {
  state_watch_ptr made = watchers_.add(prefix, std::move(call));
  if (made) return made;
  metrics_.watcher_refused();
  return {errc::overloaded, "1024 watchers of the shared state are there already"};
}

// ---- changes -----------------------------------------------------------------------------------

// What was learned by comparing is not sent on: a node that comes with everything to learn would
// make all others hear it again.
void agent::changed(learned how) {
  const std::set<std::uint64_t> keys = table_.take_changes();
  if (keys.empty()) return;
  news_.insert(keys.begin(), keys.end());
  news_timer_->arm(duration::zero());
  if (how != learned::compared && opt_.fanout > 0) {
    for (const std::uint64_t key : keys)
      if (waiting_.insert(key).second) to_push_.push_back(key);
    if (!push_timer_->armed()) push_timer_->arm(opt_.push_after);
  }
  metrics_.show(table_);
  save_soon();
}

void agent::tell() {
  for (const std::uint64_t key : std::exchange(news_, {})) {
    const entry* const one = table_.find(key);
    if (one == nullptr) continue;
    const std::string name = one->name;  // a watcher may change the table
    const entry_kind kind = one->kind;
    published_.publish({.name = name,
                        .kind = std::string(to_string(kind)),
                        .values = one->held.values.size(),
                        .total = sum_of(one->sums),
                        .state = std::string(node_.name())});
    watchers_.tell(
        {name, kind == entry_kind::value ? state_entry::kind::value : state_entry::kind::counter});
  }
}

// ---- lives -------------------------------------------------------------------------------------

std::uint64_t agent::new_life() const {
  std::array<std::byte, 8> raw{};
  node_.secure_bytes(raw);
  return std::bit_cast<std::uint64_t>(raw);
}

void agent::note_dropped(std::string_view peer) {
  const std::uint64_t all = table_.counts().dropped;
  if (all == dropped_) return;
  node_.log().warn("registers were dropped for those of a node that was not away",
                   {{"registers", all - dropped_}, {"peer", peer}});
  dropped_ = all;
}

void agent::note_place() {
  if (place_.last() != last_compared_) {
    last_compared_ = place_.last();
    // A newcomer's next life is a newcomer, too: it has nothing that others should yield to.
    if (place_.now() == rank::resident) compared_ = node_.wall_now();
  }
  if (!place_.check(node_.now())) return;
  table_.begin_life(new_life());
  node_.log().warn("no peer was met for longer than forget_after: theirs will be taken",
                   {{"forget_after", mw::to_string(opt_.forget_after)}});
}

}  // namespace mw::anti_entropy
