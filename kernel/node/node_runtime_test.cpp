// node_runtime_test: life cycles of small nodes on the real platform.
// SPDX-License-Identifier: Apache-2.0
#include "node/node_runtime.h"

#include "compose/compose.h"
#include "config/yaml/yaml_load.h"
#include "platform/uv_platform.h"

#include <mw/plugin.h>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace mw::kernel {
namespace {

struct number_source {
  static constexpr std::string_view contract = "test.number/1";
  virtual int number() = 0;

 protected:
  ~number_source() = default;
};

struct counted {
  static constexpr std::string_view topic = "test.counted/1";
  static constexpr std::string_view doc = "A number was asked for.";
  std::uint64_t number = 0;
  static constexpr auto fields() { return field_list(field<&counted::number>("number", "It.")); }
};

// Provides numbers and writes down its life.
class source final : public plugin, public number_source {
 public:
  struct options {
    int first = 1;
    bool throws = false;
    bool never_ready = false;
    bool degraded = false;
    duration drain_for{};
    void fields(field_visitor& v) {
      v.field("first", first, "First number.");
      v.field("throws", throws, "Throw in the constructor.");
      v.field("never_ready", never_ready, "Never report ready.");
      v.field("degraded", degraded, "Report degraded instead of ready.");
      v.field("drain_for", drain_for, "How long draining takes.");
    }
  };
  static void describe(manifest& m) {
    m.about("Gives numbers.")
        .provides<number_source>({{"odd"}})
        .publishes<counted>()
        .reports_ready();
  }
  source(host& h, options o) : host_(h), options_(o), counted_(h.bus().open<counted>()) {
    if (o.throws) throw std::runtime_error("no numbers today");
    h.provide<number_source>(*this);
    h.gauge("mw_source_first", "First number.").set(o.first);
    h.counter("mw_source_made_total", "Sources made.").add();
  }
  status start() override {
    if (options_.degraded) host_.status().degraded("only small numbers");
    if (!options_.never_ready) host_.status().ready();
    return {};
  }
  void drain(function<void()> done) override {
    drained_ = host_.after(options_.drain_for, std::move(done));
  }
  int number() override {
    counted_.publish({static_cast<std::uint64_t>(options_.first)});
    return options_.first;
  }

 private:
  host& host_;
  options options_;
  publisher<counted> counted_;
  timer drained_;
};

// Uses a source on start and counts what it hears.
class user final : public plugin {
 public:
  static void describe(manifest& m) {
    m.about("Uses numbers.").uses<number_source>("numbers", "Where from.").subscribes<counted>();
  }
  explicit user(host& h)
      : source_(h.use<number_source>("numbers")),
        heard_(h.counter("mw_user_heard_total", "Numbers heard.")),
        on_counted_(h.bus().on<counted>([this](const counted& c) { heard_.add(c.number); })) {}
  status start() override {
    (void)source_.number();
    return {};
  }

 private:
  number_source& source_;
  counter heard_;
  subscription on_counted_;
};

MW_PLUGIN(source, "test.source", "1.0")
const plugin_descriptor* source_plugin() {
  return mw_plugin();
}
const plugin_descriptor user_plugin{.type = "test.user",
                                    .version = "1.0",
                                    .describe = &detail::describe_plugin<user>,
                                    .options = &detail::visit_options<user>,
                                    .create = &detail::create_plugin<user>};

// Fails a few times before it works; the count outlives its lives.
std::atomic<int> failures_left{0};

class flaky final : public plugin {
 public:
  static void describe(manifest& m) { m.about("Fails at first.").reports_ready(); }
  explicit flaky(host& h)
      : host_(h), later_(h.make_timer([this] { host_.status().failed("as planned"); })) {}
  status start() override {
    if (failures_left-- > 0)
      later_->arm(1ms);
    else
      host_.status().ready();
    return {};
  }

