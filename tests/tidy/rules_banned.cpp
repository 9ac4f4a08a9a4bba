// rules_banned: calls and forms that must not appear, and what to use instead.
// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <array>

namespace mw::tidy {
namespace {

// On which floors a word is banned.
enum where : unsigned {
  in_sdk = 1U << 0U,
  in_kernel = 1U << 1U,
  in_plugins = 1U << 2U,
  in_tests = 1U << 3U,  // unit tests too
  reactors = in_sdk | in_plugins,
  product = in_sdk | in_kernel | in_plugins,
  everywhere = product | in_tests
};

struct ban {
  std::string_view word;  // matched as a whole word; a trailing '(' asks for a call
  unsigned floors;
  std::string_view instead;
};

constexpr std::array bans{
    ban{"std::regex", everywhere, "write a small parser by hand"},
    ban{"#include <regex>", everywhere, "write a small parser by hand"},
    ban{"#include <iostream>", everywhere, "use the log, or std::fputs in tools"},
    ban{"std::rand", everywhere, "draw from host.random()"},
    ban{"rand(", everywhere, "draw from host.random()"},
    ban{"random_device", product, "draw from host.random()"},
    ban{"system_clock::now", reactors, "ask host.wall_now()"},
    ban{"steady_clock::now", reactors, "ask host.now()"},
    ban{"high_resolution_clock::now", everywhere, "ask host.now()"},
    ban{"clock_gettime(", reactors, "ask host.now()"},
    ban{"gettimeofday(", reactors, "ask host.wall_now()"},
    ban{"std::thread", reactors, "stay on the loop, or use host.work()"},
    ban{"std::jthread", reactors, "stay on the loop, or use host.work()"},
    ban{"std::mutex", reactors, "one lane owns the state: no lock is needed"},
    ban{"std::shared_mutex", reactors, "one lane owns the state: no lock is needed"},
    ban{"std::condition_variable", reactors, "use a callback"},
    ban{"thread_local", reactors, "keep the state in an object of the lane"},
    ban{"std::async", everywhere, "use callbacks"},
    ban{"std::future", everywhere, "use callbacks"},
    ban{"std::promise", everywhere, "use callbacks"},
    ban{"sleep_for", everywhere, "use a timer; in tests, move virtual time or wait for an event"},
    ban{"sleep_until", everywhere, "use a timer; in tests, move virtual time or wait for an event"},
    ban{"sleep(", everywhere, "use a timer; in tests, move virtual time or wait for an event"},
    ban{"usleep(", everywhere, "use a timer; in tests, move virtual time or wait for an event"},
    ban{"nanosleep(", everywhere, "use a timer; in tests, move virtual time or wait for an event"},
    ban{"getenv(", reactors, "take it from the YAML as ${VAR}"},
    ban{"std::system", everywhere, "there is no replacement: no shell is started"},
    ban{"system(", everywhere, "there is no replacement: no shell is started"},
    ban{"popen(", everywhere, "there is no replacement: no shell is started"},
    ban{"dynamic_cast", product, "type identity across libraries is by name: use a contract"},
    ban{"typeid", product, "type identity across libraries is by name: use a contract"},
    ban{"volatile", product, "use std::atomic, or a message between lanes"},
    ban{"using namespace", everywhere, "name what is used"},
    ban{"[=]", everywhere, "list the captures by name"},
    ban{"delete ", in_plugins, "let a member or a std::unique_ptr own it"},
    ban{"const_cast", in_plugins, "ask the owner for a mutable reference"},
};

unsigned floor_bit(floor on) {
  switch (on) {
    case floor::sdk:
      return in_sdk;
    case floor::kernel:
      return in_kernel;
    case floor::plugin:
      return in_plugins;
    case floor::test:
      return in_tests;
    case floor::example:
      return in_plugins;  // examples teach: they obey what plug-ins obey
    case floor::elsewhere:
      return 0;
  }
  return 0;
}

bool whole_word(std::string_view code, std::size_t at, std::string_view word) {
  const char before = at == 0 ? ' ' : code[at - 1];
  if (is_word(word.front()) && (is_word(before) || before == '.' || before == '>')) return false;
  const auto end = at + word.size();
  return !is_word(word.back()) || end >= code.size() || !is_word(code[end]);
}

// `std::chrono_literals` and friends hold literals only, and cannot be named one by one.
bool is_literals(std::string_view code, std::size_t at) {
  return code.substr(at, code.find(';', at) - at).ends_with("_literals");
}

void find_ban(const source_file& file, const ban& what, findings& out) {
  const std::string_view code = file.code;
  for (auto at = code.find(what.word); at != std::string_view::npos;
       at = code.find(what.word, at + 1)) {
    if (!whole_word(code, at, what.word)) continue;
    if (what.word == "using namespace" && is_literals(code, at)) continue;
    out.push_back({"banned", file.path, line_of(code, at), 1,
                   std::string(what.word) + " does not belong here: " + std::string(what.instead)});
  }
}

// `= 1` inside the parentheses of the declaration that starts at `at`.
bool has_default_argument(std::string_view code, std::size_t at) {
  int depth = 0;
  for (; at < code.size() && code[at] != ';' && code[at] != '{'; ++at) {
    if (code[at] == '(') ++depth;
    if (code[at] == ')') --depth;
    if (code[at] == '=' && depth > 0) return true;
  }
  return false;
}

}  // namespace

void check_banned(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    if (!file.is_cpp()) continue;
    for (const ban& what : bans)
      if ((what.floors & floor_bit(file.on)) != 0) find_ban(file, what, out);
  }
}

void check_virtual_defaults(const source_tree& tree, findings& out) {
  constexpr std::string_view word = "virtual";
  for (const source_file& file : tree.files) {
    if (!file.is_cpp()) continue;
    for (auto at = file.code.find(word); at != std::string::npos; at = file.code.find(word, at + 1))
      if (whole_word(file.code, at, word) && has_default_argument(file.code, at))
        out.push_back({"banned", file.path, line_of(file.code, at), 1,
                       "a default argument on a virtual function: overriders silently differ; "
                       "add a non-virtual overload"});
  }
}

}  // namespace mw::tidy
