// pattern: backtracking over the text of the pattern itself; 20,000 steps at most.
// SPDX-License-Identifier: Apache-2.0
#include "talk/pattern.h"

#include <mw/function.h>

#include <cstddef>

namespace mw::swim::talk {

namespace {

constexpr int steps_max = 20'000;
constexpr int depth_max = 400;

using next_step = function<bool(std::size_t)>;  // the rest of the pattern, from a place in the text

class matcher {
 public:
  matcher(std::string_view pattern, std::string_view text) : pattern_(pattern), text_(text) {}

  bool anywhere() {
    const next_step done = [](std::size_t) { return true; };
    for (std::size_t from = 0; from <= text_.size() && !given_up_; ++from)
      if (alternatives(0, pattern_.size(), from, done)) return true;
    return false;
  }

 private:
  bool spend() {
    if (++steps_ > steps_max || depth_ > depth_max) given_up_ = true;
    return !given_up_;
  }

  // Where the piece that begins at `at` ends; `end` when it is broken.
  [[nodiscard]] std::size_t piece_end(std::size_t at, std::size_t end) {
    if (pattern_[at] == '\\') return at + 2 <= end ? at + 2 : broken(end);
    if (pattern_[at] == '[') {
      std::size_t i = at + 1;
      if (i < end && pattern_[i] == '^') ++i;
      if (i < end && pattern_[i] == ']') ++i;
      while (i < end && pattern_[i] != ']') ++i;
      return i < end ? i + 1 : broken(end);
    }
    if (pattern_[at] != '(') return at + 1;
    int open = 0;
    for (std::size_t i = at; i < end; ++i) {
      if (pattern_[i] == '\\')
        ++i;
      else if (pattern_[i] == '(')
        ++open;
      else if (pattern_[i] == ')' && --open == 0)
        return i + 1;
    }
    return broken(end);
  }
  std::size_t broken(std::size_t end) {
    given_up_ = true;
    return end;
  }

  bool alternatives(std::size_t from, std::size_t to, std::size_t at, const next_step& then) {
    if (!spend()) return false;
    std::size_t start = from;
    for (std::size_t i = from; i <= to && !given_up_;) {
      if (i == to || pattern_[i] == '|') {
        ++depth_;
        const bool found = sequence(start, i, at, then);
        --depth_;
        if (found) return true;
        start = ++i;
      } else {
        i = piece_end(i, to);
      }
    }
    return false;
  }

  bool sequence(std::size_t from, std::size_t to, std::size_t at, const next_step& then) {
    if (!spend()) return false;
    if (from == to) return then(at);
    if (pattern_[from] == '^') return at == 0 && sequence(from + 1, to, at, then);
    if (pattern_[from] == '$') return at == text_.size() && sequence(from + 1, to, at, then);
    const std::size_t end = piece_end(from, to);
    if (given_up_) return false;
    const char times = end < to ? pattern_[end] : ' ';
    const bool repeated = times == '*' || times == '+' || times == '?';
    const std::size_t after = repeated ? end + 1 : end;
    const next_step rest = [this, after, to, &then](std::size_t place) {
      return sequence(after, to, place, then);
    };
    if (!repeated) return once(from, end, at, rest);
    return many(from, end, at, times == '+' ? 1 : 0, times == '?' ? 1 : -1, rest);
  }

  // `least` more at least, `most` more at most; -1: any number.
  bool many(std::size_t from, std::size_t end, std::size_t at, int least, int most,
            const next_step& then) {
    if (!spend()) return false;
    ++depth_;
    bool found = false;
    if (most != 0) {
      const next_step again = [&, this](std::size_t place) {
        return place > at && many(from, end, place, 0, most < 0 ? -1 : most - 1, then);
      };
      found = once(from, end, at, again);
    }
    --depth_;
    return found || (least == 0 && then(at));
  }

  bool once(std::size_t from, std::size_t end, std::size_t at, const next_step& then) {
    if (!spend()) return false;
    if (pattern_[from] == '(') return alternatives(from + 1, end - 1, at, then);
    if (at >= text_.size() || !fits(from, end, text_[at])) return false;
    return then(at + 1);
  }

  [[nodiscard]] bool fits(std::size_t from, std::size_t end, char c) const {
    const char first = pattern_[from];
    if (first == '.') return true;
    if (first == '\\') return pattern_[from + 1] == c;
    if (first != '[') return first == c;
    const bool inverted = pattern_[from + 1] == '^';
    bool found = false;
    for (std::size_t i = from + (inverted ? 2 : 1); i + 1 < end; ++i) {
      if (i + 3 < end && pattern_[i + 1] == '-') {
        found = found || (c >= pattern_[i] && c <= pattern_[i + 2]);
        i += 2;
      } else {
        found = found || c == pattern_[i];
      }
    }
    return found != inverted;
  }

  std::string_view pattern_;
  std::string_view text_;
  int steps_ = 0;
  int depth_ = 0;
  bool given_up_ = false;
};

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  return matcher(pattern, text).anywhere();
}

}  // namespace mw::swim::talk
