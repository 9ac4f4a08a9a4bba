// model: joins of registers (dotted version vectors) and of counters.
// SPDX-License-Identifier: Apache-2.0
#include "core/model.h"

#include <mw/planted.h>
#include <mw/toolkit/hash.h>

#include <algorithm>
#include <limits>

namespace mw::anti_entropy {

namespace {

bool covers(const version_vector& seen, const sibling& one) {
  const auto at = seen.find(one.by);
  return at != seen.end() && at->second >= one.number;
}

bool same_write(const sibling& a, const sibling& b) {
  return a.by == b.by && a.number == b.number;
}

const sibling* find_write(const register_state& in, const sibling& wanted) {
  const auto at = std::find_if(in.values.begin(), in.values.end(),
                               [&](const sibling& one) { return same_write(one, wanted); });
  return at == in.values.end() ? nullptr : &*at;
}

}  // namespace

std::string_view to_string(entry_kind kind) {
  return kind == entry_kind::value ? "register" : "counter";
}

std::size_t entry::writers() const {
  return kind == entry_kind::value ? held.seen.size() : sums.size();
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

std::uint64_t key_of(entry_kind kind, std::string_view name) {
  return hash_mix(static_cast<std::uint64_t>(kind), hash_text(name));
}

register_state join(const register_state& a, const register_state& b) {
  register_state out;
  for (const sibling& one : a.values) {
    const sibling* const there = find_write(b, one);
    // One number with two values is a broken promise of its writer; the choice is at least the same
    // everywhere.
    if (there != nullptr)
      out.values.push_back(std::max(one, *there));
    else if (!covers(b.seen, one))
      out.values.push_back(one);
  }
  for (const sibling& one : b.values)
    if (find_write(a, one) == nullptr &&
        (!covers(a.seen, one) || MW_PLANTED(removed_value_returns)))
      out.values.push_back(one);
  std::sort(out.values.begin(), out.values.end());
  out.seen = a.seen;
  for (const auto& [by, number] : b.seen) {
    std::uint64_t& known = out.seen[by];
    known = std::max(known, number);
  }
  return out;
}

counter_state join(const counter_state& a, const counter_state& b) {
  counter_state out = a;
  for (const auto& [by, there] : b) {
    amounts& known = out[by];
    if (MW_PLANTED(counted_twice) && there.added > known.added) ++known.taken;
    known = {std::max(known.added, there.added), std::max(known.taken, there.taken)};
  }
  return out;
}

entry join(const entry& a, const entry& b) {
  entry out{a.kind, a.name, {}, {}, {}};
  if (a.kind == entry_kind::counter) {
    out.sums = join(a.sums, b.sums);
    return out;
  }
  out.held = join(a.held, b.held);
  if (!out.removed()) return out;
  const bool is_a = out.held == a.held;
  const bool is_b = out.held == b.held;
  if (is_a && is_b)
    out.age = std::max(a.age, b.age);
  else if (is_a || is_b)
    out.age = is_a ? a.age : b.age;
  return out;  // a removal that neither had begins now
}

std::size_t drop_siblings(register_state& of) {
  if (of.values.size() <= siblings_max) return 0;
  const std::size_t over = of.values.size() - siblings_max;
  of.values.erase(of.values.begin(), of.values.begin() + static_cast<std::ptrdiff_t>(over));
  return over;
}

std::int64_t sum_of(const counter_state& sums) {
  // Each amount has at most 62 bits and there are at most 2^8 of them: 128 bits are plenty.
  __extension__ __int128 total = 0;
  for (const auto& [by, one] : sums) {
    total += one.added;
    total -= one.taken;
  }
  constexpr auto low = std::numeric_limits<std::int64_t>::min();
  constexpr auto high = std::numeric_limits<std::int64_t>::max();
  if (total < low) return low;
  return total > high ? high : static_cast<std::int64_t>(total);
}

}  // namespace mw::anti_entropy
