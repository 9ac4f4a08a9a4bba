// tools_test: what the verbs ask a node for, print and return.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <mw/fake_tool_io.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::swim {
namespace {

int run(fake_tool_io& io, std::string_view verb, std::vector<std::string_view> arguments) {
  for (const tool& one : tools())
    if (one.verb == verb) return one.run(arguments, io);
  return -1;
}

}  // namespace

TEST_CASE("tools: each has a verb, a summary, and a usage with an example") {
  CHECK(tools().size() == 6);
  for (const tool& one : tools()) {
    CHECK(!one.summary.empty());
    CHECK(one.usage.find("example: mw " + std::string(one.verb)) != std::string_view::npos);
  }
}

TEST_CASE("tools: members, as text and as JSON, of another stanza") {
  fake_tool_io io;
  io.answers({200, "fine\n"});
  CHECK(run(io, "members", {}) == 0);
  CHECK(io.out == "fine\n");
  CHECK(run(io, "members", {"-v", "--stanza", "gossip"}) == 0);
  io.wants_json = true;
  CHECK(run(io, "members", {}) == 0);
  CHECK(io.asked[0].first == "/members?text=1");
  CHECK(io.asked[1].first == "/gossip/members?verbose=1&text=1");
  CHECK(io.asked[2].first == "/members");
  CHECK(io.asked[2].second.empty());
  CHECK(run(io, "members", {"what"}) == 2);
  io.node = nullptr;
  CHECK(run(io, "members", {}) == 1);
  CHECK(io.errors.find("no node is there") != std::string::npos);
}

TEST_CASE("tools: events, queries and keys reach the node escaped, as actions") {
  fake_tool_io io;
  io.answers({200, "fine\n"});
  CHECK(run(io, "event", {"deploy", "a b&c", "--no-coalesce"}) == 0);
  CHECK(io.asked.back().first == "/swim/event?name=deploy&payload=a%20b%26c&coalesce=0&text=1");
  CHECK(!io.asked.back().second.empty());
  CHECK(run(io, "query", {"who?", "--tag", "role=web", "--node", "n1", "--timeout", "2s"}) == 0);
  CHECK(io.asked.back().first ==
        "/swim/query?name=who%3F&node=n1&tag=role%3Dweb&timeout=2s&text=1");
  CHECK(run(io, "keys", {"install", "a+b="}) == 0);
  CHECK(io.asked.back().first == "/swim/keys?action=install&key=a%2Bb%3D&text=1");
  io.answers({409, "install: 2 of 3 members, not all of them: say it again\n"});
  CHECK(run(io, "keys", {"use", "k"}) == 1);
  CHECK(io.out.find("2 of 3") != std::string::npos);
  io.answers({400, "no"});
  CHECK(run(io, "leave", {"n3", "--prune"}) == 1);
  CHECK(io.asked.back().first == "/swim/leave?name=n3&prune=1&text=1");
  CHECK(run(io, "leave", {"--prune"}) == 2);
  CHECK(run(io, "keys", {"burn"}) == 2);
  CHECK(run(io, "event", {}) == 2);
  CHECK(run(io, "query", {}) == 2);
}

TEST_CASE("tools: a generated key is 32 bytes, and events are filtered and counted") {
  fake_tool_io io;
  io.answers({200, "fine\n"});
  CHECK(run(io, "keys", {"generate"}) == 0);
  CHECK(io.out == "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n");
  CHECK(io.asked.empty());
  io.out.clear();
  io.feed = {{"up", R"({"at":"T1","kind":"up","node":"n2","text":"there"})"},
             {"down", R"({"at":"T2","kind":"down","node":"n\"3","text":"gone"})"},
             {"down", R"({"at":"T3","kind":"down","node":"n4","text":"gone"})"}};
  CHECK(run(io, "events", {"--filter", "suspect,down", "--count", "1"}) == 0);
  CHECK(io.asked.back().first == "/swim/events");
  CHECK(io.out.find("n\"3") != std::string::npos);
  CHECK(io.out.find("n4") == std::string::npos);
  CHECK(io.out.find("n2") == std::string::npos);
  CHECK(run(io, "events", {"--count", "many"}) == 2);
}

}  // namespace mw::swim
