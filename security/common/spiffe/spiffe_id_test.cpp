// spiffe_id_test: the grammar as a table, each rule with the byte that breaks it.
// SPDX-License-Identifier: Apache-2.0
#include "common/spiffe/spiffe_id.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace mw::spiffe {
namespace {

using std::string_literals::operator""s;

struct row {
  std::string text;
  fault what;
  std::size_t at;
};

const row rows[] = {
    {"", fault::wrong_scheme, 0},
    {"http:"
     "//mesh.local/node/a",
     fault::wrong_scheme, 0},
    {"SPIFFE://mesh.local/node/a", fault::wrong_scheme, 0},
    {"spiffe:/mesh.local/node/a", fault::wrong_scheme, 0},
    {" spiffe://mesh.local/node/a", fault::wrong_scheme, 0},
    {"spiffe://", fault::empty_domain, 9},
    {"spiffe:///node/a", fault::empty_domain, 9},
    {"spiffe://root@mesh.local/node/a", fault::userinfo, 13},
    {"spiffe://root:pw@mesh.local/node/a", fault::userinfo, 16},
    {"spiffe://mesh.local:8443/node/a", fault::port, 19},
    {"spiffe://Mesh.local/node/a", fault::domain_case, 9},
    {"spiffe://mesh.lo%63al/node/a", fault::percent, 16},
    {"spiffe://mesh.lo\xc3\xa7"
     "al/node/a",
     fault::domain_character, 16},
    {"spiffe://mesh local/node/a", fault::domain_character, 13},
    {"spiffe://[::1]/node/a", fault::domain_character, 9},
    {"spiffe://mesh\0.local/node/a"s, fault::domain_character, 13},
    {"spiffe://mesh.local", fault::no_path, 19},
    {"spiffe://mesh.local/", fault::trailing_slash, 19},
    {"spiffe://mesh.local/node/a/", fault::trailing_slash, 26},
    {"spiffe://mesh.local//node/a", fault::empty_segment, 19},
    {"spiffe://mesh.local/node//a", fault::empty_segment, 24},
    {"spiffe://mesh.local/node/.", fault::dot_segment, 25},
    {"spiffe://mesh.local/node/../root", fault::dot_segment, 25},
    {"spiffe://mesh.local/node/%2e%2e", fault::percent, 25},
    {"spiffe://mesh.local/node/a?x=1", fault::query, 26},
    {"spiffe://mesh.local/node/a#top", fault::fragment, 26},
    {"spiffe://mesh.local/node/a b", fault::path_character, 26},
    {"spiffe://mesh.local/node/a*", fault::path_character, 26},
    {"spiffe://mesh.local/node/a\0"s, fault::path_character, 26},
    {"spiffe://mesh.local/node/\xe2\x80\xaen", fault::path_character, 25},
    {"spiffe://mesh.local\\node\\a", fault::domain_character, 19},
    {"spiffe://" + std::string(256, 'd') + "/a", fault::domain_too_long, 9 + 255},
    {"spiffe://mesh.local/" + std::string(2029, 'p'), fault::too_long, 2048},
};

}  // namespace

TEST_CASE("spiffe: every rule is told apart, with the byte that breaks it") {
  std::set<fault> met;
  for (const row& r : rows) {
    CAPTURE(r.text);
    const parsed got = parse(r.text);
    CHECK(got.what == r.what);
    CHECK(got.at == r.at);
    CHECK(got.domain.empty());
    met.insert(got.what);
  }
  CHECK(met.size() == fault_count - 1);  // all but `none`
}

TEST_CASE("spiffe: good names, at their limits") {
  for (const std::string& good :
       {"spiffe://mesh.local/node/n1"s, "spiffe://a/b"s, "spiffe://9-9_9.x/A.b_c-D/..."s,
        "spiffe://" + std::string(255, 'd') + "/a",
        "spiffe://mesh.local/" + std::string(2028, 'p')}) {
    CAPTURE(good);
    const parsed got = parse(good);
    CHECK(got.what == fault::none);
    CHECK(std::string(scheme) + std::string(got.domain) + std::string(got.path) == good);
  }
}

TEST_CASE("spiffe: each rule has words of its own") {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < fault_count; ++i) words.insert(rule_of(static_cast<fault>(i)));
  CHECK(words.size() == fault_count);
}

}  // namespace mw::spiffe
