// hpack: header blocks of HTTP/2: a bounded decoder, and an encoder that remembers nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mw::checks {

struct header {
  std::string name;
  std::string value;
  friend bool operator==(const header&, const header&) = default;
};

// Literals without Huffman codes that no table keeps: what any peer understands.
void put_header(std::string& to, std::string_view name, std::string_view value);

// One direction of one connection. After a failure the connection cannot go on.
class hpack_decoder {
 public:
  static constexpr std::size_t table_max = 4096;      // bytes, as we say in SETTINGS; RFC 7541, 4.1
  static constexpr std::size_t list_max = 16 * 1024;  // bytes of names and values of one block
  static constexpr std::size_t count_max = 128;       // headers of one block

  // A whole block. `invalid`: broken; `overloaded`: beyond a bound.
  [[nodiscard]] result<std::vector<header>> decode(std::string_view block);

 private:
  struct place {
    std::string_view rest;
    std::size_t bytes = 0;  // of what was decoded so far
  };
  [[nodiscard]] result<std::uint64_t> take_number(place& at, unsigned prefix_bits) const;
  [[nodiscard]] result<std::string> take_text(place& at) const;
  [[nodiscard]] result<header> at_index(std::uint64_t index) const;
  [[nodiscard]] result<header> take_literal(place& at, unsigned prefix_bits) const;
  [[nodiscard]] status resize(std::uint64_t size);
  void remember(header one);
  void shrink_to(std::size_t size);

  std::deque<header> table_;  // the newest first
  std::size_t table_bytes_ = 0;
  std::size_t table_limit_ = table_max;
};

// RFC 7541, 5.2. `limit`: bytes of the decoded text.
[[nodiscard]] result<std::string> decode_huffman(std::string_view coded, std::size_t limit);

}  // namespace mw::checks
