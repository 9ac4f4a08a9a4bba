// hpack: what a server may send by RFC 7541, and no more than the bounds allow.
// SPDX-License-Identifier: Apache-2.0
#include "hpack.h"

#include "hpack_tables.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mw::checks {

namespace {

constexpr std::size_t entry_overhead = 32;  // RFC 7541, 4.1
constexpr unsigned code_bits_max = 30;

failure broken(std::string what) {
  return {errc::invalid, "header block: " + std::move(what)};
}
failure too_much(std::string what) {
  return {errc::overloaded, "header block: " + std::move(what)};
}

// For each length: the first code of it, how many there are, and where their bytes begin.
struct code_table {
  struct row {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t begin = 0;
  };
  std::array<row, code_bits_max + 1> rows{};
  std::array<std::uint16_t, code_count> symbols{};
};

constexpr code_table make_codes(const std::array<std::uint8_t, code_count>& lengths) {
  code_table t;
  std::uint32_t code = 0;
  std::uint32_t placed = 0;
  for (unsigned bits = 1; bits <= code_bits_max; ++bits) {
    code <<= 1U;
    t.rows[bits].first = code;
    t.rows[bits].begin = placed;
    for (std::size_t symbol = 0; symbol < code_count; ++symbol)
      if (lengths[symbol] == bits) t.symbols[placed++] = static_cast<std::uint16_t>(symbol);
    t.rows[bits].count = placed - t.rows[bits].begin;
    code += t.rows[bits].count;
  }
  return t;
}

std::size_t cost(const header& one) {
  return one.name.size() + one.value.size() + entry_overhead;
}

void put_number(std::string& to, std::size_t value, unsigned prefix_bits, unsigned flags) {
  const std::size_t full = (std::size_t{1} << prefix_bits) - 1;
  if (value < full) {
    to += static_cast<char>(flags | value);
    return;
  }
  to += static_cast<char>(flags | full);
  for (value -= full; value >= 128; value >>= 7U) to += static_cast<char>(128 | (value & 127));
  to += static_cast<char>(value);
}

void put_text(std::string& to, std::string_view text) {
  put_number(to, text.size(), 7, 0);
  to += text;
}

}  // namespace

void put_header(std::string& to, std::string_view name, std::string_view value) {
  to += '\0';  // a literal that is not kept, with its name
  put_text(to, name);
  put_text(to, value);
}

result<std::string> decode_huffman(std::string_view coded, std::size_t limit) {
  const code_table codes = make_codes(code_lengths());
  std::string out;
  std::uint32_t code = 0;
  unsigned bits = 0;
  for (const char byte : coded) {
    for (int shift = 7; shift >= 0; --shift) {
      code = code << 1U | (static_cast<unsigned char>(byte) >> shift & 1U);
      if (++bits > code_bits_max) return broken("a code that does not exist");
      const code_table::row& row = codes.rows[bits];
      if (code < row.first || code - row.first >= row.count) continue;
      const std::uint16_t symbol = codes.symbols[row.begin + code - row.first];
      if (symbol > 255) return broken("the end of a string in its middle");
      if (out.size() == limit)
        return too_much("a text of more than " + std::to_string(limit) + " bytes");
      out += static_cast<char>(symbol);
      code = 0;
      bits = 0;
    }
  }
  // What is left are the first bits of the end code: ones, and fewer than a byte of them.
  if (bits > 7 || code != (1U << bits) - 1) return broken("wrong padding");
  return out;
}

result<std::uint64_t> hpack_decoder::take_number(place& at, unsigned prefix_bits) const {
  if (at.rest.empty()) return broken("it ends in a number");
  const std::uint64_t full = (1U << prefix_bits) - 1;
  std::uint64_t value = static_cast<unsigned char>(at.rest.front()) & full;
  at.rest.remove_prefix(1);
  if (value < full) return value;
  constexpr unsigned shift_max = 28;  // beyond is beyond every bound here
  for (unsigned shift = 0; shift <= shift_max; shift += 7) {
    if (at.rest.empty()) return broken("it ends in a number");
    const auto byte = static_cast<unsigned char>(at.rest.front());
    at.rest.remove_prefix(1);
    value += std::uint64_t{byte & 127U} << shift;
    if (byte < 128) return value;
  }
  return broken("a number without end");
}

