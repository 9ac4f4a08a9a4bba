// glob_test: stars, question marks, and patterns made to be slow.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/glob.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::kernel {
namespace {

struct row {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

TEST_CASE("glob patterns cover the whole text") {
  constexpr row rows[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "abc", true},
      {"**", "abc", true},
      {"?", "", false},
      {"?", "a", true},
      {"?", "ab", false},
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"abc", "ab", false},
      {"a*", "a", true},
      {"a*c", "abbbc", true},
      {"a*c", "abbbcd", false},
      {"*b*", "abc", true},
      {"*b*", "ac", false},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXcYb", false},
      {"*ab", "aab", true},
      {"*aab", "aaab", true},
      {"n?-*", "n1-west", true},
      {"n?-*", "n12-west", false},
      {"a?*", "a", false},
      {"*?", "", false},
      {"*?", "a", true},
      {"[a]", "a", false},
      {"[a]", "[a]", true},
  };
  for (const row& one : rows) {
    CAPTURE(one.pattern);
    CAPTURE(one.text);
    CHECK(glob_matches(one.pattern, one.text) == one.matches);
  }
}

TEST_CASE("a question mark is one character, however many bytes it takes") {
  CHECK(glob_matches("?", "\u00e9"));
  CHECK(glob_matches("M?nchen", "M\u00fcnchen"));
  CHECK_FALSE(glob_matches("??", "\u00e9"));
  CHECK(glob_matches("*?", "\u20ac"));
  CHECK_FALSE(glob_matches("*??", "\u20ac"));
  CHECK(glob_matches("*\u00fc*", "M\u00fcnchen"));
  // Bytes that are no UTF-8 match themselves.
  CHECK(glob_matches("\xff*", "\xff\xfe"));
}

TEST_CASE("many stars cost pattern times text, not more") {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "a*";
  CHECK_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
  CHECK(glob_matches(pattern, std::string(5000, 'a')));
}

}  // namespace
}  // namespace mw::kernel
