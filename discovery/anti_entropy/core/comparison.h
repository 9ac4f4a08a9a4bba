// comparison: how two nodes find out what differs, as steps: bytes in, bytes out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/standing.h"
#include "core/table.h"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::anti_entropy {

// What a node compares with: borrowed, outlives both classes below.
struct party {
  table& entries;
  standing& place;
};

// The side that is asked: no memory between messages. `invalid` and `unsupported`: the message is
// wrong, nothing was changed. Empty: there is nothing to answer (a push).
[[nodiscard]] result<std::string> answer(party& here, std::string_view bytes, time_point now);

// The side that asks, for one comparison with one peer.
class comparison {
 public:
  // Exchanges of entries in one comparison; what is left waits for the next.
  static constexpr std::size_t exchanges_max = 64;

  explicit comparison(party here) : here_(here) {}

  [[nodiscard]] std::string begin();
  // Takes the answer to the last message, and gives the next one; nothing: it is over.
  [[nodiscard]] result<std::optional<std::string>> take(std::string_view bytes, time_point now);

  // After the end: whether both were found equal or were made so.
  [[nodiscard]] bool equal() const { return equal_; }
  // Our registers went for the peer's: compare again at once.
  [[nodiscard]] bool again() const { return again_; }
  // Entries that differed, as far as it was seen.
  [[nodiscard]] std::size_t differences() const { return differences_; }

 private:
  using next = result<std::optional<std::string>>;
  [[nodiscard]] next take_same(const same_message& m, time_point now);
  [[nodiscard]] next take_branches(const branches_message& m, time_point now);
  [[nodiscard]] next take_digests(const digests_message& m, time_point now);
  [[nodiscard]] next take_entries(const taken_message& m, time_point now);
  [[nodiscard]] next exchange(time_point now);
  void compare(std::uint8_t bucket, const std::vector<digest_pair>& theirs);

  party here_;
  rank other_ = rank::newcomer;
  std::deque<std::uint64_t> to_give_;
  std::deque<std::uint64_t> wanted_;
  std::size_t asked_ = 0;  // of `wanted_`, in the last message
  std::size_t exchanges_ = 0;
  std::size_t differences_ = 0;
  bool left_out_ = false;
  bool equal_ = false;
  bool again_ = false;
};

// Entries of `keys` from the front on, as many as fit into one message; those taken are erased.
[[nodiscard]] std::vector<entry> take_entries_of(const table& from, std::deque<std::uint64_t>& keys,
                                                 time_point now);

}  // namespace mw::anti_entropy
