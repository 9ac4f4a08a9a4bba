// lexer: tells the code, the comments and the literals of a C++ file apart.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mw::tidy {

// Both texts have the length of the original and its line ends in the same places, so that an
// offset in one is an offset in all. What does not belong is a space.
struct split_text {
  std::string code;      // comments gone; of literals only the quotes are left
  std::string comments;  // only comments, with their slashes
};

split_text split(std::string_view text);

// The same code with preprocessor lines blanked too, for rules that follow braces.
std::string without_preprocessor(std::string_view code);

}  // namespace mw::tidy