result<std::string> hpack_decoder::take_text(place& at) const {
  const bool coded = !at.rest.empty() && (static_cast<unsigned char>(at.rest.front()) & 128U) != 0;
  MW_TRY(const std::uint64_t size, take_number(at, 7));
  if (size > at.rest.size()) return broken("it ends in a text");
  const std::string_view raw = at.rest.substr(0, static_cast<std::size_t>(size));
  at.rest.remove_prefix(raw.size());
  const std::size_t room = list_max - std::min(at.bytes, list_max);
  if (!coded && raw.size() > room)
    return too_much("more than " + std::to_string(list_max) + " bytes");
  std::string text(raw);
  if (coded) {
    MW_TRY(text, decode_huffman(raw, room));
  }
  at.bytes += text.size();
  return text;
}

result<header> hpack_decoder::at_index(std::uint64_t index) const {
  const auto& fixed = static_headers();
  if (index == 0) return broken("index 0");
  if (index <= fixed.size()) {
    const header_view& one = fixed[static_cast<std::size_t>(index) - 1];
    return header{std::string(one.name), std::string(one.value)};
  }
  const std::uint64_t kept = index - fixed.size() - 1;
  if (kept >= table_.size())
    return broken("index " + std::to_string(index) + ", beyond both tables");
  return table_[static_cast<std::size_t>(kept)];
}

result<header> hpack_decoder::take_literal(place& at, unsigned prefix_bits) const {
  MW_TRY(const std::uint64_t index, take_number(at, prefix_bits));
  header one;
  if (index == 0) {
    MW_TRY(one.name, take_text(at));
  } else {
    MW_TRY(const header known, at_index(index));
    one.name = known.name;
    at.bytes += one.name.size();
  }
  MW_TRY(one.value, take_text(at));
  return one;
}

status hpack_decoder::resize(std::uint64_t size) {
  if (size > table_max)
    return broken("a table of " + std::to_string(size) + " bytes, " + std::to_string(table_max) +
                  " is the limit");
  table_limit_ = static_cast<std::size_t>(size);
  shrink_to(table_limit_);
  return {};
}

void hpack_decoder::shrink_to(std::size_t size) {
  while (table_bytes_ > size) {
    table_bytes_ -= cost(table_.back());
    table_.pop_back();
  }
}

void hpack_decoder::remember(header one) {
  const std::size_t bytes = cost(one);
  shrink_to(table_limit_ - std::min(bytes, table_limit_));
  if (bytes > table_limit_) return;  // it empties the table and is not kept
  table_bytes_ += bytes;
  table_.push_front(std::move(one));
}

result<std::vector<header>> hpack_decoder::decode(std::string_view block) {
  place at{block};
  std::vector<header> out;
  while (!at.rest.empty()) {
    const auto first = static_cast<unsigned char>(at.rest.front());
    if ((first & 0xe0U) == 0x20U) {
      if (!out.empty()) return broken("the table changes its size in the middle");
      MW_TRY(const std::uint64_t size, take_number(at, 5));
      MW_CHECK(resize(size));
      continue;
    }
    if (out.size() == count_max)
      return too_much("more than " + std::to_string(count_max) + " headers");
    const bool indexed = (first & 0x80U) != 0;
    const bool kept = (first & 0x40U) != 0;
    if (indexed) {
      MW_TRY(const std::uint64_t index, take_number(at, 7));
      MW_TRY(header known, at_index(index));
      at.bytes += known.name.size() + known.value.size();
      out.push_back(std::move(known));
    } else {
      MW_TRY(header one, take_literal(at, kept ? 6 : 4));
      if (kept) remember(one);
      out.push_back(std::move(one));
    }
    if (at.bytes > list_max) return too_much("more than " + std::to_string(list_max) + " bytes");
  }
  return out;
}

}  // namespace mw::checks
