// member_table: order, index and digests kept in step.
// SPDX-License-Identifier: Apache-2.0
#include "core/member_table.h"

#include <mw/planted.h>
#include <mw/toolkit/hash.h>

#include <utility>

namespace mw::swim {

std::uint64_t place_of(std::string_view name) {
  return hash_text(name);
}

std::uint64_t digest_of(const std::string& name, const endpoint& at, const std::string& meta,
                        std::uint32_t incarnation) {
  std::uint64_t hash = hash_mix(place_of(name), incarnation);
  hash = hash_mix(hash, hash_text(at.host));
  hash = hash_mix(hash, at.port);
  return hash_mix(hash, hash_text(meta));
}

void member_table::take_out(const member& m) {
  if (!m.living()) return;
  --living_;
  buckets_[place_of(m.name) >> 56] ^= digest_of(m);
}

void member_table::put_in(const member& m) {
  if (!m.living()) return;
  ++living_;
  buckets_[place_of(m.name) >> 56] ^= digest_of(m);
}

void member_table::place(std::size_t index, std::unique_ptr<member> m) {
  index_[m->name] = index;
  order_[index] = std::move(m);
}

member* member_table::find(std::string_view name) {
  const auto at = index_.find(name);
  return at == index_.end() ? nullptr : order_[at->second].get();
}

const member* member_table::find(std::string_view name) const {
  const auto at = index_.find(name);
  return at == index_.end() ? nullptr : order_[at->second].get();
}

member& member_table::add(std::string name) {
  auto made = std::make_unique<member>();
  made->name = std::move(name);
  made->state = liveness::dead;  // until the caller edits it
  member& out = *made;
  order_.emplace_back();
  const std::size_t last = order_.size() - 1;
  const std::size_t at = random_.below(order_.size());
  if (at != last) place(last, std::move(order_[at]));
  place(at, std::move(made));
  return out;
}

void member_table::remove(const std::string& name) {
  const auto at = index_.find(name);
  if (at == index_.end()) return;
  const std::size_t hole = at->second;
  take_out(*order_[hole]);
  index_.erase(at);  // before the name that the key views
  const std::unique_ptr<member> gone = std::move(order_[hole]);
  if (hole != order_.size() - 1) place(hole, std::move(order_.back()));
  order_.pop_back();
}

member* member_table::next() {
  if (order_.empty()) return nullptr;
  if (next_ >= order_.size()) {
    next_ = 0;
    for (std::size_t i = order_.size() - 1; i > 0; --i) {
      const std::size_t with = random_.below(i + 1);
      if (with == i) continue;
      std::swap(order_[i], order_[with]);
      index_[order_[i]->name] = i;
      index_[order_[with]->name] = with;
    }
  }
  if (MW_PLANTED(one_target)) return order_.front().get();
  return order_[next_++].get();
}

std::array<std::uint64_t, group_size> member_table::groups() const {
  std::array<std::uint64_t, group_size> out{};
  for (std::size_t i = 0; i < bucket_count; ++i) out[i / group_size] ^= buckets_[i];
  return out;
}

std::uint64_t member_table::digest() const {
  std::uint64_t all = 0;
  for (const std::uint64_t one : buckets_) all ^= one;
  return all;
}

}  // namespace mw::swim
