// rules_banned_test: planted calls that are banned, per floor, and bad coroutine forms.
// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include <doctest/doctest.h>

namespace mw::tidy {
namespace {

std::size_t banned(const std::string& path, const std::string& code) {
  return run_rule(check_banned, {{path, code}}).size();
}

TEST_CASE("banned: each word is caught in a plug-in, with its replacement") {
  for (const char* code : {"std::regex r;",
                           "#include <regex>",
                           "#include <iostream>",
                           "int a = std::rand();",
                           "int a = rand();",
                           "std::random_device d;",
                           "auto t = std::chrono::system_clock::now();",
                           "auto t = std::chrono::steady_clock::now();",
                           "clock_gettime(0, &t);",
                           "gettimeofday(&t, 0);",
                           "std::thread t;",
                           "std::jthread t;",
                           "std::mutex m;",
                           "std::condition_variable c;",
                           "thread_local int x;",
                           "std::async(f);",
                           "std::future<int> f;",
                           "std::promise<int> p;",
                           "std::this_thread::sleep_for(t);",
                           "sleep(1);",
                           "usleep(1);",
                           "nanosleep(&t, 0);",
                           "std::getenv(\"X\");",
                           "std::system(\"x\");",
                           "system(\"x\");",
                           "popen(\"x\", \"r\");",
                           "dynamic_cast<a*>(b);",
                           "typeid(a);",
                           "volatile int x;",
                           "using namespace std;",
                           "auto f = [=] {};",
                           "delete x;",
                           "const_cast<a&>(b);"}) {
    CAPTURE(code);
    CHECK(banned("plugins/a/plugin.cpp", code) >= 1);
  }
}

TEST_CASE("banned: look-alikes are left alone") {
  for (const char* code :
       {"// std::thread", "f(\"std::regex\");", "operand(1);", "file_system(1);", "host.random();",
        "a(const a&) = delete;", "using namespace std::chrono_literals;", "my_volatile_x = 1;",
        "std::threadless t;", "timer.sleep(1);", "asleep(1);", "[]() {};"}) {
    CAPTURE(code);
    CHECK(banned("plugins/a/plugin.cpp", code) == 0);
  }
}

TEST_CASE("banned: floors differ") {
  CHECK(banned("kernel/platform/clock.cpp", "std::chrono::steady_clock::now();") == 0);
  CHECK(banned("sdk/src/a.cpp", "std::chrono::steady_clock::now();") == 1);
  CHECK(banned("kernel/pool.cpp", "std::thread t;") == 0);
  CHECK(banned("kernel/pool.cpp", "typeid(a);") == 1);
  CHECK(banned("tests/a_test.cpp", "std::this_thread::sleep_for(t);") == 1);
  CHECK(banned("kernel/a_test.cpp", "sleep(1);") == 1);
  CHECK(banned("examples/02_first_plugin/plugin.cpp", "std::thread t;") == 1);
}

TEST_CASE("banned: default arguments on virtual functions") {
  const auto found = [](const std::string& code) {
    return run_rule(check_virtual_defaults, {{"kernel/a.h", code}}).size();
  };
  CHECK(found("virtual void f(int a = 1);") == 1);
  CHECK(found("virtual void f(int a) = 0;") == 0);
  CHECK(found("virtual ~a() = default;") == 0);
  CHECK(found("void f(int a = 1);") == 0);
}

TEST_CASE("coroutines: only in adapters, kernel and tests") {
  const auto found = [](const std::string& path, const std::string& code) {
    return run_rule(check_coroutines, {{path, code}}).size();
  };
  CHECK(found("plugins/raft/log.cpp", "co_return 1;") == 1);
  CHECK(found("sdk/include/mw/bus.h", "co_await f();") == 1);
  CHECK(found("plugins/raft/plugin.cpp", "co_return 1;") == 0);
  CHECK(found("sdk/include/mw/task.h", "co_await f();") == 0);
}

TEST_CASE("coroutines: temporaries that g++ 12 destroys twice") {
  const auto found = [](const std::string& code) {
    return run_rule(check_coroutines, {{"plugins/a/plugin.cpp", code}}).size();
  };
  CHECK(found("co_await f(options{1});") == 1);
  CHECK(found("co_await f([x] { g(x); });") == 1);
  CHECK(found("co_await (a ? b() : c());") == 1);
  CHECK(found("co_await std::move(named);\nauto x = f([y] {});") == 0);
}

}  // namespace
}  // namespace mw::tidy
