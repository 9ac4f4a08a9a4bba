// decision_cache: one hash, one compare.
// SPDX-License-Identifier: Apache-2.0
#include "decision_cache.h"

#include <mw/toolkit/hash.h>

#include <bit>
#include <cstring>

namespace mw::access_policy {

decision_cache::decision_cache(std::size_t entries, std::uint64_t seed) : seed_(seed) {
  if (entries == 0) return;
  entries_.resize(std::bit_ceil(entries));
  mask_ = entries_.size() - 1;
}

std::uint64_t decision_cache::hash_question(const access& what) const noexcept {
  return hash_mix(hash_of(what.subject) ^ seed_,
                  hash_of(what.resource) + static_cast<std::uint64_t>(what.verb));
}

std::optional<verdict> decision_cache::find(const access& what) noexcept {
  if (entries_.empty() || what.subject.size() + what.resource.size() > key_size_max)
    return std::nullopt;
  asked_ = hash_question(what);
  const entry& e = entries_[asked_ & mask_];
  const bool same =
      e.generation == generation_ && e.hash == asked_ && e.verb == what.verb &&
      e.subject_size == what.subject.size() && e.resource_size == what.resource.size() &&
      std::string_view(e.key.data(), e.subject_size) == what.subject &&
      std::string_view(e.key.data() + e.subject_size, e.resource_size) == what.resource;
  if (!same) return std::nullopt;
  return verdict{e.allowed, e.rule};
}

void decision_cache::keep(const access& what, const verdict& decided) noexcept {
  if (entries_.empty() || what.subject.size() + what.resource.size() > key_size_max) return;
  entry& e = entries_[asked_ & mask_];
  e.hash = asked_;
  e.generation = generation_;
  e.rule = decided.rule;
  e.allowed = decided.allowed;
  e.verb = what.verb;
  e.subject_size = static_cast<std::uint16_t>(what.subject.size());
  e.resource_size = static_cast<std::uint16_t>(what.resource.size());
  what.subject.copy(e.key.data(), what.subject.size());
  what.resource.copy(e.key.data() + what.subject.size(), what.resource.size());
}

}  // namespace mw::access_policy
