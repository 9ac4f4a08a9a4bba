// bench_test: the statistics and both outputs of the benchmark harness, on made-up rounds.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

#include <doctest/doctest.h>

#include <memory>

namespace mw::bench {
namespace {

TEST_CASE("series: median and spread of rounds") {
  CHECK(series{"a", {3, 1, 2}}.median() == 2);
  CHECK(series{"a", {4, 1, 2, 3}}.median() == 2.5);
  CHECK(series{"a", {}}.median() == 0);
  CHECK(series{"a", {5, 5, 5}}.spread() == 0);
  CHECK(series{"a", {10, 20, 30, 40, 50}}.spread() == doctest::Approx(10.0 / 30));
}

TEST_CASE("table: variants take turns, and ratios are to the peers") {
  std::string order;
  table t("sums", "ns", {"plain"});
  t.add_value("ours", [&](std::uint64_t) { return order += 'o', 2.0; });
  t.add_value("plain", [&](std::uint64_t) { return order += 'p', 4.0; });
  t.run(2, 100);
  CHECK(order == "opopop");  // the first two warm up
  CHECK(t.results().front().rounds.size() == 2);
  CHECK(t.as_json_lines() ==
        "{\"bench\":\"sums\",\"variant\":\"ours\",\"value\":2,\"unit\":\"ns\",\"spread\":0,"
        "\"ratio_to\":{\"plain\":0.5}}\n"
        "{\"bench\":\"sums\",\"variant\":\"plain\",\"value\":4,\"unit\":\"ns\",\"spread\":0,"
        "\"ratio_to\":{\"plain\":1}}\n");
  CHECK(t.as_text().find("ours            2.00     0.0%     0.50\n") != std::string::npos);
}

TEST_CASE("table: a bar is met, missed, or not known") {
  table t("work", "ns", {"plain"});
  t.add_value("ours", [](std::uint64_t) { return 3.0; });
  t.add_value("plain", [](std::uint64_t) { return 2.0; });
  t.at_most("ours", 3);
  t.at_most("ours", 1.4, "plain");
  t.at_least("ours", 1.5, "plain");
  t.at_least("plain", 3);
  t.at_most("ours", 1, "absent");
  t.run(1, 10);
  const std::string text = t.as_text();
  CHECK(text.find("ours <= 3.00 ns: met, 3.00\n") != std::string::npos);
  CHECK(text.find("ours <= 1.40 x plain: MISSED, 1.50\n") != std::string::npos);
  CHECK(text.find("ours >= 1.50 x plain: met, 1.50\n") != std::string::npos);
  CHECK(text.find("plain >= 3.00 ns: MISSED, 2.00\n") != std::string::npos);
  CHECK(text.find("ours <= 1.00 x absent: not measured\n") != std::string::npos);
  const std::string json = t.as_json_lines();
  CHECK(json.find("\"bars\":{\"ours <= 3.00 ns\":true,\"ours <= 1.40 x plain\":false,") !=
        std::string::npos);
  CHECK(json.find("\"bars\":{\"plain >= 3.00 ns\":false}") != std::string::npos);
  CHECK(json.find("\"ours <= 1.00 x absent\":null") != std::string::npos);
}

TEST_CASE("table: a peer that measured nothing gives no ratio") {
  table t("counts", "allocations", {"none", "absent"});
  t.add_value("none", [](std::uint64_t) { return 0.0; });
  t.run(1, 10);
  CHECK(t.as_json_lines().find("\"ratio_to\":{}") != std::string::npos);
}

TEST_CASE("allocations: each request counts once") {
  const std::uint64_t before = allocation_count();
  keep(std::make_unique<int>(1));
  CHECK(allocation_count() == before + 1);
}

}  // namespace
}  // namespace mw::bench
