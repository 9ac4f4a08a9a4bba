// tokens: the bearer tokens that open this node, compared without telling how much of one is right.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::http {

enum class role : std::uint8_t {
  read,  // look: reads and feeds
  act,   // change things, too
};
constexpr std::array<std::string_view, 2> option_names(role) {
  return {"read", "act"};
}

// Whether both are the same. How long it takes depends on the length of `given` alone, which its
// sender knows: each of its bytes is looked at, wherever the first difference is. For anything with
// size() and [].
template <class Text>
[[nodiscard]] bool same_secret(const Text& known, const Text& given) {
  if (known.size() == 0) return false;
  unsigned difference = known.size() == given.size() ? 0U : 1U;
  std::size_t place = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned char>(known[place]) ^ static_cast<unsigned char>(given[i]);
    place = place + 1 == known.size() ? 0 : place + 1;
  }
  return difference == 0;
}

struct token {
  std::string name;
  secret value;
  role may = role::read;
  bool drawn = false;  // by this node, from 256 random bits: nobody guesses it
};

class token_table {
 public:
  static constexpr std::size_t secret_bytes_min = 16;
  static constexpr std::size_t secret_bytes_max = 512;

  void add(token one) { all_.push_back(std::move(one)); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  // Null when no token is the same. All of them are compared, each to its end; `only_drawn` leaves
  // out those that people have chosen.
  [[nodiscard]] const token* find(std::string_view given, bool only_drawn) const;

 private:
  std::vector<token> all_;
};

// The token behind "Bearer "; empty when the value of Authorization is of another form.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

// Whether `text` can be sent as a bearer token: visible ASCII without blanks and commas.
[[nodiscard]] bool is_bearer_token(std::string_view text);

// In lower-case hex.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

}  // namespace mw::http
