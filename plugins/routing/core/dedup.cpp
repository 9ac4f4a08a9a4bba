// dedup: a bit for each sequence number, in a ring that moves with the newest.
// SPDX-License-Identifier: Apache-2.0
#include "core/dedup.h"

#include <mw/planted.h>

namespace mw::routing {
namespace {

constexpr std::size_t word_of(std::uint64_t sequence) {
  return static_cast<std::size_t>(sequence % dedup::window / 64);
}
constexpr std::uint64_t bit_of(std::uint64_t sequence) {
  return std::uint64_t{1} << (sequence % 64);
}

}  // namespace

seen dedup::judge(const entry& e, std::uint32_t epoch, std::uint64_t sequence) {
  if (epoch < e.epoch) return seen::fenced;
  if (epoch > e.epoch || sequence > e.highest) return seen::fresh;
  if (e.highest - sequence >= window) return seen::out_of_window;
  return (e.bits[word_of(sequence)] & bit_of(sequence)) != 0 ? seen::duplicate : seen::fresh;
}

seen dedup::look(const producer_key& from, std::uint32_t epoch, std::uint64_t sequence) const {
  const auto index = by_key_.find(from);
  return index ? judge(entries_[*index], epoch, sequence) : seen::fresh;
}

seen dedup::take(const producer_key& from, std::uint32_t epoch, std::uint64_t sequence) {
  if (max_ == 0) return seen::out_of_window;
  entry& e = entry_of(from, epoch, sequence);
  const seen what = judge(e, epoch, sequence);
  if (what != seen::fresh) return what;
  if (epoch > e.epoch) {
    e.epoch = epoch;
    e.highest = sequence;
    e.bits.fill(0);
  }
  if (sequence > e.highest) advance(e, sequence);
  e.bits[word_of(sequence)] |= bit_of(sequence);
  return seen::fresh;
}

dedup::entry& dedup::entry_of(const producer_key& from, std::uint32_t epoch,
                              std::uint64_t sequence) {
  std::uint32_t index = 0;
  if (const auto found = by_key_.find(from)) {
    index = *found;
    if (index == newest_) return entries_[index];
    take_out(index);
  } else {
    if (entries_.size() < max_) {
      index = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      index = oldest_;
      take_out(index);
      by_key_.erase(entries_[index].key);
      ++forgotten_;
    }
    entries_[index] = {.key = from, .epoch = epoch, .highest = sequence};
    by_key_.set(from, index);
  }
  touch(index);
  return entries_[index];
}

// Clears the bits between the newest so far and the new one.
void dedup::advance(entry& e, std::uint64_t to) {
  if (to - e.highest >= window) {
    e.bits.fill(0);
  } else {
    std::uint64_t at = e.highest + (MW_PLANTED(window_off_by_one) ? 0 : 1);
    while (at <= to) {
      if (at % 64 == 0 && to - at >= 63) {
        e.bits[word_of(at)] = 0;
        at += 64;
      } else {
        e.bits[word_of(at)] &= ~bit_of(at);
        ++at;
      }
    }
  }
  e.highest = to;
}

void dedup::touch(std::uint32_t index) {
  entries_[index].older = newest_;
  entries_[index].newer = none;
  if (newest_ != none) entries_[newest_].newer = index;
  newest_ = index;
  if (oldest_ == none) oldest_ = index;
}

void dedup::take_out(std::uint32_t index) {
  entry& e = entries_[index];
  if (e.newer != none)
    entries_[e.newer].older = e.older;
  else
    newest_ = e.older;
  if (e.older != none)
    entries_[e.older].newer = e.newer;
  else
    oldest_ = e.newer;
}

}  // namespace mw::routing
