// tools_test: `mw firewall` against a node that is made up.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::firewall {
namespace {

class fake_io final : public tool_io {
 public:
  void print(std::string_view text) override { out += text; }
  void complain(std::string_view text) override { err += text; }
  [[nodiscard]] bool json() const override { return as_json; }
  result<std::string> read(const std::string&) override { return failure(errc::unsupported, ""); }
  status write(const std::string&, std::string_view, file_access, bool) override {
    return {errc::unsupported, ""};
  }
  [[nodiscard]] wall_time now() const override { return {}; }
  void secure_bytes(std::span<std::byte>) override {}
  result<node_answer> ask(std::string_view path, std::string_view body) override {
    asked = std::string(path);
    posted = !body.empty();
    if (gone) return failure(errc::disconnected, "no node is there");
    return node_answer{status_code, answer};
  }
  status follow(std::string_view, bool (*)(void*, std::string_view, std::string_view),
                void*) override {
    return {errc::unsupported, ""};
  }

  std::string out, err, asked;
  std::string answer = R"({"alert":false,"bans":[{"network":"192.0.2.1"}],"refused":{}})";
  int status_code = 200;
  bool as_json = false, gone = false, posted = false;
};

int run(fake_io& io, std::vector<std::string_view> words) {
  return firewall_tools()[0].run(words, io);
}

}  // namespace

TEST_CASE("tools: status is what mw firewall shows") {
  fake_io io;
  CHECK(run(io, {}) == 0);
  CHECK(io.asked == "/firewall");
  CHECK_FALSE(io.posted);
  CHECK(io.out.find("\"network\": \"192.0.2.1\"") != std::string::npos);
  CHECK(io.out.find("\n  \"alert\": false,\n") != std::string::npos);
  fake_io json;
  json.as_json = true;
  CHECK(run(json, {"status", "--stanza", "door"}) == 0);
  CHECK(json.asked == "/door/firewall");
  CHECK(json.out == json.answer + "\n");
}

TEST_CASE("tools: ban and pardon are actions") {
  fake_io io;
  CHECK(run(io, {"ban", "198.51.100.0/24", "--for", "30min"}) == 0);
  CHECK(io.asked == "/firewall/ban?address=198.51.100.0%2F24&for=30min");
  CHECK(io.posted);
  CHECK(run(io, {"pardon", "2001:db8::1"}) == 0);
  CHECK(io.asked == "/firewall/pardon?address=2001%3Adb8%3A%3A1");
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
    fake_io io;
    CHECK(run(io, words) == 2);
    CHECK_FALSE(io.err.empty());
    CHECK(io.asked.empty());
  }
  fake_io io;
  io.status_code = 404;
  CHECK(run(io, {}) == 1);
  CHECK(io.err.find("use: security.firewall") != std::string::npos);
  io.gone = true;
  CHECK(run(io, {"pardon", "10.0.0.1"}) == 1);
}

}  // namespace mw::firewall
