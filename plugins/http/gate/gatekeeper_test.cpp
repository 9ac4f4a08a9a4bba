// gatekeeper_test: who is let in with what, in each mode; forgery, roles, policy, and knocking.
// SPDX-License-Identifier: Apache-2.0
#include "gate/gatekeeper.h"

#include "wire/request_parser.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mw::http {
namespace {

using namespace std::chrono_literals;

const std::string own(64, 'a');
const std::string scraper = "scraper-secret-of-24-chr";

class fake_policy final : public mw::policy {
 public:
  mw::decision authorize(const mw::access& what) noexcept override {
    return {allows == nullptr || allows(what), 7, now};
  }
  [[nodiscard]] std::string explain(const mw::access&) const override { return {}; }
  [[nodiscard]] std::uint64_t version() const noexcept override { return now; }

  std::function<bool(const mw::access&)> allows;
  std::uint64_t now = 1;
};

struct gate {
  std::vector<std::string> knocks;
  std::vector<std::string> denials;
  gatekeeper keeper;
  mw::endpoint remote{"10.0.0.1", 5000};
  std::string certificate;
  mw::time_point now{1000s};

  static gate_rules with_tokens(auth_mode mode) {
    gate_rules rules;
    rules.mode = mode;
    if (mode == auth_mode::token) rules.tokens.add({"admin", mw::secret(own), role::act, true});
    if (mode != auth_mode::off)
      rules.tokens.add({"prometheus", mw::secret(scraper), role::read, false});
    rules.open = path_list({"/livez", "/public/*"});
    return rules;
  }

  explicit gate(gate_rules rules)
      : keeper(std::move(rules),
               {.knocked =
                    [this](refused, std::string_view path, const visitor&, bool cooling) {
                      knocks.push_back(std::string(path) + (cooling ? " cooling" : ""));
                    },
                .denied =
                    [this](const mw::access& what, const mw::decision&) {
                      denials.emplace_back(what.resource);
                      return "ref-" + std::to_string(denials.size());
                    }}) {}

  admission_ticket ask(std::string_view line, std::string_view fields = "",
                       std::string_view body = "") {
    const request_limits limits;
    request_parser parser(limits);
    std::string bytes = std::string(line) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields);
    if (!body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    bytes += "\r\n" + std::string(body);
    parse_step step{};
    for (std::string_view rest = bytes; step.event != parse_event::complete;) {
      step = parser.feed(rest);
      REQUIRE(step.event != parse_event::refused);
      rest.remove_prefix(step.consumed);
    }
    const std::string_view target = parser.current().target();
    return keeper.judge(parser.current(), target, {remote, certificate}, now);
  }
  int status(std::string_view line, std::string_view fields = "", std::string_view body = "") {
    return ask(line, fields, body).why.status;
  }
};

std::string bearer(std::string_view token) {
  return "Authorization: Bearer " + std::string(token) + "\r\n";
}

}  // namespace

TEST_CASE("token: the whole token opens, and nothing that is nearly it") {
  gate g(gate::with_tokens(auth_mode::token));
  const admission_ticket in = g.ask("GET /x", bearer(own));
  CHECK(in.why.status == 0);
  CHECK(in.caller == "token:admin");
  CHECK(g.ask("GET /x", bearer(scraper)).caller == "token:prometheus");
  CHECK(g.status("GET /x") == 401);
  CHECK(g.ask("GET /x").reason == refused::identity);
  std::vector<std::string> wrong{own.substr(1),          own + "a",
                                 own.substr(0, 32),      std::string(64, 'A'),
                                 std::string(4000, 'a'), own + own};
  for (const std::string& one : wrong) {
    g.now = g.now + 60s;
    const admission_ticket out = g.ask("GET /x", bearer(one));
    CHECK(out.why.status == 401);
    CHECK(out.reason == refused::token);
    CHECK(out.why.text.find(one) == std::string::npos);
  }
  g.now = g.now + 60s;
  CHECK(g.status("GET /x", "Authorization: Basic " + own + "\r\n") == 401);
  CHECK(g.status("GET /x", bearer(own) + bearer(own)) == 401);
  CHECK(g.status("GET /x?access_token=" + own) == 401);
  CHECK(g.status("GET /x", "Cookie: token=" + own + "\r\n") == 401);
  CHECK(g.status("GET /x", "X-Forwarded-User: admin\r\nX-Auth-Identity: admin\r\n") == 401);
}

