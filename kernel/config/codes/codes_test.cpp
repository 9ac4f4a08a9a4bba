// codes_test: every code is numbered, explained and findable.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace mw::kernel {
namespace {

TEST_CASE("codes are unique, well formed, titled and explained") {
  std::set<std::string> seen;
  for (const std::string& id : all_codes()) {
    CAPTURE(id);
    CHECK(seen.insert(id).second);
    CHECK(id.size() == 7);
    const code_entry* entry = find_code(id);
    REQUIRE(entry != nullptr);
    CHECK(!entry->title.empty());
    CHECK(entry->explanation.ends_with('.'));
    CHECK_MESSAGE((entry->wrong.empty() || !entry->right.empty()),
                  "a wrong example needs a right one");
  }
  CHECK(seen.size() >= 40);
}

TEST_CASE("each family is in the order of its numbers") {
  for (const auto family :
       {config_codes(), wiring_codes(), plugin_codes(), bus_codes(), run_codes()}) {
    CHECK(std::is_sorted(family.begin(), family.end(),
                         [](const code_entry& a, const code_entry& b) { return a.id < b.id; }));
  }
}

TEST_CASE("look-up ignores case and knows what it does not know") {
  REQUIRE(find_code("cfg0011") != nullptr);
  CHECK(find_code("cfg0011")->id == "CFG0011");
  CHECK(find_code("CFG9999") == nullptr);
  CHECK(find_code("") == nullptr);
}

TEST_CASE("an entry reads well in a terminal") {
  const std::string text = render_code(*find_code("CFG0011"));
  CHECK(text.starts_with("CFG0011: a key given twice\n\n"));
  CHECK(text.find("\nWrong:\n    id: n1\n    id: n2\n\nRight:\n    id: n2\n") != std::string::npos);
}

}  // namespace
}  // namespace mw::kernel