 private:
  host& host_;
  timer later_;
};

const plugin_descriptor flaky_plugin{.type = "test.flaky",
                                     .version = "1.0",
                                     .describe = &detail::describe_plugin<flaky>,
                                     .options = &detail::visit_options<flaky>,
                                     .create = &detail::create_plugin<flaky>};

struct run_outcome {
  std::string diagnostics;
  status ended;
  std::vector<node_phase> phases;
  std::string metrics;
  std::vector<plugin_status> at_ready;
};

// Runs the node until it is ready, then shuts it down; or until it ends by itself.
run_outcome run(const std::string& yaml, int stops = 1) {
  run_outcome out;
  plugin_loader loader({});
  loader.add(*source_plugin());
  loader.add(user_plugin);
  loader.add(flaky_plugin);
  auto document = std::make_shared<config_document>();
  diagnostics found;
  const source_id id = document->sources.add(source_kind::file, "node.yaml", yaml);
  document->root = load_yaml(id, document->sources, found);
  document->read_secret = [](const std::string&) {
    return result<std::string>(errc::not_found, "none");
  };
  compose_result composed = compose(document, loader, found);
  out.diagnostics = render_text(found, document->sources);
  if (found.has_errors()) return out;

  uv_platform platform(composed.node.node.lanes);
  metric_registry metrics;
  auto sink = log_sink::open({.level = log_level::error, .file = {"/dev/null"}},
                             [] { return wall_time{}; });
  node_runtime node(
      std::move(composed.node),
      {platform, [&](const std::string& name) { return (*sink)->make(name); }, metrics});
  node.on_phase([&](node_phase phase) {
    out.phases.push_back(phase);
    if (phase != node_phase::ready) return;
    // One more turn, so that what start() published is delivered and counted.
    node.control().post([&] {
      node.control().post([&] {
        out.at_ready = node.plugins();
        for (int i = 0; i < stops; ++i) node.shut_down();
      });
    });
  });
  node.start([&](status ended) {
    out.ended = std::move(ended);
    out.metrics = metrics.render();
    platform.stop();
  });
  platform.run();
  return out;
}

TEST_CASE("providers start first, events arrive, and everything stops in good order") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  asks: { use: test.user }
  gives: { use: test.source, first: 7 }
)");
  CHECK(out.diagnostics == "");
  CHECK(out.ended.ok());
  CHECK(out.phases == std::vector{node_phase::ready, node_phase::draining, node_phase::stopped});
  REQUIRE(out.at_ready.size() == 2);
  CHECK(out.at_ready[0].name == "gives");
  CHECK(out.at_ready[0].where == "node.yaml:5");
  CHECK(out.metrics.find("mw_user_heard_total 7") != std::string::npos);
  CHECK(out.metrics.find("mw_plugin_leaks_total") == std::string::npos);
}

TEST_CASE("a constructor that throws ends the node with its name, line and words") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  gives: { use: test.source, throws: true }
)");
  REQUIRE(!out.ended.ok());
  CHECK(out.ended.error().text() ==
        "node.yaml:4: plug-in 'gives' (test.source) failed: no numbers today");
}

TEST_CASE("a plug-in that never becomes ready fails after its start_timeout") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  gives: { use: test.source, never_ready: true, start_timeout: 20ms }
)");
  REQUIRE(!out.ended.ok());
  CHECK(out.ended.error().text().find("not ready 20ms after its start") != std::string::npos);
}

TEST_CASE("a plug-in that calls itself degraded inside start() has started") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  asks: { use: test.user }
  gives: { use: test.source, degraded: true, never_ready: true, first: 7, start_timeout: 1s }
)");
  CHECK(out.ended.ok());
  REQUIRE(out.at_ready.size() == 2);
  CHECK(out.at_ready[0].phase == plugin_phase::degraded);
  CHECK(out.at_ready[0].reason == "only small numbers");
  CHECK(out.at_ready[1].phase == plugin_phase::ready);  // its user has started, too
  CHECK(out.metrics.find("mw_source_made_total 1") != std::string::npos);
  const run_outcome better = run(R"(
node: { id: n1 }
plugins:
  gives: { use: test.source, degraded: true }
)");
  CHECK(better.ended.ok());
  REQUIRE(better.at_ready.size() == 1);
  CHECK(better.at_ready[0].phase == plugin_phase::ready);  // said later in the same start()
}

