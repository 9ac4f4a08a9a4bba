// metrics_test: a scrape gives the node's metrics; a second one meanwhile is told to come back.
// SPDX-License-Identifier: Apache-2.0
#include <mw/testing.h>

TEST_CASE("metrics: a scrape is text that names the node's metrics with HELP") {
  mw::test_node node(MW_PLUGIN_FILE);
  const mw::admin_response answer = node.call("/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.content_type.starts_with("text/plain; version=0.0.4"));
  CHECK(answer.body.find("# HELP mw_node_ready ") != std::string::npos);
  CHECK(answer.body.find("\nmw_node_ready 1") != std::string::npos);
  CHECK(node.metric("mw_metrics_scrapes_total") == 1);
}

TEST_CASE("metrics: the path is an option") {
  mw::test_node node(MW_PLUGIN_FILE, "path: /internal/metrics");
  CHECK(node.call("/internal/metrics").status == 200);
  CHECK(node.call("/metrics").status == 404);
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
