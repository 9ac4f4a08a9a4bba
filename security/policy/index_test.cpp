// index_test: the index says what a scan of all rules says, and never allocates to say it.
// SPDX-License-Identifier: Apache-2.0
#include "store.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::access_policy {
namespace {

candidate policy_of(const std::string& text) {
  auto made = prepare({}, false, text, "p");
  if (!made) FAIL(made.error().text());
  return std::move(*made);
}

std::string pick(random_stream& random, const std::vector<std::string>& from) {
  return from[random.below(from.size())];
}

const std::vector<std::string> parts{"a", "b", "c", "orders", "get"};
std::string service_name(random_stream& random, bool patterns) {
  std::string out;
  const std::uint64_t depth = 1 + random.below(3);
  for (std::uint64_t i = 0; i < depth; ++i) {
    if (i != 0) out += '.';
    out += patterns && random.below(4) == 0 ? "*" : pick(random, parts);
  }
  return patterns && random.below(3) == 0 ? out + ".**" : out;
}
std::string subject_name(random_stream& random, bool patterns) {
  if (random.below(8) == 0) return patterns ? "self" : "(self)";
  if (random.below(8) == 0) return patterns ? "anonymous" : "";
  std::string out = "spiffe://" + pick(random, {"m", "n"});
  const std::uint64_t depth = 1 + random.below(2);
  for (std::uint64_t i = 0; i < depth; ++i)
    out += patterns && random.below(3) == 0 ? "/*" : "/" + pick(random, parts);
  return patterns && random.below(4) == 0 ? out + "/**" : out;
}

std::string random_policy(random_stream& random) {
  std::string text = random.below(4) == 0 ? "default allow\n" : "";
  for (int i = 0; i < 40; ++i) {
    const std::string role = "r" + std::to_string(random.below(90));
    text += (random.below(3) == 0 ? "deny " : "allow ") +
            (random.below(9) == 0 ? "everybody" : role) + " " +
            pick(random, {"call", "send", "call,send", "offer", "join,offer"}) + " " +
            service_name(random, true) + "\n";
  }
  return text;
}

// Binds only roles that have rules, and drops doubles.
result<candidate> random_candidate(random_stream& random) {
  const std::string rules = random_policy(random);
  document whole;
  for (std::size_t from = 0; from < rules.size();) {
    const std::size_t end = rules.find('\n', from);
    document next = whole;
    REQUIRE(parse_statement(rules.substr(from, end - from), "r", next));
    if (finish(next)) whole = std::move(next);
    from = end + 1;
  }
  std::string bindings;
  for (int i = 0; i < 30; ++i) {
    const rule& r = whole.rules[random.below(whole.rules.size())];
    document next = whole;
    if (r.role == everybody) continue;
    REQUIRE(parse_statement("bind " + r.role + " " + subject_name(random, true), "b", next));
    if (finish(next)) whole = std::move(next);
  }
  return prepare(whole, false, std::nullopt, {});
}

}  // namespace

TEST_CASE("index: deny wins, defaults hold, wildcards reach what they should") {
  store s(16, 1);
  s.apply(policy_of("allow writer send,call orders.**\n"
                    "deny writer send orders.audit\n"
                    "deny everybody call orders.secret.*\n"
                    "allow ops read /**\n"
                    "deny ops read /routing/dead\n"
                    "bind writer spiffe://m/svc/*\n"
                    "bind ops admin self\n"),
          "spiffe://m/svc/me");
  const auto may = [&](std::string_view who, access_verb verb, std::string_view what) {
    const bool first = s.authorize({who, verb, what}).decided.allowed;
    const auto again = s.authorize({who, verb, what});
    CHECK(again.from_cache);
    CHECK(again.decided.allowed == first);
    return first;
  };
  using enum access_verb;
  CHECK(may("spiffe://m/svc/a", send, "orders.new"));
  CHECK_FALSE(may("spiffe://m/svc/a", send, "orders.audit"));
  CHECK(may("spiffe://m/svc/a", call, "orders.audit"));
  CHECK_FALSE(may("spiffe://m/svc/a", call, "orders.secret.x"));
  CHECK_FALSE(may("spiffe://m/svc/a", send, "stock"));
  CHECK_FALSE(may("spiffe://m/svc/a/b", send, "orders.new"));
  CHECK_FALSE(may("", send, "orders.new"));
  CHECK(may("admin", read, "/"));
  CHECK_FALSE(may("admin", read, "/routing/dead"));
  CHECK_FALSE(may("admin", act, "/routing/dead"));
  CHECK(may(self_subject, read, "/metrics"));
  CHECK(may(self_subject, send, "orders.new"));  // by its own identity
  // No second spelling of what is denied gets past.
  for (const char* trick : {"orders.audit.", "orders..audit", "ORDERS.audit", "orders.Audit",
                            " orders.audit", "orders.audit\t",
                            "orders\xe3\x80\x82"
                            "audit"})
    CHECK_FALSE(may("spiffe://m/svc/a", send, trick));
  for (const char* trick : {"/routing//dead", "/routing/./dead", "/routing/dead/", "/Routing/dead",
                            "/routing/%64ead", "//routing/dead"})
    CHECK_FALSE(may("admin", read, trick));
}

