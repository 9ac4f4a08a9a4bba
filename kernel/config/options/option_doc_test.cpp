// option_doc_test: help text, JSON Schema and effective values of the sample options.
// SPDX-License-Identifier: Apache-2.0
#include "option_doc.h"

#include "sample_options.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

std::vector<option_info> gathered() {
  sample::options options;
  option_gatherer gatherer;
  options.fields(gatherer);
  return gatherer.take();
}

std::string schema_of(std::string_view path) {
  const auto options = gathered();
  const option_info* option = find_option(options, path);
  REQUIRE(option != nullptr);
  json_writer out;
  write_option_schema(out, *option);
  return out.take();
}

TEST_CASE("options are found by path, through groups and containers") {
  const auto options = gathered();
  REQUIRE(options.size() == 14);
  CHECK(find_option(options, "timeout")->default_yaml == "250ms");
  CHECK(find_option(options, "listen")->required);
  CHECK(find_option(options, "listen")->default_yaml.empty());
  CHECK(find_option(options, "tls.verify")->default_yaml == "true");
  CHECK(find_option(options, "none") == nullptr);
  CHECK(find_option(options, "tls.none") == nullptr);
  CHECK(find_option(options, "timeout.x") == nullptr);
}

TEST_CASE("help names type, bounds, default and doc") {
  const auto options = gathered();
  CHECK(render_option(*find_option(options, "backlog")) ==
        "backlog: a whole number from 1 to 4096 (connections); default 128\n    Connections that "
        "wait.\n");
  CHECK(render_option(*find_option(options, "listen"))
            .starts_with("listen: an endpoint; required\n"));
  CHECK(render_option(*find_option(options, "nodelay")).find("; may change while running\n") !=
        std::string::npos);
  const std::string all = render_option_docs(options);
  CHECK(all.find("\n  preset: lan, wan or local; default lan\n") != std::string::npos);
  CHECK(all.find("\n    certificate: text; required\n") != std::string::npos);
  CHECK(all.find("\n  peers: a list, each item an endpoint; default []\n") != std::string::npos);
}

TEST_CASE("schemas carry types, bounds, defaults and units") {
  CHECK(schema_of("backlog").find(R"("minimum":1,"maximum":4096)") != std::string::npos);
  CHECK(schema_of("backlog").find(R"("default":128})") != std::string::npos);
  CHECK(schema_of("backlog").find("(connections).") != std::string::npos);
  CHECK(schema_of("preset").find(R"({"enum":["lan","wan","local"]})") != std::string::npos);
  CHECK(schema_of("timeout").find(R"("default":"250ms")") != std::string::npos);
  CHECK(schema_of("timeout").find("(ns|us|ms|s|min|h|d)") != std::string::npos);
  CHECK(schema_of("peers").find(R"("type":"array","items":{)") != std::string::npos);
  CHECK(schema_of("labels").find(R"("type":"object","additionalProperties":{)") !=
        std::string::npos);
  CHECK(schema_of("idle").find(R"("anyOf":[{"type":"null"},)") != std::string::npos);
  CHECK(schema_of("tls").find(R"("required":["certificate"],"additionalProperties":false)") !=
        std::string::npos);
  CHECK(schema_of("password").find(R"("file")") != std::string::npos);
}

TEST_CASE("effective values line up with their origin") {
  source_set sources;
  const source_id id = sources.add(source_kind::file, "n.yaml", "x");
  const std::vector<effective_value> values{{"a.b", "1", "1", {{id, 1, 4, 1}, {}}},
                                            {"a.longer", "x", "\"x\"", {}}};
  CHECK(render_values(values, sources) == "a.b: 1       # n.yaml:1:4\na.longer: x  # default\n");
  CHECK(render_values_json(values, sources) ==
        R"([{"path":"a.b","value":1,"from":"n.yaml:1:4"},)"
        R"({"path":"a.longer","value":"x","from":"default"}])");
}

}  // namespace
}  // namespace mw::kernel
