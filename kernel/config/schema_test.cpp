// schema_test: the merged schema names every type, slot and common key once.
// SPDX-License-Identifier: Apache-2.0
#include "schema.h"

#include "options/sample_options.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

std::vector<option_info> gathered(auto options) {
  option_gatherer gatherer;
  options.fields(gatherer);
  return gatherer.take();
}

node_file_parts parts() {
  struct common {
    std::string use;
    void fields(field_visitor& v) { v.field("use", use, "The type.", required); }
  };
  node_file_parts out;
  out.node = gathered(sample::tls_group());
  out.stanza = gathered(common());
  out.bus_rule = gathered(sample::tls_group());
  out.plugins.push_back({"transport.tcp", "Bytes over TCP.", gathered(sample::options()), {}});
  out.plugins.push_back({"raft",
                         "Agreement.",
                         {},
                         {{"transport", "transport/1", "Moves bytes.", need_count::one, {}},
                          {"feeds", "discovery/1", "Finds peers.", need_count::many, {}}}});
  return out;
}

bool has(const std::string& schema, std::string_view part) {
  return schema.find(part) != std::string::npos;
}

TEST_CASE("a stanza is chosen by its type") {
  const std::string schema = node_file_schema(parts());
  CHECK(schema.starts_with(R"({"$schema":"https://json-schema.org/draft/2020-12/schema")"));
  CHECK(has(schema, R"("enum":["transport.tcp","raft"])"));
  CHECK(has(schema, R"({"if":{"properties":{"use":{"const":"raft"}},"required":["use"]},)"
                    R"("then":{"$ref":"#/$defs/stanza.raft"}})"));
  CHECK(has(schema, R"("$defs":{"stanza.transport.tcp":{"type":"object",)"
                    R"("description":"Bytes over TCP.","properties":{"use":)"));
  CHECK(has(schema, R"("required":["use","listen"],"additionalProperties":false)"));
}

TEST_CASE("slots are keys of the stanza") {
  const std::string schema = node_file_schema(parts());
  CHECK(has(schema, R"("transport":{"description":"Moves bytes. The name of a stanza that )"
                    R"(provides transport/1.","type":"string"})"));
  CHECK(has(schema, R"("feeds":{"description":"Finds peers.)"));
}

TEST_CASE("the sections of the file, and no others") {
  const std::string schema = node_file_schema(parts());
  for (const char* key : {R"("node":{)", R"("plugins":{)", R"("bus":{)", R"("include":{)"})
    CHECK(has(schema, key));
  CHECK(has(schema, R"(},"additionalProperties":false,"$defs")"));
}

}  // namespace
}  // namespace mw::kernel