TEST_CASE("index: the same as a scan, for random policies and questions") {
  random_stream random(7);
  std::size_t allowed = 0, denied = 0, by_rule = 0;
  for (int round = 0; round < 60; ++round) {
    auto made = random_candidate(random);
    REQUIRE(made.ok());
    const std::string own = random.below(2) == 0 ? "" : subject_name(random, false);
    const document copy = made->text;
    const bool otherwise = made->allow_by_default;
    store s(64, random.next());
    s.apply(std::move(*made), own);
    for (int question = 0; question < 200; ++question) {
      const std::string who = subject_name(random, false);
      const std::string what = service_name(random, false);
      const access asked{who, static_cast<access_verb>(random.below(4)), what};
      const verdict got = s.authorize(asked).decided;
      CAPTURE(who);
      CAPTURE(what);
      CHECK(got.allowed == allowed_by_scan(copy, otherwise, own, asked));
      const explanation e = s.explain(asked);
      CHECK(e.allowed == got.allowed);
      std::size_t deciding = 0;
      for (const auto& line : e.rules) deciding += line.decides ? 1 : 0;
      CHECK(deciding == (got.rule == 0 ? 0 : 1));
      if (got.rule != 0) CHECK(copy.rules[got.rule - 1].allow == got.allowed);
      (got.allowed ? allowed : denied) += 1;
      by_rule += got.rule != 0 ? 1 : 0;
    }
  }
  // The questions are worth asking.
  CHECK(allowed > 1000);
  CHECK(denied > 1000);
  CHECK(by_rule > 1000);
}

TEST_CASE("store: no policy denies; a new one takes back what was given") {
  store s(16, 1);
  const access asked{"a", access_verb::call, "x"};
  CHECK_FALSE(s.authorize(asked).decided.allowed);
  s.apply(policy_of("allow r call x\nbind r a\n"), {});
  CHECK(s.version() == 1);
  CHECK(s.authorize(asked).decided.allowed);
  CHECK(s.authorize(asked).from_cache);
  s.apply(policy_of("allow r call y\nbind r a\n"), {});
  const auto after = s.authorize(asked);
  CHECK_FALSE(after.from_cache);
  CHECK_FALSE(after.decided.allowed);
}

TEST_CASE("cache: one question never gets the decision of another, and long ones are not kept") {
  decision_cache cache(1, 3);  // all share one place
  const access one{"a", access_verb::call, "bc"};
  const access two{"ab", access_verb::call, "c"};  // the same bytes, cut elsewhere
  CHECK_FALSE(cache.find(one));
  cache.keep(one, {true, 7});
  CHECK(cache.find(one) == verdict{true, 7});
  CHECK_FALSE(cache.find(two));
  CHECK_FALSE(cache.find({"a", access_verb::send, "bc"}));
  cache.keep({"a", access_verb::send, "bc"}, {false, 0});
  CHECK_FALSE(cache.find(one));
  const std::string long_name(decision_cache::key_size_max, 'x');
  CHECK_FALSE(cache.find({long_name, access_verb::call, "y"}));
  cache.keep({long_name, access_verb::call, "y"}, {true, 1});
  CHECK_FALSE(cache.find({long_name, access_verb::call, "y"}));
  cache.forget_all();
  CHECK_FALSE(cache.find({"a", access_verb::send, "bc"}));
  decision_cache nothing(0, 3);
  nothing.keep(one, {true, 1});
  CHECK_FALSE(nothing.find(one));
}

TEST_CASE("explain: the deciding rule, where it is written, and why a name has no rights") {
  store s(0, 1);
  s.apply(policy_of("allow writer send orders.*\ndeny everybody send orders.audit\nbind writer "
                    "spiffe://m/a\n"),
          {});
  const std::string text = as_text(s.explain({"spiffe://m/a", access_verb::send, "orders.audit"}));
  CHECK(text ==
        "'spiffe://m/a' may not send 'orders.audit'\n"
        "  roles:\n"
        "     bind writer spiffe://m/a  p:3\n"
        "     everybody\n"
        "  rules that match:\n"
        "     allow writer send orders.*        p:1\n"
        "  -> deny everybody send orders.audit  p:2\n");
  CHECK(as_text(s.explain({"", access_verb::send, "x"})).find("anonymous may not send 'x'") == 0);
  CHECK(as_text(s.explain({"", access_verb::send, "x"})).find("-> default deny") !=
        std::string::npos);
  CHECK(as_text(s.explain({"a", access_verb::send, "X"})).find("canonical form") !=
        std::string::npos);
  CHECK(as_json(s.explain({"a", access_verb::send, "x"})).find(R"("allowed":false)") !=
        std::string::npos);
}

}  // namespace mw::access_policy
