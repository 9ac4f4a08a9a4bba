// tools_test: verbs of plug-ins are found, explained, run, and kept from taking those of mw.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include "cli/test_console.h"
#include "write_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>

namespace mw::kernel::cli {
namespace {

int say_words(std::span<const std::string_view> words, tool_io& io) {
  for (const std::string_view word : words) io.print(std::string(word) + ";");
  if (io.json()) io.print("json");
  return static_cast<int>(words.size()) > 2 ? 1 : 0;
}
int fail(std::span<const std::string_view>, tool_io&) {
  throw std::runtime_error("no \x1b[2J luck");
}
int misuse(std::span<const std::string_view>, tool_io&) {
  return 2;
}

constexpr std::array echo_tools{tool{"say", "say the words", "usage: mw say WORD...", say_words},
                                tool{"run", "not to be had", "usage: mw run", say_words}};
constexpr std::array other_tools{tool{"say", "say it, too", "usage: mw say", fail},
                                 tool{"fall", "fail", "usage: mw fall", fail},
                                 tool{"slip", "be wrong", "usage: mw slip", misuse}};

struct two_plugins {
  plugin_descriptor first{.compiler = compiler_abi, .type = "a.first", .version = "1", .tools = [] {
                            return std::span<const tool>(echo_tools);
                          }};
  plugin_descriptor second{
      .compiler = compiler_abi, .type = "b.second", .version = "1", .tools = [] {
        return std::span<const tool>(other_tools);
      }};
  plugin_descriptor third{.compiler = compiler_abi, .type = "c.third", .version = "1"};
  loaded_plugin one{&first, {}, "a"}, two{&second, {}, "b"}, three{&third, {}, "c"};

  tool_list list() {
    installed_plugins all;
    all.plugins = {&one, &two, &three};
    return list_tools(std::move(all));
  }
};

mw_output run_listed(const found_tool& of, const std::vector<std::string>& words) {
  memory_stream out;
  memory_stream err;
  console io(out.get(), err.get());
  surroundings world{{}, "/nowhere/bin/mw", io};
  const auto call = split_words(words);
  REQUIRE(call.ok());
  const exit_code code = run_tool(of, *call, world);
  return {code, out.text(), err.text()};
}

TEST_CASE("the first plug-in wins a verb, and mw keeps its own") {
  two_plugins all;
  const tool_list found = all.list();
  REQUIRE(found.tools.size() == 3);
  CHECK(found.tools[0].what->verb == "fall");
  CHECK(found.tools[1].what->verb == "say");
  CHECK(found.tools[1].plugin == "a.first");
  REQUIRE(found.quarrels.size() == 2);
  CHECK(found.quarrels[0] == "the verb 'run' of plug-in a.first is taken by mw itself");
  CHECK(found.quarrels[1] == "the verb 'say' of plug-in b.second is taken by a.first");
  CHECK(tool_lines(found, false).find("  say         say the words\n") != std::string::npos);
}

TEST_CASE("a tool gets its words and flags; those that all share are taken out") {
  two_plugins all;
  const tool_list found = all.list();
  const found_tool& say = found.tools[1];
  CHECK(run_listed(say, {"a", "--json", "--b", "--admin", "x"}).out == "a;--b;json");
  CHECK(run_listed(say, {"a", "--", "--json"}).out == "a;--json;");
  CHECK(run_listed(say, {"1", "2", "3"}).code == exit_code::no);
  const mw_output help = run_listed(say, {"--help"});
  CHECK(help.out.starts_with("usage: mw say WORD...\n"));
  CHECK(help.out.find("--admin ADDRESS") != std::string::npos);
  CHECK(help.out.find("a.first") != std::string::npos);
  CHECK(run_listed(say, {"a", "-h"}).out == help.out);
  CHECK(run_listed(say, {"--", "--help"}).out == "--help;");
  CHECK(run_listed(say, {"--timeout", "soon"}).code == exit_code::usage);
  CHECK(!split_words(std::vector<std::string>{"--admin"}).ok());
}

TEST_CASE("tools that fail are told apart from those that say no") {
  two_plugins all;
  const tool_list found = all.list();
  const mw_output fallen = run_listed(found.tools[0], {});
  CHECK(fallen.code == exit_code::cannot_run);
  CHECK(fallen.err == "mw fall: the plug-in b.second failed: no ?[2J luck\n");
  const mw_output slipped = run_listed(found.tools[2], {});
  CHECK(slipped.code == exit_code::usage);
  CHECK(slipped.err == "Try `mw slip --help`.\n");
}

TEST_CASE("files are written whole, for whom they are meant") {
  std::string pattern = std::filesystem::temp_directory_path() / "mw_tools_XXXXXX";
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  const std::string file = pattern + "/below/key.pem";
  CHECK(write_file(file, "secret", file_access::owner, false).ok());
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(write_file(file, "other", file_access::owner, false).error().kind() == errc::denied);
  CHECK(*read_file(file) == "secret");
  CHECK(write_file(file, "other", file_access::everybody, true).ok());
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0644);
  CHECK(*read_file(file) == "other");
  CHECK(write_file(file + "/x", "no", file_access::owner, false).error().kind() == errc::denied);
  CHECK(read_file(pattern).error().kind() == errc::invalid);
  CHECK(read_file(pattern + "/none").error().kind() == errc::not_found);
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(pattern + "/below"))
    left += entry.is_regular_file() ? 1 : 0;
  CHECK(left == 1);
  std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace mw::kernel::cli