TEST_CASE("open paths need no proof to read, and are no way to act") {
  gate g(gate::with_tokens(auth_mode::token));
  CHECK(g.ask("GET /livez").stranger);
  CHECK(g.status("HEAD /livez") == 0);
  CHECK(g.status("GET /public/a/b") == 0);
  CHECK(g.status("GET /public") == 401);
  CHECK(g.status("GET /livezx") == 401);
  CHECK(g.status("POST /livez", "X-Meshwright: 1\r\n") == 401);
  CHECK(g.status("GET /livez", bearer("wrong-wrong-wrong-wrong")) == 401);
  const admission_ticket known = g.ask("GET /livez", bearer(own));
  CHECK_FALSE(known.stranger);
  CHECK(known.caller == "token:admin");
}

TEST_CASE("a token makes an action; a role that reads does not") {
  gate g(gate::with_tokens(auth_mode::token));
  CHECK(g.status("POST /x", bearer(own), "a=b") == 0);
  const admission_ticket out = g.ask("POST /x", bearer(scraper) + "X-Meshwright: 1\r\n");
  CHECK(out.why.status == 403);
  CHECK(out.reason == refused::role);
  CHECK(g.status("GET /x", bearer(scraper)) == 0);
  // The method that counts is the one on the request line.
  for (const char* trick : {"X-HTTP-Method-Override: GET\r\n", "X-Method-Override: GET\r\n"})
    CHECK(g.status("POST /x", bearer(scraper) + trick) == 403);
  for (const char* method : {"PUT /x", "PATCH /x", "DELETE /x"})
    CHECK(g.status(method, bearer(scraper)) == 403);
}

TEST_CASE("without a token an action needs what no foreign page can send") {
  gate g(gate::with_tokens(auth_mode::off));
  CHECK(g.status("GET /x") == 0);
  CHECK(g.ask("GET /x").caller.empty());
  const std::string mark = "X-Meshwright: 1\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  CHECK(g.status("POST /x", mark) == 0);
  CHECK(g.status("POST /x", mark + json, "{}") == 0);
  CHECK(g.status("POST /x", mark + "Content-Type: application/json; charset=utf-8\r\n", "{}") == 0);
  // What a form or a script of another origin can send without asking first.
  CHECK(g.status("POST /x") == 403);
  for (const char* form : {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "text/plain", "text/plain; application/json", "application/jsonx"}) {
    const std::string type = "Content-Type: " + std::string(form) + "\r\n";
    CHECK(g.ask("POST /x", type, "{}").reason == refused::forgery);
    CHECK(g.status("POST /x", mark + type, "{}") == 403);
  }
  CHECK(g.status("POST /x", json, "{}") == 403);
  CHECK(g.status("POST /x", mark, "{}") == 403);
  CHECK(g.status("POST /x", mark + mark) == 403);
  CHECK(g.status("POST /x", "X-Meshwright: 0\r\n") == 403);
  CHECK(g.status("POST /x", mark + json + "Content-Type: text/plain\r\n", "{}") == 403);
}

