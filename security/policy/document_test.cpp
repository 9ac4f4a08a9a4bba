// document_test: the language, line by line, and what each wrong line is told.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"
#include "store.h"

#include <doctest/doctest.h>

namespace mw::access_policy {
namespace {

std::string error_of(std::string_view text) {
  const auto made = prepare({}, false, text, "p.txt");
  return made ? "" : made.error().text();
}

}  // namespace

TEST_CASE("language: every statement") {
  const auto made = prepare({}, false,
                            "# who may do what\n"
                            "allow writer send,call orders.* stock  # two resources\n"
                            "deny everybody send orders.audit\r\n"
                            "\n"
                            "\tallow ops read /**\n"
                            "bind writer spiffe://mesh.local/svc/*\n"
                            "bind ops self anonymous admin\n"
                            "default deny",
                            "p.txt");
  REQUIRE(made.ok());
  REQUIRE(made->text.rules.size() == 4);
  CHECK(to_string(made->text.rules[0]) == "allow writer call,send orders.*");
  CHECK(made->text.rules[1].where == "p.txt:2");
  CHECK_FALSE(made->text.rules[2].allow);
  CHECK(made->text.bindings.size() == 4);
  CHECK_FALSE(made->allow_by_default);
  CHECK(made->text.warnings.empty());
  CHECK(made->digest.size() == 64);
}

TEST_CASE("language: what is wrong, and in which line") {
  CHECK(error_of("allow\n").starts_with("p.txt:1: a role's name has 1 to 64"));
  CHECK(error_of("\npermit a call b").starts_with("p.txt:2: 'permit' is none of allow"));
  CHECK(error_of("allow A call b").find("not 'A'") != std::string::npos);
  CHECK(error_of("allow a publish b").find("'publish' is none of call") != std::string::npos);
  CHECK(error_of("allow a call,call b").find("the verb call is there twice") != std::string::npos);
  CHECK(error_of("allow a call, b").find("'' is none of call") != std::string::npos);
  CHECK(error_of("allow a call,read b").find("write two rules") != std::string::npos);
  CHECK(error_of("allow a call").find("names no resource") != std::string::npos);
  CHECK(error_of("allow a read metrics").find("begin with a slash") != std::string::npos);
  CHECK(error_of("bind a").find("names no identity") != std::string::npos);
  CHECK(error_of("bind everybody self").find("is not bound") != std::string::npos);
  CHECK(error_of("default maybe").find("allow or deny, not 'maybe'") != std::string::npos);
  CHECK(error_of("default deny now").find("nothing follows") != std::string::npos);
  CHECK(error_of("default deny\ndefault deny").starts_with("p.txt:2: the default is given twice"));
  CHECK(error_of("allow a call b\nbind b self").find("the role b has no rules") !=
        std::string::npos);
  CHECK(error_of("allow a call b\n\nallow a call b") ==
        "p.txt:3: `allow a call b` is there already, at p.txt:1");
  CHECK(error_of(std::string(5000, ' ')) == "p.txt:1: longer than 4096 bytes");
  CHECK(error_of(std::string(file_max + 1, '\n')) == "p.txt: longer than 1MiB");
  CHECK(error_of("allow a call \x1b[2J").find('\x1b') == std::string::npos);
}

TEST_CASE("language: bounds on rules, bindings and roles") {
  std::string rules, bindings = "allow a call x\n", roles;
  for (std::size_t i = 0; i < rules_max; ++i) rules += "allow a call s" + std::to_string(i) + "\n";
  CHECK(error_of(rules).empty());
  CHECK(error_of(rules + "allow a call y").find("more than 10000 rules") != std::string::npos);
  for (std::size_t i = 0; i < bindings_max; ++i) bindings += "bind a n" + std::to_string(i) + "\n";
  CHECK(error_of(bindings).empty());
  CHECK(error_of(bindings + "bind a self").find("more than 10000 bindings") != std::string::npos);
  for (std::size_t i = 1; i < roles_max; ++i) roles += "allow r" + std::to_string(i) + " call x\n";
  CHECK(error_of(roles).empty());
  CHECK(error_of(roles + "allow z call x") == "more than 1024 roles");
}

TEST_CASE("language: likely mistakes are warnings; equal policies have equal digests") {
  const auto made = prepare({}, true, "allow a call b\n", "p");
  REQUIRE(made.ok());
  CHECK(made->text.warnings ==
        std::vector<std::string>{"nobody has the role a",
                                 "default allow: who is forgotten may do everything"});
  const auto one = prepare({}, false, "allow a call b\nbind a x\n", "one");
  const auto two = prepare({}, false, "\n\nbind  a x # same\nallow a call b", "two");
  const auto three = prepare({}, false, "deny a call b\nbind a x\n", "three");
  CHECK(one->digest == two->digest);
  CHECK(one->digest != three->digest);
  CHECK(difference(*one, *three) == "- allow a call b\n+ deny a call b\n");
}

TEST_CASE("language: the YAML says the same") {
  settings yaml;
  yaml.roles["writer"] = {"allow send orders.*", "deny send orders.audit"};
  yaml.bindings["writer"] = {"spiffe://m/a"};
  const auto read = document_of(yaml);
  REQUIRE(read.ok());
  const auto from_yaml = prepare(*read, false, std::nullopt, {});
  const auto from_file = prepare({}, false,
                                 "allow writer send orders.*\ndeny writer send orders.audit\n"
                                 "bind writer spiffe://m/a\n",
                                 "f");
  CHECK(from_yaml->digest == from_file->digest);
  CHECK(from_yaml->text.rules[1].where == "roles.writer[1]");
  yaml.roles["writer"] = {"bind other self"};
  CHECK(document_of(yaml).error().text().find("does not begin with allow or deny") !=
        std::string::npos);
  yaml.roles["writer"] = {"allow call"};
  CHECK(document_of(yaml).error().text().starts_with("roles.writer[0]: "));
}

}  // namespace mw::access_policy
