// functions: finds the bodies of functions in C++ text by following braces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace mw::tidy {

struct function_span {
  std::size_t first_line = 0;  // of the opening brace
  std::size_t last_line = 0;   // of the closing brace

  [[nodiscard]] std::size_t lines() const { return last_line - first_line + 1; }
};

// `code` has its comments and literals blanked. Lambdas count with the function that holds them.
std::vector<function_span> functions_of(std::string_view code);

}  // namespace mw::tidy
