// mutator: flips, inserts, removes, repeats and splices; a xorshift generator picks.
// SPDX-License-Identifier: Apache-2.0
#include "mutator.h"

#include <algorithm>
#include <array>

namespace mw::fuzz {
namespace {

// Bytes that parsers treat specially: ends, quotes, separators, sign and length limits.
constexpr std::array<std::uint8_t, 20> special{0,  1,  9,  10, 13,  32,  34,  39,  40,  44,
                                               45, 46, 58, 91, 123, 127, 128, 192, 254, 255};

using offset = std::ptrdiff_t;

}  // namespace

std::uint64_t mutator::draw() {
  state_ ^= state_ << 13U;
  state_ ^= state_ >> 7U;
  state_ ^= state_ << 17U;
  return state_;
}

std::size_t mutator::below(std::size_t bound) {
  return bound == 0 ? 0 : draw() % bound;
}

input mutator::next(const std::vector<input>& corpus) {
  input bytes = corpus[below(corpus.size())];
  const std::size_t changes = 1 + below(4);
  for (std::size_t i = 0; i < changes; ++i) change(bytes, corpus);
  if (bytes.size() > input_size_max) bytes.resize(input_size_max);
  return bytes;
}

void mutator::change(input& bytes, const std::vector<input>& corpus) {
  const std::size_t at = below(bytes.size());
  const auto place = bytes.begin() + static_cast<offset>(at);
  const std::size_t length =
      bytes.empty() ? 0 : 1 + below(std::min<std::size_t>(bytes.size() - at, 32));
  switch (bytes.empty() ? 2 : below(7)) {
    case 0:
      bytes[at] ^= static_cast<std::uint8_t>(1U << below(8));
      break;
    case 1:
      bytes[at] = special[below(special.size())];
      break;
    case 2:
      bytes.insert(place, special[below(special.size())]);
      break;
    case 3:
      bytes.erase(place, place + static_cast<offset>(length));
      break;
    case 4: {
      const input piece(place, place + static_cast<offset>(length));
      bytes.insert(place, piece.begin(), piece.end());
      break;
    }
    case 5:
      bytes.resize(at);
      break;
    default:
      splice(bytes, corpus[below(corpus.size())]);
      break;
  }
}

void mutator::splice(input& bytes, const input& other) {
  if (other.empty()) return;
  const std::size_t from = below(other.size());
  const std::size_t length = 1 + below(other.size() - from);
  const auto first = other.begin() + static_cast<offset>(from);
  const input piece(first, first + static_cast<offset>(length));  // `other` may be `bytes` itself
  bytes.insert(bytes.begin() + static_cast<offset>(below(bytes.size() + 1)), piece.begin(),
               piece.end());
}

}  // namespace mw::fuzz
