// report_test: the histogram, the command line, frames, and what the table concludes.
// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include "frames.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace {

using mw::bench::all_lines;
using mw::bench::all_programs;
using mw::bench::all_tasks;
using mw::bench::bar;
using mw::bench::best_of_peers;
using mw::bench::counts_page;
using mw::bench::figure;
using mw::bench::frame_batch;
using mw::bench::frame_counter;
using mw::bench::frame_reader;
using mw::bench::histogram;
using mw::bench::itself;
using mw::bench::line;
using mw::bench::make_body;
using mw::bench::now_ns;
using mw::bench::ours;
using mw::bench::outcome;
using mw::bench::parse_result;
using mw::bench::parse_settings;
using mw::bench::program;
using mw::bench::report;
using mw::bench::run_result;
using mw::bench::settings;
using mw::bench::task;
using mw::bench::to_json;
using mw::bench::value_of;
using mw::bench::verdict;
using mw::bench::work;

std::optional<settings> parsed(std::vector<const char*> words, std::string& error) {
  words.insert(words.begin(), "driver");
  return parse_settings(static_cast<int>(words.size()), words.data(), error);
}

run_result with_p50(double ns) {
  run_result out;
  out.p50_ns = ns;
  return out;
}

const line& line_named(std::string_view name) {
  for (const line& one : all_lines())
    if (one.name == name) return one;
  FAIL("no such line");
  return all_lines().front();
}

}  // namespace

