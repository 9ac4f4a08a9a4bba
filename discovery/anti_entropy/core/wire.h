// wire: the messages of peers as bytes, see PROTOCOL.md; what is read has been checked completely.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"
#include "core/tree.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mw::anti_entropy {

inline constexpr std::uint8_t wire_version = 1;
// Messages are filled up to here, and larger ones are refused: one entry of the largest kind fits.
inline constexpr std::size_t message_fill = std::size_t{32} * 1024;
inline constexpr std::size_t message_max = std::size_t{128} * 1024;

// How much a node's state can be trusted to be complete; see standing.h.
enum class rank : std::uint8_t { newcomer = 0, stranger = 1, resident = 2 };

struct root_message {  // is your state mine?
  rank from = rank::newcomer;
  std::uint64_t root = 0;
};
struct same_message {  // yes
  rank from = rank::newcomer;
};
struct branches_message {  // no: these are my branches
  rank from = rank::newcomer;
  digests branches{};
};
struct buckets_message {  // the buckets of the branches that differ
  std::vector<std::pair<std::uint8_t, digests>> branches;
};
struct digest_pair {
  std::uint64_t key = 0;
  std::uint64_t digest = 0;
  friend bool operator==(const digest_pair&, const digest_pair&) = default;
};
struct digests_message {  // what is in the buckets that differ
  bool more = false;      // some did not fit
  std::vector<std::pair<std::uint8_t, std::vector<digest_pair>>> buckets;
};
struct exchange_message {  // take these, and give me those
  std::vector<entry> entries;
  std::vector<std::uint64_t> wanted;
};
struct taken_message {       // here they are
  std::uint16_t served = 0;  // of those wanted, from the first on
  std::vector<entry> entries;
};
struct push_message {  // news; without an answer
  std::vector<entry> entries;
};
using message = std::variant<root_message, same_message, branches_message, buckets_message,
                             digests_message, exchange_message, taken_message, push_message>;

[[nodiscard]] std::string encode(const message& what);
// `invalid` with the reason: what is longer, shorter or other than it says.
[[nodiscard]] result<message> decode(std::string_view bytes);

void put_entry(std::string& out, const entry& one);
// What an entry weighs in messages, and the digest of all of it that is compared: not of its age.
struct footprint {
  std::uint64_t digest = 0;  // zero: there is none
  std::size_t bytes = 0;
};
[[nodiscard]] footprint footprint_of(const entry& one);

}  // namespace mw::anti_entropy
