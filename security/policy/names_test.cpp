// names_test: one spelling for one thing: every trick with names is no name at all.
// SPDX-License-Identifier: Apache-2.0
#include "pattern.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::access_policy {
namespace {

bool canonical(name_kind kind, std::string_view name) {
  segments into;
  return split(kind, name, into);
}
std::string error_of(name_kind kind, std::string_view text) {
  const auto made = parse_pattern(kind, text);
  return made ? "" : made.error().text();
}
bool match(name_kind kind, std::string_view text, std::string_view name) {
  segments cut;
  const auto made = parse_pattern(kind, text);
  REQUIRE(made.ok());
  return split(kind, name, cut) && matches(*made, cut);
}

}  // namespace

TEST_CASE("names: what is canonical, and what only looks like it") {
  for (const char* good : {"orders", "orders.get", "a-b.c_d.9"})
    CHECK(canonical(name_kind::service, good));
  for (const char* bad : {"", ".", "orders.", ".orders", "orders..get", "Orders.get", "orders/get",
                          "orders.get ", "orders.\xd0\xb0", "orders.*", "orders\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(canonical(name_kind::service, bad));
  }
  for (const char* good : {"/", "/metrics", "/routing/dead", "/a.b/c~d"})
    CHECK(canonical(name_kind::page, good));
  for (const char* bad : {"", "metrics", "//metrics", "/metrics/", "/a//b", "/a/../b", "/a/./b",
                          "/Metrics", "/a%2fb", "/a b", "/a?b"}) {
    CAPTURE(bad);
    CHECK_FALSE(canonical(name_kind::page, bad));
  }
  for (const char* good : {"", "(self)", "admin", "ops@example", "spiffe://mesh.local/node/N1"})
    CHECK(canonical(name_kind::subject, good));
  for (const char* bad :
       {"self", "anonymous", "(other)", "spiffe://mesh.local", "spiffe:///a",
        "spiffe://Mesh.local/a", "spiffe://mesh.local/a/", "spiffe://mesh.local//a",
        "spiffe://mesh.local/a/../b", "spiffe://mesh.local/a%41", "Admin", "SPIFFE://mesh.local/a",
        "spiffe://mesh.local:1/a"}) {
    CAPTURE(bad);
    CHECK_FALSE(canonical(name_kind::subject, bad));
  }
  CHECK_FALSE(canonical(name_kind::service, std::string(257, 'a')));
  CHECK_FALSE(canonical(name_kind::subject, "spiffe://m/" + std::string(2048, 'a')));
  using std::string_view_literals::operator""sv;
  CHECK_FALSE(canonical(name_kind::service, "orders\0.get"sv));
}

TEST_CASE("patterns: what they match") {
  const auto service = name_kind::service;
  CHECK(match(service, "orders.*", "orders.get"));
  CHECK_FALSE(match(service, "orders.*", "orders"));
  CHECK_FALSE(match(service, "orders.*", "orders.get.one"));
  CHECK(match(service, "orders.**", "orders"));
  CHECK(match(service, "orders.**", "orders.get.one"));
  CHECK_FALSE(match(service, "orders.**", "ordersx"));
  CHECK(match(service, "*.get", "stock.get"));
  CHECK(match(service, "**", "anything.at.all"));
  CHECK(match(service, "**", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r"));
  CHECK_FALSE(match(service, "*.*.*.*", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r"));
  CHECK(match(name_kind::page, "/**", "/"));
  CHECK(match(name_kind::page, "/", "/"));
  CHECK_FALSE(match(name_kind::page, "/*", "/"));
  CHECK(match(name_kind::page, "/routing/**", "/routing/dead/replay"));
  const auto subject = name_kind::subject;
  CHECK(match(subject, "spiffe://mesh.local/svc/*", "spiffe://mesh.local/svc/a"));
  CHECK_FALSE(match(subject, "spiffe://mesh.local/svc/*", "spiffe://evil.local/svc/a"));
  CHECK(match(subject, "spiffe://mesh.local/**", "spiffe://mesh.local/a/b/c"));
  CHECK(match(subject, "self", "(self)"));
  CHECK(match(subject, "anonymous", ""));
  CHECK_FALSE(match(subject, "self", ""));
  CHECK_FALSE(match(subject, "ops", "spiffe://ops/a"));
}

TEST_CASE("patterns: what is refused, and in which words") {
  const auto service = name_kind::service;
  CHECK(error_of(service, "orders.g*").find("has a * inside a segment") != std::string::npos);
  CHECK(error_of(service, "**.get").find("behind **") != std::string::npos);
  CHECK(error_of(service, "*.*.*.*.*").find("more than 4 *") != std::string::npos);
  CHECK(error_of(service, "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q").find("16 segments") !=
        std::string::npos);
  CHECK(error_of(service, "Orders").find("'Orders' is not canonical") != std::string::npos);
  CHECK(error_of(service, "").find("is not canonical") != std::string::npos);
  CHECK(error_of(service, "/").find("is not canonical") != std::string::npos);
  CHECK(error_of(service, "a\xff").starts_with("'a\\xff'"));
  CHECK(error_of(name_kind::page, "routing").find("begin with a slash") != std::string::npos);
  CHECK(!error_of(name_kind::page, "/a//b").empty());
  const auto subject = name_kind::subject;
  for (const char* bad : {"", "*", "**", "spiffe://*/a", "spiffe://mesh.local", "spiffe://**",
                          "spiffe://mesh.local/a*", "(self)", "Ops", "spiffe://mesh.local//**"}) {
    CAPTURE(bad);
    CHECK(!error_of(subject, bad).empty());
  }
}

TEST_CASE("patterns: text and back") {
  for (const auto& [kind, text] : {std::pair{name_kind::service, "orders.*.get.**"},
                                   {name_kind::service, "**"},
                                   {name_kind::page, "/"},
                                   {name_kind::page, "/**"},
                                   {name_kind::page, "/a/*/b"},
                                   {name_kind::subject, "spiffe://mesh.local/**"},
                                   {name_kind::subject, "self"},
                                   {name_kind::subject, "ops"},
                                   {name_kind::subject, "spiffe://m/*/x"}}) {
    const auto made = parse_pattern(kind, text);
    REQUIRE(made.ok());
    CHECK(to_string(*made) == text);
  }
}

}  // namespace mw::access_policy