TEST_CASE("a histogram's quantiles are right within one percent over all of 64 bits") {
  for (const std::uint64_t value :
       {0ULL, 1ULL, 255ULL, 256ULL, 257ULL, 50'000ULL, 1ULL << 40U, ~0ULL}) {
    histogram one;
    one.record(value);
    const auto got = one.quantile(0.5);
    CHECK(got <= value);
    CHECK(static_cast<double>(value - got) <= 0.01 * static_cast<double>(value));
  }
  histogram many;
  for (std::uint64_t value = 1; value <= 1000; ++value) many.record(value);
  CHECK(many.count() == 1000);
  CHECK(many.quantile(0.5) == doctest::Approx(500).epsilon(0.01));
  CHECK(many.quantile(0.99) == doctest::Approx(990).epsilon(0.01));
  CHECK(many.quantile(1) == doctest::Approx(1000).epsilon(0.01));
  CHECK(histogram().quantile(0.5) == 0);
}

TEST_CASE("the command line of a driver") {
  std::string error;
  const auto all = parsed({"client", "--port", "1,65535", "--work", "fanout", "--size", "1024",
                           "--in-flight", "64", "--seconds", "0.5", "--spin", "--server-pid", "7"},
                          error);
  REQUIRE(all);
  CHECK_FALSE(all->is_server);
  CHECK(all->ports == std::vector<std::uint16_t>{1, 65535});
  CHECK(all->what == work::fanout);
  CHECK(all->size == 1024);
  CHECK(all->in_flight == 64);
  CHECK(all->seconds == 0.5);
  CHECK(all->spin);
  CHECK(all->server_pids == std::vector<pid_t>{7});

  CHECK_FALSE(parsed({"both"}, error));
  CHECK(error.find("`both`") != std::string::npos);
  CHECK_FALSE(parsed({"client"}, error));
  CHECK(error.find("--port") != std::string::npos);
  for (const char* wrong : {"x", "", "7x", "-1", "3"}) {  // 3: too small for a stamp
    CHECK_FALSE(parsed({"server", "--size", wrong}, error));
    CHECK(error.find("--size") != std::string::npos);
  }
  CHECK_FALSE(parsed({"server", "--port", "65536"}, error));
  CHECK_FALSE(parsed({"server", "--port", "1,,2"}, error));
  CHECK_FALSE(parsed({"server", "--work", "juggle"}, error));
  CHECK_FALSE(parsed({"server", "--receivers", "17"}, error));
  CHECK_FALSE(parsed({"server", "--size"}, error));
}

TEST_CASE("frames survive any cut, and both readers agree") {
  frame_batch batch(4096);
  for (const std::size_t size : {8U, 0U, 64U, 300U}) batch.append(make_body(size + 8));
  for (const std::size_t cut : {1U, 3U, 7U, 64U, 4096U}) {
    frame_reader reader(400);
    frame_counter counter;
    std::vector<std::size_t> sizes;
    std::uint64_t passed = 0;
    for (auto rest = batch.bytes(); !rest.empty();) {
      const auto part = rest.first(std::min<std::size_t>(cut, rest.size()));
      std::copy(part.begin(), part.end(), reader.room().begin());
      reader.received(part.size(), [&](auto body) { sizes.push_back(body.size()); });
      passed += counter.passed(part);
      rest = rest.subspan(part.size());
    }
    CHECK(sizes == std::vector<std::size_t>{16, 8, 72, 308});
    CHECK(passed == 4);
  }
  CHECK_FALSE(batch.fits(4096));
}

TEST_CASE("counts of all receivers add up, and a file shows them to another mapping") {
  const std::string path = "counts_" + std::to_string(now_ns());
  {
    counts_page server(path);
    const counts_page client(path);
    server.add(3, 300);
    server.add(2, 20, 15);
    server.add_shared(1, 1);
    CHECK(client.messages() == 6);
    CHECK(client.bytes() == 321);
  }
  CHECK(std::remove(path.c_str()) == 0);
}

TEST_CASE("what a driver prints is what the report reads") {
  outcome found;
  found.messages = 2'000'000;
  found.seconds = 0.5;
  found.bytes = 128'000'000;
  found.cpu = {300'000'000, 100'000'000};
  found.rtt.record(50'000);
  found.extra = 2048;
  const auto read = parse_result(to_json(found));
  REQUIRE(read);
  CHECK(value_of(*read, figure::messages) == doctest::Approx(4000));
  CHECK(value_of(*read, figure::gigabytes) == doctest::Approx(0.256));
  CHECK(value_of(*read, figure::cpu) == doctest::Approx(0.2));
  CHECK(value_of(*read, figure::p50) == doctest::Approx(50).epsilon(0.01));
  CHECK(value_of(*read, figure::extra) == doctest::Approx(2));
  CHECK_FALSE(parse_result(""));
  CHECK_FALSE(parse_result(R"({"messages":1})"));
}

TEST_CASE("a bar is met, missed, or not known") {
  const line& rtt = line_named("echo 64 B, 1 in flight, p50");
  const bar& to_raw = rtt.bars.front();
  report all;
  all.add(rtt.task, "raw", with_p50(100));
  CHECK(all.judge(rtt, to_raw) == verdict::unknown);
  all.add(rtt.task, ours, with_p50(110));
  CHECK(all.judge(rtt, to_raw) == verdict::met);               // 1.10 and not more
  CHECK(all.judge(rtt, rtt.bars.back()) == verdict::unknown);  // no ZeroMQ
  all.add(rtt.task, ours, with_p50(114));
  all.add(rtt.task, ours, with_p50(113));
  CHECK(all.judge(rtt, to_raw) == verdict::missed);  // the median of three is 113
  CHECK(*all.ratio(rtt, to_raw) == doctest::Approx(1.13));
  CHECK(all.as_text().find("MISSED, 1.13") != std::string::npos);
  CHECK(all.as_json_lines().find(R"("<= 1.10 x raw":false)") != std::string::npos);
}

TEST_CASE("the best peer is the fastest library, never the limit or ourselves") {
  const line& bulk = line_named("one-way 64 KiB");
  report all;
  const auto moved = [](double bytes) {
    run_result out;
    out.bytes = bytes;
    out.seconds = 1;
    return out;
  };
  all.add(bulk.task, "raw", moved(9e9));
  all.add(bulk.task, "zmq", moved(2e9));
  all.add(bulk.task, "capnp", moved(3e9));
  all.add(bulk.task, ours, moved(4.5e9));
  REQUIRE(bulk.bars.front().against == best_of_peers);
  CHECK(*all.ratio(bulk, bulk.bars.front()) == doctest::Approx(1.5));
  CHECK(all.judge(bulk, bulk.bars.front()) == verdict::met);
}

TEST_CASE("a bar may be a value of its own") {
  const line& idle = line_named("TLS: idle connection at 5,000, server");
  report all;
  run_result of_ours;
  of_ours.extra = 19.5 * 1024;
  all.add(idle.task, ours, of_ours);
  CHECK(all.judge(idle, idle.bars.front()) == verdict::met);
  CHECK(all.as_text().find("<= 20.0 KiB: met, 19.5") != std::string::npos);
  of_ours.extra = 30 * 1024;
  all.add(idle.task, ours, of_ours);
  CHECK(all.judge(idle, idle.bars.front()) == verdict::missed);  // the median is between the two
}

TEST_CASE("the table has a column for each program that ran, and no other") {
  const line& rtt = line_named("TLS: echo 64 B, 1 in flight, p50");
  report all;
  all.add(rtt.task, ours, with_p50(110'000));
  all.add(rtt.task, "curve", with_p50(220'000));
  const std::string table = all.as_text();
  const std::string head = table.substr(0, table.find('\n'));
  CHECK(head.find(ours) == head.rfind(ours));
  CHECK(head.find("curve") != std::string::npos);
  CHECK(head.find("zmq") == std::string::npos);
  CHECK(table.find("220 (0.50)") != std::string::npos);
  const std::string json = all.as_json_lines();
  CHECK(std::count(json.begin(), json.end(), '\n') == 2);
}

TEST_CASE("every line and bar names a task and programs that exist") {
  std::set<std::string_view> tasks;
  for (const task& one : all_tasks()) tasks.insert(one.name);
  CHECK(tasks.size() == all_tasks().size());
  std::set<std::string_view> programs{best_of_peers, itself};
  for (const program& one : all_programs()) programs.insert(one.name);
  for (const line& one : all_lines()) {
    CHECK(tasks.contains(one.task));
    for (const bar& asked : one.bars) {
      CHECK(programs.contains(asked.against));
      CHECK((asked.task.empty() || tasks.contains(asked.task)));
    }
  }
}
