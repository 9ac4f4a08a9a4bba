// log_test: lines cannot be forged, floods are cut, and a log that cannot be written harms nobody.
// SPDX-License-Identifier: Apache-2.0
#include "log_sink.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace mw::kernel {

// What must never be printed has no way into a line.
static_assert(!std::is_constructible_v<log_value, std::string_view, secret>);

namespace {

std::string format(std::initializer_list<log_value> values, log_form form,
                   std::uint64_t left_out = 0) {
  std::string out;
  append_line({wall_time{1'700'000'000'123ms},
               log_level::warn,
               "swim",
               "peer is late",
               {values.begin(), values.size()},
               left_out},
              form, out);
  return out;
}

// A log file in a directory of its own, with a clock that the test moves.
class log_desk {
 public:
  log_desk() {
    std::string pattern = std::filesystem::temp_directory_path() / "mw_log_XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
  }
  log_desk(const log_desk&) = delete;
  log_desk& operator=(const log_desk&) = delete;
  ~log_desk() { std::filesystem::remove_all(directory); }

  std::unique_ptr<log_sink> open(log_options options = {}) {
    if (options.file.text.empty()) options.file.text = path();
    auto sink = log_sink::open(std::move(options), [this] { return wall_time{time}; });
    REQUIRE(sink.ok());
    return std::move(sink).value();
  }
  [[nodiscard]] std::string path() const { return directory + "/node.log"; }
  [[nodiscard]] static std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream in(file);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  [[nodiscard]] std::vector<std::string> lines() const { return lines_of(path()); }

