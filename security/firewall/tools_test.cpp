// tools_test: `mw firewall` against a node that is made up.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <mw/fake_tool_io.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::firewall {
namespace {

constexpr const char* calm = R"({"alert":false,"bans":[{"network":"192.0.2.1"}],"refused":{}})";

int run(fake_tool_io& io, std::vector<std::string_view> words) {
  return firewall_tools()[0].run(words, io);
}

}  // namespace

TEST_CASE("tools: status is what mw firewall shows") {
  fake_tool_io io;
  io.answers({200, calm});
  CHECK(run(io, {}) == 0);
  CHECK(io.asked.back().first == "/firewall");
  CHECK(io.asked.back().second.empty());
  CHECK(io.out.find("\"network\": \"192.0.2.1\"") != std::string::npos);
  CHECK(io.out.find("\n  \"alert\": false,\n") != std::string::npos);
  fake_tool_io json;
  json.answers({200, calm});
  json.wants_json = true;
  CHECK(run(json, {"status", "--stanza", "door"}) == 0);
  CHECK(json.asked.back().first == "/door/firewall");
  CHECK(json.out == std::string(calm) + "\n");
}

TEST_CASE("tools: ban and pardon are actions") {
  fake_tool_io io;
  io.answers({200, calm});
  CHECK(run(io, {"ban", "198.51.100.0/24", "--for", "30min"}) == 0);
  CHECK(io.asked.back().first == "/firewall/ban?address=198.51.100.0%2F24&for=30min");
  CHECK_FALSE(io.asked.back().second.empty());
  CHECK(run(io, {"pardon", "2001:db8::1"}) == 0);
  CHECK(io.asked.back().first == "/firewall/pardon?address=2001%3Adb8%3A%3A1");
}

TEST_CASE("tools: wrong words are 2, a node that says no is 1") {
  for (const std::vector<std::string_view>& words :
       std::vector<std::vector<std::string_view>>{{"drop"},
                                                  {"ban"},
                                                  {"ban", "host.example"},
                                                  {"ban", "10.0.0.1/8"},
                                                  {"ban", "10.0.0.1", "--for"},
                                                  {"pardon", "10.0.0.1", "--for", "1h"},
                                                  {"status", "10.0.0.1"},
                                                  {"ban", "10.0.0.1", "more"},
                                                  {"--nonsense"}}) {
    fake_tool_io io;
    io.answers({200, calm});
    CHECK(run(io, words) == 2);
    CHECK_FALSE(io.errors.empty());
    CHECK(io.asked.empty());
  }
  fake_tool_io io;
  io.answers({200, calm});
  io.answers({404, calm});
  CHECK(run(io, {}) == 1);
  CHECK(io.errors.find("use: security.firewall") != std::string::npos);
  io.node = nullptr;
  CHECK(run(io, {"pardon", "10.0.0.1"}) == 1);
}

}  // namespace mw::firewall
