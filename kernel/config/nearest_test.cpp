// nearest_test: which slips find their name and which guesses are withheld.
// SPDX-License-Identifier: Apache-2.0
#include "nearest.h"

#include <doctest/doctest.h>

#include <vector>

namespace mw::kernel {
namespace {

const std::vector<std::string> names{"listen", "backlog",   "nodelay",     "on",
                                     "to",     "max_frame", "idle_timeout"};

TEST_CASE("edit distance counts each kind of slip as one") {
  CHECK(edit_distance("listen", "listen") == 0);
  CHECK(edit_distance("lisen", "listen") == 1);
  CHECK(edit_distance("listeen", "listen") == 1);
  CHECK(edit_distance("liXten", "listen") == 1);
  CHECK(edit_distance("lisetn", "listen") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
}

TEST_CASE("slips of one or two letters find their name") {
  CHECK(nearest("lisen", names) == "listen");
  CHECK(nearest("lsitne", names) == "listen");
  CHECK(nearest("Listen", names) == "listen");
  CHECK(nearest("max-frame", names) == "max_frame");
  CHECK(nearest("idletimeout", names) == "idle_timeout");
}

TEST_CASE("no guess where nothing is close") {
  CHECK(nearest("colour", names).empty());
  CHECK(nearest("x", names).empty());
  CHECK(nearest("at", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest(std::string(1000, 'a'), names).empty());
}

}  // namespace
}  // namespace mw::kernel
