// router_test: near misses among paths.
// SPDX-License-Identifier: Apache-2.0
#include "gate/router.h"

#include <doctest/doctest.h>

TEST_CASE("the nearest path is found where there is one") {
  const std::vector<mw::admin_endpoint> offers{
      {"/livez", "", {}}, {"/members", "", {}}, {"/metrics", "", {}}, {"/readyz", "", {}}};
  const auto near = [&](std::string_view path) { return mw::http::nearest_path(offers, path); };
  CHECK(near("/metric") == "/metrics");
  CHECK(near("/mertics") == "/metrics");
  CHECK(near("/member") == "/members");
  CHECK(near("/livz") == "/livez");
  CHECK(near("/ready") == "/readyz");
  CHECK(near("/").empty());
  CHECK(near("/favicon.ico").empty());
  CHECK(near("/x").empty());
  CHECK(near(std::string(100'000, 'x')).empty());
}
