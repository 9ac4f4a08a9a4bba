// metric_registry_test: cells add up, names are checked, and the text is what Prometheus accepts.
// SPDX-License-Identifier: Apache-2.0
#include "metric_registry.h"

#include "platform/platform_counters.h"
#include "platform/unique_fd.h"
#include "platform_metrics.h"
#include "process_metrics.h"

#include <doctest/doctest.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <thread>

namespace mw::kernel {

namespace {

const series_snapshot* find(const std::vector<family_snapshot>& all, std::string_view name,
                            std::size_t index = 0) {
  for (const family_snapshot& one : all)
    if (one.name == name && index < one.series.size()) return &one.series[index];
  return nullptr;
}

std::string only_failure(metric_registry& registry, std::string_view plugin) {
  const auto failures = registry.take_failures(plugin);
  REQUIRE(failures.size() == 1);
  CHECK(registry.take_failures(plugin).empty());
  return failures.front().text();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The exit code of `promtool check metrics`; nothing when it is not installed.
std::optional<int> promtool(const std::string& text) {
  const unique_fd input(::memfd_create("metrics", MFD_CLOEXEC));
  REQUIRE(::write(input.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  REQUIRE(::lseek(input.get(), 0, SEEK_SET) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.get(), 0);
  std::string words[] = {"promtool", "check", "metrics"};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, "promtool", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return std::nullopt;
  int state = 0;
  REQUIRE(::waitpid(child, &state, 0) == child);
  return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

}  // namespace

TEST_CASE("cells of several lanes add up") {
  metric_registry registry;
  const auto lane0 = registry.service_for("a", 0);
  const auto lane1 = registry.service_for("a", 1);
  const counter first = lane0->make_counter("mw_a_calls_total", "Calls.", {{"to", "x"}});
  const counter same = lane0->make_counter("mw_a_calls_total", "Calls.", {{"to", "x"}});
  const counter other_lane = lane1->make_counter("mw_a_calls_total", "Calls.", {{"to", "x"}});
  const counter other_series = lane1->make_counter("mw_a_calls_total", "Calls.", {{"to", "y"}});
  first.add(2);
  same.add();
  CHECK(first.value() == 3);  // the same cell
  other_lane.add(10);
  other_series.add(100);
  const gauge level0 = lane0->make_gauge("mw_a_level", "Level.", {});
  const gauge level1 = lane1->make_gauge("mw_a_level", "Level.", {});
  level0.set(1.5);
  level1.add(-0.25);
  const auto all = registry.snapshot();
  REQUIRE(find(all, "mw_a_calls_total", 1) != nullptr);
  CHECK(find(all, "mw_a_calls_total", 0)->value == 13);
  CHECK(find(all, "mw_a_calls_total", 1)->value == 100);
  CHECK(find(all, "mw_a_level")->value == 1.25);
  CHECK(registry.take_failures("a").empty());
}

TEST_CASE("label order does not matter") {
  metric_registry registry;
  const auto service = registry.service_for("a", 0);
  service->make_counter("mw_a_calls_total", "Calls.", {{"b", "1"}, {"a", "2"}}).add();
  service->make_counter("mw_a_calls_total", "Calls.", {{"a", "2"}, {"b", "1"}}).add();
  CHECK(find(registry.snapshot(), "mw_a_calls_total")->value == 2);
}

TEST_CASE("histograms fold into powers of two") {
  metric_registry registry;
  const auto service = registry.service_for("a", 0);
  const histogram times =
      service->make_histogram("mw_a_time_seconds", "Time.", histogram_unit::seconds, {});
  times.record(500ns);
  times.record(1500ns);
  times.record(3ms);
  times.record(100s);
  times.record(-1s);  // clocks may do that; counted as nothing
  const auto all = registry.snapshot();
  const series_snapshot* seen = find(all, "mw_a_time_seconds");
  REQUIRE(seen != nullptr);
  CHECK(seen->count == 5);
  CHECK(seen->sum == doctest::Approx(100.003002).epsilon(1e-9));
  REQUIRE(seen->buckets.size() == 27);
  CHECK(seen->buckets[0].first == doctest::Approx(1.024e-6));
  CHECK(seen->buckets[0].second == 2);
  CHECK(seen->buckets[1].second == 3);
  CHECK(seen->buckets[11].second == 3);  // 2.1 ms
  CHECK(seen->buckets[12].second == 4);  // 4.2 ms
  CHECK(seen->buckets[26].second == 4);  // 68.7 s; the rest is in +Inf
}

TEST_CASE("bounds of sizes and numbers are exact") {
  metric_registry registry;
  const auto service = registry.service_for("a", 0);
  const histogram sizes =
      service->make_histogram("mw_a_size_bytes", "Size.", histogram_unit::bytes, {});
  sizes.record(std::uint64_t{1023});
  sizes.record(std::uint64_t{1024});
  const auto all = registry.snapshot();
  const series_snapshot* seen = find(all, "mw_a_size_bytes");
  for (const auto& [bound, count] : seen->buckets) {
    if (bound == 1023) CHECK(count == 1);
    if (bound == 2047) CHECK(count == 2);
    if (bound == 511) CHECK(count == 0);
  }
  CHECK(seen->sum == 2047);
}

TEST_CASE("bad names are refused with a reason") {
  struct bad_case {
    const char* name;
    const char* help;
    const char* label;
    const char* reason;
  };
  for (const bad_case& one : {bad_case{"calls_total", "Help.", "a", "mw_"},
                              bad_case{"mw_Calls_total", "Help.", "a", "lower-case"},
                              bad_case{"mw_a_calls", "Help.", "a", "_total"},
                              bad_case{"mw_a_calls_total", "", "a", "help"},
                              bad_case{"mw_a_calls_total", "Help.", "1st", "label"},
                              bad_case{"mw_a_calls_total", "Help.", "__a", "label"}}) {
    CAPTURE(one.name);
    metric_registry registry;
    const auto service = registry.service_for("a", 0);
    service->make_counter(one.name, one.help, {{one.label, "x"}}).add();  // harmless
    CHECK(contains(only_failure(registry, "a"), one.reason));
    CHECK(!contains(registry.render(), one.name));
  }
  metric_registry registry;
  const auto service = registry.service_for("a", 0);
  service->make_gauge("mw_a_calls_total", "Help.", {});
  CHECK(contains(only_failure(registry, "a"), "counter"));
  service->make_histogram("mw_a_time", "Help.", histogram_unit::seconds, {});
  CHECK(contains(only_failure(registry, "a"), "_seconds"));
  service->make_histogram("mw_a_size_bytes", "Help.", histogram_unit::bytes, {{"le", "1"}});
  CHECK(contains(only_failure(registry, "a"), "le"));
  service->make_counter("mw_b_total", "Help.", {{"x", "1"}, {"x", "2"}});
  CHECK(contains(only_failure(registry, "a"), "twice"));
}

TEST_CASE("clashes name the plug-in that came first") {
  metric_registry registry;
  const auto first = registry.service_for("first", 0);
  const auto second = registry.service_for("second", 0);
  first->make_gauge("mw_shared_level", "Level.", {{"a", "1"}});
  second->make_gauge("mw_shared_level", "Another level.", {{"a", "1"}});
  CHECK(contains(only_failure(registry, "second"), "first"));
  second->make_gauge("mw_shared_level", "Level.", {{"b", "1"}});
  CHECK(contains(only_failure(registry, "second"), "label names"));
  CHECK(registry.take_failures("first").empty());
}

TEST_CASE("labelled plug-ins share a name with others and keep their own cells") {
  metric_registry registry;
  const auto low = registry.service_for("low", 0, true);
  const auto high = registry.service_for("high", 0, true);
  const auto alone = registry.service_for("alone", 0);
  low->make_gauge("mw_shared_level", "Level.", {{"a", "1"}}).set(1);
  high->make_gauge("mw_shared_level", "Level.", {{"a", "1"}}).set(2);
  alone->make_gauge("mw_shared_level", "Level.", {{"a", "1"}}).set(3);
  high->make_counter("mw_own_total", "Own.", {{"plugin", "mine"}}).add();
  const std::string text = registry.render();
  CHECK(contains(text, "mw_shared_level{a=\"1\",plugin=\"low\"} 1"));
  CHECK(contains(text, "mw_shared_level{a=\"1\",plugin=\"high\"} 2"));
  CHECK(contains(text, "mw_shared_level{a=\"1\"} 3"));
  CHECK(contains(text, "mw_own_total{plugin=\"mine\"} 1"));
  low->make_gauge("mw_shared_level", "Level.", {{"b", "1"}});
  CHECK(contains(only_failure(registry, "low"), "label names"));
}

TEST_CASE("too many series share one") {
  metric_registry registry;
  const auto service = registry.service_for("a", 0);
  for (std::size_t i = 0; i < metric_registry::series_max + 5; ++i)
    service->make_counter("mw_a_calls_total", "Calls.", {{"to", std::to_string(i)}}).add();
  const auto all = registry.snapshot();
  double other = 0;
  std::size_t count = 0;
  for (const family_snapshot& one : all) {
    if (one.name != "mw_a_calls_total") continue;
    count = one.series.size();
    for (const series_snapshot& series : one.series)
      if (series.labels.front().second == "other") other = series.value;
  }
  CHECK(count == metric_registry::series_max + 1);
  CHECK(other == 5);
  CHECK(find(all, "mw_metric_series_overflow_total")->value == 5);
}

TEST_CASE("scraping while lanes count") {
  metric_registry registry;
  const auto service = registry.service_for("a", 1);
  const counter calls = service->make_counter("mw_a_calls_total", "Calls.", {});
  constexpr std::uint64_t rounds = 200'000;
  std::thread lane([&calls] {
    for (std::uint64_t i = 0; i < rounds; ++i) calls.add();
  });
  double last = 0;
  for (int i = 0; i < 20; ++i) {
    const double now = find(registry.snapshot(), "mw_a_calls_total")->value;
    CHECK(now >= last);
    last = now;
  }
  lane.join();
  CHECK(find(registry.snapshot(), "mw_a_calls_total")->value == rounds);
}

TEST_CASE("the text passes promtool") {
  metric_registry registry;
  add_process_metrics(registry);
  platform_counters counters;
  platform_counters::bump(counters.accepts_shed, 3);
  add_platform_metrics(registry, counters);
  const auto service = registry.service_for("a", 0);
  service->make_counter("mw_a_calls_total", "Calls \\ with\na line break.", {{"to", "\"x\"\\\n"}})
      .add();
  service->make_gauge("mw_a_level", "Level.", {}).set(-2.5);
  service->make_histogram("mw_a_time_seconds", "Time.", histogram_unit::seconds, {}).record(5ms);
  CHECK(registry.take_failures("kernel").empty());
  const std::string text = registry.render();
  CHECK(contains(text, "mw_process_open_fds "));
  CHECK(contains(text, "mw_build_info{"));
  CHECK(contains(text, "mw_platform_accepts_shed_total 3\n"));
  CHECK(contains(text, "mw_a_time_seconds_bucket{le=\"1.024e-06\"} 0\n"));
  CHECK(contains(text, "mw_a_time_seconds_bucket{le=\"+Inf\"} 1\n"));
  CHECK(contains(text, "mw_a_level -2.5\n"));
  const std::optional<int> code = promtool(text);
  if (!code) MESSAGE("promtool is not installed: its check is skipped");
  CHECK(code.value_or(0) == 0);
}

}  // namespace mw::kernel
