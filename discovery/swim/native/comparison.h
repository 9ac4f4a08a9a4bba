// comparison: how two members find out what only one of them knows, in three levels of digests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/member_table.h"
#include "core/model.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::swim::native {

enum class speech : std::uint8_t {
  probe = 1,    // is it there?
  here = 2,     // yes
  compare = 3,  // digests of sixteen groups
  groups = 4,   // digests of the buckets of the groups that differ
  entries = 5,  // what is in the buckets that differ, as pairs of numbers
  records = 6,  // members, and the places of those that the sender wants
  want_cards = 7,
  cards = 8,
};

using bucket_digests = std::array<std::uint64_t, bucket_count>;
[[nodiscard]] std::array<std::uint64_t, group_size> group_digests(const bucket_digests& buckets);

struct probe_text {
  std::uint32_t number = 0;
  std::string node;
};

struct compare_text {
  bool join = false;
  std::array<std::uint64_t, group_size> groups{};
  std::string user;  // opaque
};

struct groups_text {
  std::vector<std::pair<std::uint8_t, std::array<std::uint64_t, group_size>>> groups;
  std::string user;
};

struct entry {
  std::uint64_t place = 0;
  std::uint64_t version = 0;
};
struct entries_text {
  std::vector<std::pair<std::uint8_t, std::vector<entry>>> buckets;
};

struct records_text {
  std::vector<member_state> members;
  std::vector<std::uint64_t> wanted;  // places
  std::vector<std::string> cards;     // of those who signed for `members`
};

inline constexpr std::size_t cards_each_max = 64;  // asked for at once
struct want_cards_text {
  std::vector<card_id> ids;
};
struct cards_text {
  std::vector<std::string> cards;
};

[[nodiscard]] std::string encode(const probe_text& t);
[[nodiscard]] std::string encode_here(std::uint32_t number);
[[nodiscard]] std::string encode(const compare_text& t);
[[nodiscard]] std::string encode(const groups_text& t);
[[nodiscard]] std::string encode(const entries_text& t);
[[nodiscard]] std::string encode(const records_text& t);
[[nodiscard]] std::string encode(const want_cards_text& t);
[[nodiscard]] std::string encode(const cards_text& t);

[[nodiscard]] std::optional<probe_text> decode_probe(std::string_view body);
[[nodiscard]] std::optional<std::uint32_t> decode_here(std::string_view body);
[[nodiscard]] std::optional<compare_text> decode_compare(std::string_view body);
[[nodiscard]] std::optional<groups_text> decode_groups(std::string_view body);
[[nodiscard]] std::optional<entries_text> decode_entries(std::string_view body);
[[nodiscard]] std::optional<records_text> decode_records(std::string_view body);
[[nodiscard]] std::optional<want_cards_text> decode_want_cards(std::string_view body);
[[nodiscard]] std::optional<cards_text> decode_cards(std::string_view body);

}  // namespace mw::swim::native
