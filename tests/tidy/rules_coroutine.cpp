// rules_coroutine: where coroutines may appear, and which forms g++ 12 gets wrong.
// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <array>

namespace mw::tidy {
namespace {

constexpr std::array keywords{"co_await", "co_return", "co_yield"};

// Adapters, tests and the type itself; never contracts or protocol cores.
bool may_hold_coroutines(const source_file& file) {
  return file.is_test() || file.on == floor::example || file.on == floor::kernel ||
         file.name() == "plugin.cpp" || file.path == "sdk/include/mw/task.h";
}

std::string_view fault_in(std::string_view expression) {
  if (expression.find('{') != std::string_view::npos)
    return "a braced temporary in a co_await expression is destroyed twice by g++ 12; name it "
           "first, then std::move it";
  if (expression.find('[') != std::string_view::npos)
    return "a lambda in a co_await expression is destroyed twice by g++ 12; name it first, then "
           "std::move it";
  if (expression.find('?') != std::string_view::npos)
    return "a conditional in a co_await expression; choose first, then await";
  return {};
}

}  // namespace

void check_coroutines(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    if (!file.is_cpp()) continue;
    const std::string_view code = file.code;
    for (std::string_view word : keywords) {
      for (auto at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
        std::string_view fault =
            "no coroutines in contracts and protocol cores: write a step function";
        if (may_hold_coroutines(file))
          fault = word == "co_await" ? fault_in(code.substr(at, code.find(';', at) - at))
                                     : std::string_view();
        if (!fault.empty())
          out.push_back({"coroutines", file.path, line_of(code, at), 1, std::string(fault)});
      }
    }
  }
}

}  // namespace mw::tidy
