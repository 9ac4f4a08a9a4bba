// chain_test: whatever is done to a log after it was written is found, wherever it is cut.
// SPDX-License-Identifier: Apache-2.0
#include "verifier.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::audit_log {
namespace {

// Two files of a chain, as lines.
struct written {
  std::vector<std::string> first, second;
  head mark, end;
};

written sample() {
  written w;
  head at;
  w.first.push_back(seal(at, opening_fields({}, "2026-01-01T00:00:00.000Z", "n1")));
  for (int i = 0; i < 5; ++i)
    w.first.push_back(seal(at, R"("topic":"access.denied","i":)" + std::to_string(i)));
  w.mark = at;
  w.second.push_back(seal(at, opening_fields({at.hash, 0}, "2026-01-02T00:00:00.000Z", "n1")));
  for (int i = 0; i < 5; ++i) w.second.push_back(seal(at, R"("j":)" + std::to_string(i)));
  w.end = at;
  return w;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

std::string fault_of(const std::vector<std::string>& files, std::optional<head> mark = std::nullopt,
                     std::size_t piece = 1 << 20) {
  verifier v(mark);
  for (std::size_t i = 0; i < files.size(); ++i) {
    v.begin_file("f" + std::to_string(i + 1));
    for (std::size_t at = 0; at < files[i].size(); at += piece)
      v.feed(std::string_view(files[i]).substr(at, piece));
  }
  v.finish();
  return v.fault();
}
std::string fault_of(const written& w, std::optional<head> mark = std::nullopt) {
  return fault_of({joined(w.first), joined(w.second)}, mark);
}
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("chain: what was written verifies, in pieces of any size") {
  const written w = sample();
  CHECK(fault_of(w).empty());
  CHECK(fault_of(w, w.mark).empty());
  CHECK(fault_of(w, w.end).empty());
  for (const std::size_t piece : {1, 7, 64, 333})
    CHECK(fault_of({joined(w.first), joined(w.second)}, w.end, piece).empty());
  verifier later;
  later.begin_file("second");
  later.feed(joined(w.second));
  later.finish();
  CHECK(later.fault().empty());
  CHECK(later.begins_later());
  CHECK(later.last() == w.end);
}

TEST_CASE("chain: every byte of every line counts") {
  const written w = sample();
  const std::string first = joined(w.first);
  for (std::size_t at = 0; at < first.size(); ++at) {
    std::string changed = first;
    changed[at] = changed[at] == '0' ? '1' : '0';
    CAPTURE(at);
    CHECK_FALSE(fault_of({changed, joined(w.second)}).empty());
  }
}

TEST_CASE("chain: lines removed, added, doubled, moved") {
  const written w = sample();
  for (std::size_t i = 0; i < w.first.size(); ++i) {
    written gone = w;
    gone.first.erase(gone.first.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(fault_of(gone).empty());
    written twice = w;
    twice.first.insert(twice.first.begin() + static_cast<std::ptrdiff_t>(i), w.first[i]);
    CHECK_FALSE(fault_of(twice).empty());
    if (i == 0) continue;
    written moved = w;
    std::swap(moved.first[i], moved.first[i - 1]);
    CHECK_FALSE(fault_of(moved).empty());
  }
  written gone = w;
  gone.first.erase(gone.first.begin() + 2);
  CHECK(has(fault_of(gone), "f1:3: has number 4 where 3 belongs"));
  written blank = w;
  blank.first.insert(blank.first.begin() + 2, "\n");
  CHECK(has(fault_of(blank), "f1:3: is not a record"));
}

TEST_CASE("chain: files missing, swapped, cut, and marks that show it") {
  const written w = sample();
  CHECK(has(fault_of({joined(w.second), joined(w.first)}), "does not follow"));
  written cut = w;
  cut.first.pop_back();
  CHECK(has(fault_of(cut), "f2:1: does not follow the file before"));
  written end_cut = w;
  end_cut.second.pop_back();
  CHECK(fault_of(end_cut).empty());                             // nobody can see that...
  CHECK(has(fault_of(end_cut, w.end), "the end was cut off"));  // ...without a mark
  written headless = w;
  headless.second.erase(headless.second.begin());
  CHECK(has(fault_of(headless), "does not say which file came before"));
  CHECK(has(fault_of({joined(w.second)}, w.mark), "from before these files"));
  head other = w.mark;
  other.hash[0] ^= std::byte{1};
  CHECK(has(fault_of(w, other), "written anew"));
  CHECK(has(fault_of(std::vector<std::string>{}), "no records"));
  CHECK(has(fault_of(std::vector<std::string>{""}), "no records"));
}

TEST_CASE("chain: an unfinished line is a fault unless the next file tells of it") {
  const written w = sample();
  CHECK(has(fault_of({joined(w.first) + "{\"n\":7"}), "unfinished line of 6 bytes"));
  head at = w.mark;
  const std::string next = seal(at, opening_fields({w.mark.hash, 6}, "t", "n1"));
  CHECK(fault_of({joined(w.first) + "{\"n\":7", next}).empty());
  CHECK(has(fault_of({joined(w.first) + "{\"n\":", next}), "6 bytes of an unfinished line"));
  CHECK(has(fault_of({joined(w.first), next}), "0 are there"));
  // A file that was begun and left at once, between two others.
  CHECK(fault_of({joined(w.first), "", joined(w.second)}).empty());
  CHECK(has(fault_of({std::string(line_max + 1, 'x')}), "more than 64KiB"));
}

TEST_CASE("chain: heads as text") {
  const head h = sample().end;
  CHECK(parse_head(to_string(h)) == h);
  for (const char* bad : {"", "1", "1:", "x:ab", "1:zz"}) CHECK_FALSE(parse_head(bad));
  CHECK_FALSE(parse_head("0" + to_string(h)));
  CHECK_FALSE(parse_head(to_string(h) + "0"));
}

}  // namespace mw::audit_log
