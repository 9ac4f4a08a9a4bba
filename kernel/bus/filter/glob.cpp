// glob: greedy matching that only ever goes back to the last star.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/glob.h"

#include <cstddef>

namespace mw::kernel {
namespace {

// Where the character that starts at `at` ends.
std::size_t after_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  return at;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = none;    // after the last star of the pattern
  std::size_t star_text = 0;  // where the rest of the text starts if that star takes no more
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = after_character(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != none) {
      // Earlier stars need no second look: what they could take, the last star can take as well.
      p = star;
      t = star_text = after_character(text, star_text);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace mw::kernel