  std::string directory;
  duration time = 1'700'000'000s;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("text lines") {
  CHECK(
      format({{"peer", "n2"}, {"count", 3}, {"rate", 0.5}, {"up", false}, {"id", 7U}},
             log_form::text) ==
      "2023-11-14T22:13:20.123Z warn  swim: peer is late peer=n2 count=3 rate=0.5 up=false id=7\n");
  CHECK(format({{"why", "no route"}, {"empty", ""}}, log_form::text, 4) ==
        "2023-11-14T22:13:20.123Z warn  swim: peer is late why=\"no route\" empty=\"\" "
        "suppressed=4\n");
  CHECK(contains(format({}, log_form::coloured_text), "\x1b[33mwarn \x1b[0m"));
}

TEST_CASE("values cannot forge lines or steer a terminal") {
  const std::string line = format({{"a", "x\n2023 error fake: line"},
                                   {"b", "\x1b[2J"},
                                   {"c", "say \"hi\\\""},
                                   {"d",
                                    "\xc2\x9b"
                                    "31m"},
                                   {"e", "\xff\xfe"},
                                   {"f",
                                    "\xe2\x80\xae"
                                    "abc"},
                                   {"g",
                                    "Gr\xc3\xbc\xc3\x9f"
                                    "e"}},
                                  log_form::text);
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(contains(line, R"(a="x\n2023 error fake: line")"));
  CHECK(contains(line, R"(b="\x1b[2J")"));
  CHECK(contains(line, R"(c="say \"hi\\\"")"));
  CHECK(contains(line, R"(d="\xc2\x9b31m")"));
  CHECK(contains(line, R"(e="\xff\xfe")"));
  CHECK(contains(line, R"(f="\xe2\x80\xaeabc")"));
  CHECK(contains(line,
                 "g=\"Gr\xc3\xbc\xc3\x9f"
                 "e\""));
}

TEST_CASE("long values are cut between characters") {
  std::string value(2047, 'a');
  value += "\xc3\xa4tail";
  const std::string line = format({{"v", value}}, log_form::text);
  CHECK(contains(line, "aaa...\""));
  CHECK(!contains(line, "\\x"));
}

TEST_CASE("JSON lines") {
  const std::string line =
      format({{"peer", "n\n2"}, {"count", -3}, {"up", true}, {"level", "mine"}}, log_form::json, 1);
  CHECK(line == R"({"time":"2023-11-14T22:13:20.123Z","level":"warn","module":"swim",)"
                R"("message":"peer is late","peer":"n\n2","count":-3,"up":true,)"
                R"("field.level":"mine","suppressed":1})"
                "\n");
}

TEST_CASE("levels by module, changed at run time") {
  log_desk desk;
  const auto sink = desk.open({.levels = {{"quiet", log_level::error}}});
  const auto quiet = sink->make("quiet");
  const auto loud = sink->make("loud");
  logger(*quiet).warn("not shown");
  logger(*quiet).error("shown 1");
  logger(*loud).debug("not shown");
  sink->set_default_level(log_level::debug);
  logger(*loud).debug("shown 2");
  logger(*quiet).info("not shown");
  sink->set_level("quiet", log_level::info);
  logger(*quiet).info("shown 3");
  CHECK(!quiet->enabled(log_level::debug));
  sink->flush();
  const auto lines = desk.lines();
  REQUIRE(lines.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(contains(lines[i], "shown " + std::to_string(i + 1)));
}

TEST_CASE("a place that floods is cut, and says so later") {
  log_desk desk;
  const auto sink = desk.open();
  const auto service = sink->make("m");
  const auto flood = [&service] { logger(*service).info("again"); };
  for (int i = 0; i < 25; ++i) flood();
  logger(*service).info("another place");
  desk.time -= 1h;  // the wall clock may jump
  flood();
  desk.time += 1s;
  flood();
  sink->flush();
  const auto lines = desk.lines();
  REQUIRE(lines.size() == 12);
  CHECK(contains(lines[9], "again"));
  CHECK(contains(lines[10], "another place"));
  CHECK(contains(lines[11], "suppressed=16"));
}

TEST_CASE("reopen follows a renamed file") {
  log_desk desk;
  const auto sink = desk.open();
  const auto service = sink->make("m");
  logger(*service).info("before");
  sink->flush();
  std::filesystem::rename(desk.path(), desk.path() + ".1");
  logger(*service).info("still the old file");
  sink->flush();
  sink->reopen();
  logger(*service).info("after");
  sink->flush();
  CHECK(log_desk::lines_of(desk.path() + ".1").size() == 2);
  REQUIRE(desk.lines().size() == 1);
  CHECK(contains(desk.lines().front(), "after"));
}

TEST_CASE("a file that cannot be opened is a failure with its name") {
  log_desk desk;
  const auto sink =
      log_sink::open({.file = {desk.directory + "/no/such/dir.log"}}, [] { return wall_time{}; });
  REQUIRE(!sink.ok());
  CHECK(contains(sink.error().text(), "no/such/dir.log"));
}

// A limit on file sizes stands in for a full disk: writes come up short and then fail.
TEST_CASE("a full disk loses lines, counts them, and recovers") {
  log_desk desk;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const auto sink = desk.open();
  const auto service = sink->make("m");
  logger(*service).info("first");
  sink->flush();
  rlimit small = before;
  small.rlim_cur = std::filesystem::file_size(desk.path()) + 20;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  for (int i = 0; i < 5; ++i) {
    logger(*service).info("lost");
    sink->flush();
  }
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, old_handler);
  CHECK(sink->lost() == 5);
  logger(*service).info("back");
  logger(*service).info("again");
  sink->flush();
  const auto lines = desk.lines();
  REQUIRE(lines.size() == 5);  // the first, a torn one, the report, and two more
  CHECK(lines[1].size() == 20);
  CHECK(contains(lines[2], "lines were lost lines=5"));
  CHECK(contains(lines[3], "back"));
  CHECK(contains(lines[4], "again"));
}

TEST_CASE("a reader that stops blocks nobody") {
  log_desk desk;
  // Nobody reads from this one, and it holds 64 KiB.
  const std::string fifo = desk.directory + "/fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const unique_fd reader(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  {
    const auto sink = desk.open({.file = {fifo}});
    std::vector<std::thread> lanes;
    for (int lane = 0; lane < 2; ++lane) {
      lanes.emplace_back([&sink] {
        const std::string long_value(2000, 'x');
        for (int i = 0; i < 100; ++i) {
          const auto service = sink->make("module");  // with a line budget of its own
          for (int k = 0; k < 10; ++k) logger(*service).info("line", {{"v", long_value}});
        }
      });
    }
    for (std::thread& lane : lanes) lane.join();
    CHECK(sink->lost() > 0);
  }  // ends although nobody reads
}

}  // namespace mw::kernel
