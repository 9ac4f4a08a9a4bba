// tools_test: what `mw state` asks a node for, prints and returns.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace mw::anti_entropy {
namespace {

class fake_io final : public tool_io {
 public:
  void print(std::string_view text) override { out += text; }
  void complain(std::string_view text) override { errors += text; }
  bool json() const override { return wants_json; }
  result<std::string> read(const std::string&) override { return {errc::not_found, "no file"}; }
  status write(const std::string&, std::string_view, file_access, bool) override { return {}; }
  wall_time now() const override { return {}; }
  void secure_bytes(std::span<std::byte>) override {}
  result<node_answer> ask(std::string_view path, std::string_view body) override {
    asked.emplace_back(path, body);
    if (down) return {errc::disconnected, "no node is there"};
    return answer;
  }
  status follow(std::string_view, bool (*)(void*, std::string_view, std::string_view),
                void*) override {
    return {};
  }

  bool wants_json = false;
  bool down = false;
  node_answer answer{200, "fine"};
  std::string out, errors;
  std::vector<std::pair<std::string, std::string>> asked;
};

int run(fake_io& io, std::vector<std::string_view> arguments) {
  return tools().front().run(arguments, io);
}

}  // namespace

TEST_CASE("tools: the verb has a summary, and a usage with an example") {
  REQUIRE(tools().size() == 1);
  const tool& one = tools().front();
  CHECK(one.verb == "state");
  CHECK(!one.summary.empty());
  CHECK(one.usage.find("example: mw state") != std::string_view::npos);
}

TEST_CASE("tools: reading is GET, changing is POST, all of it escaped") {
  fake_io io;
  CHECK(run(io, {"list"}) == 0);
  CHECK(io.out == "fine\n");
  CHECK(run(io, {"list", "feature."}) == 0);
  CHECK(run(io, {"get", "a"}) == 0);
  for (const auto& [path, body] : io.asked) CHECK(body.empty());
  CHECK(io.asked[0].first == "/state?text=1");
  CHECK(io.asked[1].first == "/state?prefix=feature.&text=1");
  CHECK(io.asked[2].first == "/state?name=a&text=1");
  io.asked.clear();
  CHECK(run(io, {"set", "a", "b c&d"}) == 0);
  CHECK(run(io, {"remove", "a"}) == 0);
  CHECK(run(io, {"add", "n"}) == 0);
  io.wants_json = true;
  CHECK(run(io, {"add", "n", "-5", "--stanza", "flags"}) == 0);
  for (const auto& [path, body] : io.asked) CHECK(!body.empty());
  CHECK(io.asked[0].first == "/state/set?name=a&value=b%20c%26d&text=1");
  CHECK(io.asked[1].first == "/state/remove?name=a&text=1");
  CHECK(io.asked[2].first == "/state/add?name=n&delta=1&text=1");
  CHECK(io.asked[3].first == "/state/flags/add?name=n&delta=-5");
}

TEST_CASE("tools: wrong arguments are 2, and what failed is 1") {
  fake_io io;
  CHECK(run(io, {}) == 2);
  CHECK(run(io, {"burn"}) == 2);
  CHECK(run(io, {"get"}) == 2);
  CHECK(run(io, {"set", "a"}) == 2);
  CHECK(run(io, {"remove"}) == 2);
  CHECK(run(io, {"add", "a", "1", "2"}) == 2);
  CHECK(run(io, {"list", "a", "b"}) == 2);
  CHECK(run(io, {"list", "--stanza"}) == 2);
  CHECK(io.asked.empty());
  io.answer = {404, "no entry"};
  CHECK(run(io, {"get", "a"}) == 1);
  CHECK(io.errors.find("no entry") != std::string::npos);
  io.down = true;
  CHECK(run(io, {"get", "a"}) == 1);
  CHECK(io.errors.find("no node is there") != std::string::npos);
}

}  // namespace mw::anti_entropy
