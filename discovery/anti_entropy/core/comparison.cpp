// comparison: root, branches, buckets, entries; each step only where the one before differed.
// SPDX-License-Identifier: Apache-2.0
#include "core/comparison.h"

#include <algorithm>
#include <utility>

namespace mw::anti_entropy {

namespace {

constexpr std::size_t wanted_max = 1024;  // of one message
constexpr std::size_t pairs_max = message_fill / 16;

buckets_message differing_branches(const tree& of, const digests& theirs) {
  buckets_message out;
  for (std::size_t i = 0; i < fan_out; ++i)
    if (of.branches()[i] != theirs[i])
      out.branches.emplace_back(static_cast<std::uint8_t>(i), of.buckets(i));
  return out;
}

// At least one bucket, then as many as fit: the others differ still when they come up again.
digests_message differing_buckets(const table& of, const buckets_message& theirs) {
  digests_message out;
  std::size_t pairs = 0;
  for (const auto& [branch, buckets] : theirs.branches) {
    const digests ours = of.digests_tree().buckets(branch);
    for (std::size_t i = 0; i < fan_out; ++i) {
      if (ours[i] == buckets[i]) continue;
      const auto number = static_cast<std::uint8_t>(branch * fan_out + i);
      std::vector<digest_pair> all = of.bucket(number);
      pairs += all.size();
      if (pairs > pairs_max && !out.buckets.empty()) {
        out.more = true;
        return out;
      }
      all.resize(std::min<std::size_t>(all.size(), 0xFFFF));
      out.buckets.emplace_back(number, std::move(all));
    }
  }
  return out;
}

bool give_way(party& here, rank other, time_point now) {
  if (!here.place.yields_to(other)) return false;
  here.entries.drop_registers();
  here.place.yielded(now);
  return true;
}

std::string answer_root(party& here, const root_message& m, time_point now) {
  (void)give_way(here, m.from, now);
  const tree& mine = here.entries.digests_tree();
  // Asked before the outcome is counted: the other side judges by what we were.
  const rank rank_now = here.place.now();
  if (m.root != mine.root()) return encode(branches_message{rank_now, mine.branches()});
  here.place.compared(m.from, now);
  return encode(same_message{rank_now});
}

std::string answer_exchange(party& here, const exchange_message& m, time_point now) {
  for (const entry& one : m.entries) (void)here.entries.merge(one, now);
  std::deque<std::uint64_t> keys(m.wanted.begin(), m.wanted.end());
  taken_message out;
  out.entries = take_entries_of(here.entries, keys, now);
  out.served = static_cast<std::uint16_t>(m.wanted.size() - keys.size());
  return encode(out);
}

}  // namespace

std::vector<entry> take_entries_of(const table& from, std::deque<std::uint64_t>& keys,
                                   time_point now) {
  std::vector<entry> out;
  std::size_t bytes = 0;
  for (; !keys.empty() && bytes < message_fill && out.size() < 0xFFFF; keys.pop_front()) {
    const entry* const one = from.find(keys.front());
    if (one == nullptr) continue;  // gone meanwhile
    out.push_back(from.copy(*one, now));
    bytes += footprint_of(*one).bytes;
  }
  return out;
}

result<std::string> answer(party& here, std::string_view bytes, time_point now) {
  auto read = decode(bytes);
  if (!read) {
    here.entries.refuse(refusal::malformed);
    return read.error();
  }
  if (const auto* root = std::get_if<root_message>(&*read)) return answer_root(here, *root, now);
  if (const auto* buckets = std::get_if<buckets_message>(&*read))
    return encode(differing_buckets(here.entries, *buckets));
  if (const auto* entries = std::get_if<exchange_message>(&*read))
    return answer_exchange(here, *entries, now);
  if (const auto* news = std::get_if<push_message>(&*read)) {
    for (const entry& one : news->entries) (void)here.entries.merge(one, now);
    return std::string();
  }
  here.entries.refuse(refusal::malformed);
  return {errc::invalid, "that message of shared state answers a question, and none was asked"};
}

std::string comparison::begin() {
  return encode(root_message{here_.place.now(), here_.entries.digests_tree().root()});
}

comparison::next comparison::take(std::string_view bytes, time_point now) {
  auto read = decode(bytes);
  if (!read) {
    here_.entries.refuse(refusal::malformed);
    return read.error();
  }
  if (const auto* same = std::get_if<same_message>(&*read)) return take_same(*same, now);
  if (const auto* all = std::get_if<branches_message>(&*read)) return take_branches(*all, now);
  if (const auto* pairs = std::get_if<digests_message>(&*read)) return take_digests(*pairs, now);
  if (const auto* taken = std::get_if<taken_message>(&*read)) return take_entries(*taken, now);
  here_.entries.refuse(refusal::malformed);
  return {errc::invalid, "that message of shared state is a question, not an answer"};
}

comparison::next comparison::take_same(const same_message& m, time_point now) {
  here_.place.compared(m.from, now);
  equal_ = true;
  return std::optional<std::string>();
}

comparison::next comparison::take_branches(const branches_message& m, time_point now) {
  other_ = m.from;
  if (give_way(here_, m.from, now)) {
    again_ = true;
    return std::optional<std::string>();
  }
  const buckets_message out = differing_branches(here_.entries.digests_tree(), m.branches);
  if (out.branches.empty()) return std::optional<std::string>();  // it changed meanwhile
  return std::optional(encode(out));
}

comparison::next comparison::take_digests(const digests_message& m, time_point now) {
  left_out_ = m.more;
  for (const auto& [bucket, pairs] : m.buckets) compare(bucket, pairs);
  return exchange(now);
}

// Both lists are sorted by key.
void comparison::compare(std::uint8_t bucket, const std::vector<digest_pair>& theirs) {
  const std::vector<digest_pair> ours = here_.entries.bucket(bucket);
  auto mine = ours.begin();
  const auto give_until = [&](std::uint64_t key) {
    for (; mine != ours.end() && mine->key < key; ++mine, ++differences_)
      to_give_.push_back(mine->key);
  };
  for (const digest_pair& one : theirs) {
    give_until(one.key);
    const bool known = mine != ours.end() && mine->key == one.key;
    const bool same = known && mine->digest == one.digest;
    if (known) {
      if (!same) to_give_.push_back(one.key);
      ++mine;
    }
    if (same) continue;
    ++differences_;
    if (known || !here_.entries.full())
      wanted_.push_back(one.key);
    else
      here_.entries.refuse(refusal::entries);
  }
  for (; mine != ours.end(); ++mine, ++differences_) to_give_.push_back(mine->key);
}

comparison::next comparison::exchange(time_point now) {
  if (to_give_.empty() && wanted_.empty()) {
    // Equal as of now; the next comparison will say so itself.
    if (!left_out_) here_.place.compared(other_, now);
    equal_ = !left_out_;
    return std::optional<std::string>();
  }
  if (++exchanges_ > exchanges_max) return std::optional<std::string>();
  exchange_message out;
  out.entries = take_entries_of(here_.entries, to_give_, now);
  asked_ = std::min(wanted_.size(), wanted_max);
  out.wanted.assign(wanted_.begin(), wanted_.begin() + static_cast<std::ptrdiff_t>(asked_));
  return std::optional(encode(out));
}

comparison::next comparison::take_entries(const taken_message& m, time_point now) {
  if (m.served > asked_ || (m.served == 0 && asked_ > 0)) {
    here_.entries.refuse(refusal::malformed);
    return {errc::invalid, "a peer says it served " + std::to_string(m.served) + " of " +
                               std::to_string(asked_) + " entries of shared state"};
  }
  for (const entry& one : m.entries) (void)here_.entries.merge(one, now);
  wanted_.erase(wanted_.begin(), wanted_.begin() + m.served);
  asked_ = 0;
  return exchange(now);
}

}  // namespace mw::anti_entropy
