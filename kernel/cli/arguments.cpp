// arguments: a parser that knows the names it was given and guesses what a wrong one meant.
// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include "config/nearest.h"

#include <algorithm>

namespace mw::kernel::cli {
namespace {

failure wrong(std::string text) {
  return {errc::invalid, std::move(text)};
}

failure unknown_flag(const std::string& name, std::span<const flag> known) {
  std::vector<std::string> names;
  for (const flag& one : known) names.emplace_back(one.name);
  const std::string guess = nearest(name, names);
  return wrong("unknown flag '" + name + "'" +
               (guess.empty() ? "" : "; did you mean '" + guess + "'?"));
}

// A word that starts with a dash and is not just "-", which names the standard input elsewhere.
bool is_flag(const std::string& word) {
  return word.size() > 1 && word.front() == '-';
}

}  // namespace

std::string arguments::text(std::string_view flag, std::string_view otherwise) const {
  const auto found = flags_.find(flag);
  return found != flags_.end() ? found->second.back() : std::string(otherwise);
}

std::vector<std::string> arguments::all(std::string_view flag) const {
  const auto found = flags_.find(flag);
  return found != flags_.end() ? found->second : std::vector<std::string>();
}

result<arguments> parse_arguments(std::span<const std::string> words, std::span<const flag> known) {
  arguments out;
  bool only_operands = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_operands || !is_flag(word)) {
      out.operands.push_back(word);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word == "-h" ? "--help" : word.substr(0, equals);
    const auto is =
        std::find_if(known.begin(), known.end(), [&](const flag& one) { return one.name == name; });
    if (is == known.end()) return unknown_flag(name, known);
    if (out.has(name) && !is->repeats) return wrong("'" + name + "' is given twice");
    if (is->value.empty()) {
      if (equals != std::string::npos) return wrong("'" + name + "' takes no value");
      out.add(name, {});
    } else if (equals != std::string::npos) {
      out.add(name, word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      out.add(name, words[++i]);
    } else {
      return wrong("'" + name + "' needs a value: " + name + " " + std::string(is->value));
    }
  }
  return out;
}

}  // namespace mw::kernel::cli