TEST_CASE("mtls: the certificate says who, and the list what they may") {
  gate_rules rules = gate::with_tokens(auth_mode::mtls);
  rules.identities = {{"spiffe://mesh/ops/*", role::read},
                      {"spiffe://mesh/ops/alice", role::act},
                      {"spiffe://mesh/n1", role::read}};
  gate g(std::move(rules));
  CHECK(g.status("GET /x") == 401);
  CHECK(g.status("GET /x", bearer(scraper)) == 0);
  g.certificate = "spiffe://mesh/ops/bob";
  CHECK(g.ask("GET /x").caller == "spiffe://mesh/ops/bob");
  CHECK(g.status("POST /x", "X-Meshwright: 1\r\n") == 403);
  g.certificate = "spiffe://mesh/ops/alice";
  CHECK(g.status("POST /x", "X-Meshwright: 1\r\n") == 0);
  CHECK_MESSAGE(g.status("POST /x") == 403, "browsers send certificates by themselves");
  for (const char* other :
       {"spiffe://mesh/n2", "spiffe://mesh/ops", "spiffe://mesh/ops/", "spiffe://mesh/n11"}) {
    g.now = g.now + 60s;
    g.certificate = other;
    CHECK(g.ask("GET /x").why.status == 403);
  }
  CHECK(g.knocks.size() == 4);
}

TEST_CASE("token: a certificate is not enough") {
  gate g(gate::with_tokens(auth_mode::token));
  g.certificate = "spiffe://mesh/ops/alice";
  CHECK(g.status("GET /x") == 401);
}

TEST_CASE("a policy has the last word, on actions, reads and feeds") {
  fake_policy rule;
  gate_rules rules = gate::with_tokens(auth_mode::token);
  rules.policy = &rule;
  gate g(std::move(rules));
  std::vector<mw::access_verb> asked;
  rule.allows = [&](const mw::access& what) {
    asked.push_back(what.verb);
    return what.subject == "token:admin" && what.resource == "/x";
  };
  CHECK(g.status("GET /x", bearer(own)) == 0);
  CHECK(g.status("POST /x", bearer(own)) == 0);
  CHECK(asked == std::vector{mw::access_verb::read, mw::access_verb::act});
  const admission_ticket out = g.ask("GET /y", bearer(own));
  CHECK(out.why.status == 403);
  CHECK(out.reason == refused::policy);
  CHECK(out.why.text.find("ref-1") != std::string::npos);
  CHECK(g.denials == std::vector<std::string>{"/y"});
  CHECK(g.status("GET /livez") == 0);
  CHECK(g.keeper.still_welcome("token:admin", "/x"));
  CHECK_FALSE(g.keeper.still_welcome("token:prometheus", "/x"));
  rule.now = 2;
  CHECK(g.keeper.rules_version() == 2);
}

TEST_CASE("who knocks too often is not listened to, except with what nobody can guess") {
  gate_rules rules = gate::with_tokens(auth_mode::token);
  rules.patience = {.failures_max = 3, .window = 30s};
  gate g(std::move(rules));
  for (int i = 0; i < 3; ++i)
    CHECK(g.status("GET /x", bearer("guess-" + std::to_string(i))) == 401);
  CHECK(g.knocks == std::vector<std::string>{"/x", "/x", "/x cooling"});
  const admission_ticket out = g.ask("GET /x", bearer("guess-4"));
  CHECK(out.why.status == 429);
  CHECK(out.reason == refused::cooling);
  CHECK_MESSAGE(g.status("GET /x", bearer(scraper)) == 429, "people may have chosen that one");
  CHECK(g.status("GET /x", bearer(own)) == 0);
  CHECK_MESSAGE(g.status("GET /x") == 401, "showing nothing is no attempt");
  CHECK_MESSAGE(g.status("GET /livez") == 0, "supervisors go on");
  for (int i = 0; i < 10'000; ++i) (void)g.ask("GET /x", bearer("guess-" + std::to_string(i)));
  CHECK(g.knocks.size() == 3);
  CHECK(g.keeper.knocks().addresses == 1);
  g.remote.host = "10.0.0.2";
  CHECK(g.status("GET /x", bearer(scraper)) == 0);
  g.remote.host = "10.0.0.1";
  g.now = g.now + 30s;
  CHECK(g.status("GET /x", bearer(scraper)) == 0);
}

}  // namespace mw::http
