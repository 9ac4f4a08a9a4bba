// dispatch_test: verbs are found, explained and refused; the promises every verb makes.
// SPDX-License-Identifier: Apache-2.0
#include "dispatch.h"

#include "test_console.h"

#include <doctest/doctest.h>

#include <set>

namespace mw::kernel::cli {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("mw alone says what to do next") {
  const mw_output said = run_words({});
  CHECK(said.code == exit_code::ok);
  CHECK(contains(said.out, "mw check node.yaml"));
  CHECK(said.err.empty());
}

TEST_CASE("an unknown verb is refused with the nearest one") {
  const mw_output said = run_words({"chek"});
  CHECK(said.code == exit_code::usage);
  CHECK(said.out.empty());
  CHECK(said.err == "mw: unknown verb 'chek'; did you mean 'check'?\nTry `mw help`.\n");
  CHECK(run_words({"--jsn"}).err.starts_with("mw: unknown flag '--jsn'"));
  CHECK(run_words({"\x1b[2J"}).err.starts_with("mw: unknown verb '?[2J'\n"));
}

TEST_CASE("the number of operands is checked") {
  CHECK(run_words({"check"}).code == exit_code::usage);
  CHECK(run_words({"check"}).err.starts_with("mw check: something is missing: mw check FILE..."));
  CHECK(run_words({"config", "a", "b"}).err.starts_with("mw config: too many arguments"));
  CHECK(run_words({"explain"}).code == exit_code::usage);
}

TEST_CASE("help and version have their usual names") {
  CHECK(run_words({"--help"}).out == run_words({"help"}).out);
  CHECK(run_words({"-h"}).out == run_words({"help"}).out);
  CHECK(run_words({"--version"}).out == run_words({"version"}).out);
  CHECK(contains(run_words({"help", "exit-codes"}).out, "2  the command line is wrong"));
  CHECK(run_words({"help", "check"}).out == run_words({"check", "--help"}).out);
  CHECK(run_words({"help", "chek"}).code == exit_code::usage);
}

TEST_CASE("every verb explains itself, with an example that names it") {
  std::set<std::string_view> seen;
  for (const verb* one : all_verbs()) {
    CAPTURE(one->name);
    CHECK(seen.insert(one->name).second);
    const std::string summary(one->summary);
    CHECK(find_verb(one->name) == one);
    const mw_output said = run_words({std::string(one->name), "--help"});
    CHECK(said.code == exit_code::ok);
    CHECK(contains(said.out, "usage: mw " + std::string(one->name)));
    CHECK(contains(said.out, "Example"));
    CHECK(contains(one->example, "mw " + std::string(one->name)));
    CHECK(contains(run_words({"help"}).out, summary));
    CHECK(!one->details.empty());
    for (const flag& f : one->flags) CHECK(f.doc.ends_with('.'));
  }
  CHECK(find_verb("") == nullptr);
}

TEST_CASE("an answer that nobody can read is a failure") {
  std::FILE* full = std::fopen("/dev/full", "we");
  REQUIRE(full != nullptr);
  memory_stream err;
  console io(full, err.get());
  surroundings world{{}, "/nowhere/bin/mw", io};
  const std::vector<std::string> words{"help"};
  CHECK(run_mw(words, world) == exit_code::cannot_run);
  CHECK(err.text() == "mw: the output could not be written\n");
  std::fclose(full);
}

TEST_CASE("colours are for terminals") {
  memory_stream out;
  console io(out.get(), out.get());
  io.choose_colors({{"TERM", "xterm"}});
  CHECK_FALSE(io.colors_answers());
  CHECK_FALSE(io.colors_complaints());
  CHECK(bold("a", true) == "\x1b[1ma\x1b[0m");
  CHECK(bold("a", false) == "a");
}

TEST_CASE("long texts are broken at spaces, line breaks are kept") {
  CHECK(wrap("", "  ").empty());
  CHECK(wrap("one\n\ntwo", "  ") == "  one\n\n  two\n");
  const std::string many = wrap(std::string(50, 'a') + " " + std::string(50, 'b'), "    ");
  CHECK(many == "    " + std::string(50, 'a') + "\n    " + std::string(50, 'b') + "\n");
  CHECK(wrap(std::string(200, 'x') + " y", "") == std::string(200, 'x') + "\ny\n");
}

TEST_CASE("the completion script names every verb and flag") {
  const std::string script = run_words({"completion", "bash"}).out;
  for (const verb* one : all_verbs()) {
    CHECK_MESSAGE(contains(script, one->name), one->name);
    for (const flag& f : one->flags) CHECK_MESSAGE(contains(script, f.name), f.name);
  }
  CHECK(run_words({"completion", "fish"}).code == exit_code::usage);
}

}  // namespace
}  // namespace mw::kernel::cli
