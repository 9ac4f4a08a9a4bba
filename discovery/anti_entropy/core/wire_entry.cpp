// wire_entry: writers come sorted, so each entry has exactly one form.
// SPDX-License-Identifier: Apache-2.0
#include "core/wire_entry.h"

#include <algorithm>
#include <limits>

namespace mw::anti_entropy {

namespace {

constexpr std::uint64_t seconds_max = std::numeric_limits<std::uint32_t>::max();

void put_writer(std::string& out, const writer& by) {
  put_short(out, by.node);
  put(out, by.life);
}

writer read_writer(byte_reader& in) {
  writer by;
  by.node = std::string(in.short_text());
  by.life = in.number<std::uint64_t>();
  if (by.node.empty() || by.node.size() > name_max) in.fail();
  return by;
}

// `number` follows its writer; rising writers only.
template <class Map>
writer read_next_writer(byte_reader& in, const Map& before) {
  writer by = read_writer(in);
  if (!before.empty() && !(before.rbegin()->first < by)) in.fail();
  return by;
}

void put_register(std::string& out, const register_state& held) {
  put(out, static_cast<std::uint16_t>(held.seen.size()));
  for (const auto& [by, number] : held.seen) {
    put_writer(out, by);
    put(out, number);
  }
  put(out, static_cast<std::uint8_t>(held.values.size()));
  for (const sibling& one : held.values) {
    const auto at = held.seen.find(one.by);
    put(out, static_cast<std::uint16_t>(std::distance(held.seen.begin(), at)));
    put(out, one.number);
    put(out, static_cast<std::uint16_t>(one.value.size()));
    out += one.value;
  }
}

std::size_t read_count(byte_reader& in) {
  const std::size_t count = in.number<std::uint16_t>();
  if (count > writers_hard) in.fail();
  return count;
}

void read_values(byte_reader& in, register_state& held) {
  const std::size_t count = in.number<std::uint8_t>();
  if (count > siblings_max) in.fail();
  std::size_t last = 0;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const std::size_t place = in.number<std::uint16_t>();
    const auto number = in.number<std::uint64_t>();
    const std::size_t size = in.number<std::uint16_t>();
    const std::string_view value = in.text(size);
    if (place >= held.seen.size() || (i > 0 && place <= last) || size > value_max) return in.fail();
    last = place;
    const auto at = std::next(held.seen.begin(), static_cast<std::ptrdiff_t>(place));
    if (number == 0 || number > at->second) return in.fail();
    held.values.push_back({at->first, number, std::string(value)});
  }
}

void read_register(byte_reader& in, register_state& held) {
  const std::size_t writers = read_count(in);
  if (writers == 0) in.fail();
  for (std::size_t i = 0; i < writers && !in.failed(); ++i) {
    writer by = read_next_writer(in, held.seen);
    const auto number = in.number<std::uint64_t>();
    if (number == 0) in.fail();
    if (!in.failed()) held.seen.emplace_hint(held.seen.end(), std::move(by), number);
  }
  if (!in.failed()) read_values(in, held);
}

void read_counter(byte_reader& in, counter_state& sums) {
  const std::size_t writers = read_count(in);
  if (writers == 0) in.fail();
  for (std::size_t i = 0; i < writers && !in.failed(); ++i) {
    writer by = read_next_writer(in, sums);
    const amounts one{in.number<std::uint64_t>(), in.number<std::uint64_t>()};
    if (one.added > amount_max || one.taken > amount_max || one == amounts{}) in.fail();
    if (!in.failed()) sums.emplace_hint(sums.end(), std::move(by), one);
  }
}

}  // namespace

void put_state(std::string& out, const entry& one) {
  put(out, static_cast<std::uint8_t>(one.kind));
  put_short(out, one.name);
  if (one.kind == entry_kind::value) return put_register(out, one.held);
  put(out, static_cast<std::uint16_t>(one.sums.size()));
  for (const auto& [by, sums] : one.sums) {
    put_writer(out, by);
    put(out, sums.added);
    put(out, sums.taken);
  }
}

void put_entry(std::string& out, const entry& one) {
  put_state(out, one);
  if (!one.removed()) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(one.age).count();
  put(out, static_cast<std::uint32_t>(std::min(static_cast<std::uint64_t>(seconds), seconds_max)));
}

entry read_entry(byte_reader& in) {
  entry one;
  const auto kind = in.number<std::uint8_t>();
  if (kind != 1 && kind != 2) in.fail();
  one.name = std::string(in.short_text());
  if (!is_name(one.name)) in.fail();
  if (in.failed()) return one;
  one.kind = static_cast<entry_kind>(kind);
  if (one.kind == entry_kind::counter) {
    read_counter(in, one.sums);
    return one;
  }
  read_register(in, one.held);
  if (one.removed()) one.age = std::chrono::seconds(in.number<std::uint32_t>());
  return one;
}

}  // namespace mw::anti_entropy