TEST_CASE("stanzas of one plug-in have metrics of their own, others have no label for it") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  low: { use: test.source, first: 1 }
  high: { use: test.source, first: 9 }
  asks: { use: test.user, numbers: high }
)");
  CHECK(out.ended.ok());
  for (const char* line :
       {"mw_source_first{plugin=\"low\"} 1", "mw_source_first{plugin=\"high\"} 9",
        "mw_source_made_total{plugin=\"low\"} 1", "mw_source_made_total{plugin=\"high\"} 1",
        "mw_user_heard_total 9"})
    CHECK_MESSAGE(out.metrics.find(line) != std::string::npos, line, " in ", out.metrics);
}

TEST_CASE("degrade: the node goes on without the plug-in and its users") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  gives: { use: test.source, throws: true, on_failure: degrade, readiness: optional }
  asks: { use: test.user, on_failure: degrade, readiness: optional }
  other: { use: test.source }
  asks_too: { use: test.user, numbers: other }
bus: []
)");
  CHECK(out.diagnostics.find("WIR0006") != std::string::npos);  // `asks` has to choose
  const run_outcome chosen = run(R"(
node: { id: n1 }
plugins:
  gives: { use: test.source, throws: true, on_failure: degrade, readiness: optional }
  asks: { use: test.user, numbers: gives, on_failure: degrade, readiness: optional }
  other: { use: test.source }
)");
  CHECK(chosen.ended.ok());
  REQUIRE(chosen.at_ready.size() == 3);
  CHECK(chosen.at_ready[0].phase == plugin_phase::failed);
  CHECK(chosen.at_ready[1].reason == "it needs 'gives', which failed");
  CHECK(chosen.at_ready[2].phase == plugin_phase::ready);
}

TEST_CASE("retry: a plug-in that fails is started again until it works") {
  failures_left = 3;
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  comes_back: { use: test.flaky, on_failure: retry, retry_delay: 1ms }
)");
  CHECK(out.ended.ok());
  CHECK(failures_left == -1);
  CHECK(out.phases.front() == node_phase::ready);
}

TEST_CASE("a second request to stop does not wait for drains") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  gives: { use: test.source, drain_for: 1h, drain_timeout: 1h }
)",
                              2);
  CHECK(out.ended.ok());
  CHECK(out.phases.back() == node_phase::stopped);
}

TEST_CASE("a drain that takes too long is cut off at its deadline") {
  const run_outcome out = run(R"(
node: { id: n1 }
plugins:
  gives: { use: test.source, drain_for: 1h, drain_timeout: 10ms }
)");
  CHECK(out.ended.ok());
  CHECK(out.phases.back() == node_phase::stopped);
}

TEST_CASE("a plug-in on another lane starts, hears events from lane 0 and stops") {
  const run_outcome out = run(R"(
node: { id: n1, lanes: 2 }
plugins:
  gives: { use: test.source, lane: 1, first: 3 }
  asks: { use: test.user, lane: 1 }
  more: { use: test.source, first: 5 }
  asks_more: { use: test.user, numbers: more }
)");
  CHECK_MESSAGE(out.diagnostics.find("WIR0006") != std::string::npos, out.diagnostics);
  const run_outcome named = run(R"(
node: { id: n1, lanes: 2 }
plugins:
  gives: { use: test.source, lane: 1, first: 3 }
  asks: { use: test.user, lane: 1, numbers: gives }
)");
  CHECK_MESSAGE(named.diagnostics == "", named.diagnostics);
  CHECK(named.ended.ok());
  CHECK(named.metrics.find("mw_user_heard_total 3") != std::string::npos);
}

TEST_CASE("bindings across lanes, cycles and unknown providers are explained") {
  const run_outcome out = run(R"(
node: { id: n1, lanes: 2 }
plugins:
  gives: { use: test.source, lane: 1 }
  asks: { use: test.user, numbers: gives }
  lost: { use: test.user, numbers: givs }
bus:
  - { on: test.conted, to: [asks] }
  - { on: test.counted, to: [gives] }
  - { on: test.counted, where: numbr > 3 }
)");
  for (const char* part :
       {"WIR0010", "WIR0003", "givs", "BUS0002", "test.counted", "BUS0004", "BUS0005"})
    CHECK_MESSAGE(out.diagnostics.find(part) != std::string::npos, part);
}

}  // namespace
}  // namespace mw::kernel
