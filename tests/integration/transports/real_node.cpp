// real_node: a node on real sockets in the test's own thread, run until something happened.
// SPDX-License-Identifier: Apache-2.0
#include "real_node.h"

#include "compose/compose.h"
#include "config/yaml/yaml_load.h"
#include "loader/loader.h"
#include "node/node_runtime.h"
#include "platform/platform_counters.h"
#include "platform/uv_platform.h"
#include "scratch.h"

#include <doctest/doctest.h>

#include <utility>

namespace mw::test {

namespace {

// What plug-ins log belongs to people who debug a test.
class quiet_log final : public kernel::module_log {
 public:
  [[nodiscard]] bool enabled(log_level) const override { return false; }
  void write(log_level, const log_message&, std::span<const log_value>) override {}
};

}  // namespace

class real_node::state {
 public:
  explicit state(const std::string& stanzas)
      : loader({MW_BUILD_ROOT "/plugins", MW_BUILD_ROOT "/test_plugins"}),
        runtime(
            compose(stanzas),
            {platform, [](const std::string&) { return std::make_unique<quiet_log>(); }, metrics}) {
    runtime.start([this](status ended) {
      over = true;
      const std::string why = ended ? "" : ended.error().text();
      CHECK_MESSAGE(ended.ok(), why);
      platform.stop();
    });
    runtime.on_phase([this](node_phase) { platform.stop(); });
  }

  kernel::composition compose(const std::string& stanzas) {
    auto document = std::make_shared<kernel::config_document>();
    kernel::diagnostics found;
    const std::string yaml =
        "node: { id: n1, data_dir: " + scratch.path() + " }\nplugins:\n" + stanzas;
    const auto id = document->sources.add(kernel::source_kind::file, "node.yaml", yaml);
    document->root = kernel::load_yaml(id, document->sources, found);
    auto made = kernel::compose(document, loader, found);
    REQUIRE_MESSAGE(!found.has_errors(), kernel::render_text(found, document->sources));
    return std::move(made.node);
  }

  // Brings turns, so that a test that waits in vain ends.
  void tick() {
    ticker = runtime.control().make_timer([this] { platform.stop(); }, true, ticking, nullptr);
    ticker->arm(10ms);
  }

  scratch_folder scratch;
  kernel::plugin_loader loader;
  kernel::uv_platform platform{1};
  kernel::metric_registry metrics;
  kernel::node_runtime runtime;
  std::int64_t ticking = 0;
  timer ticker;
  bool over = false;
};

real_node::real_node(const std::string& stanzas) : state_(std::make_unique<state>(stanzas)) {
  state_->tick();
  REQUIRE(
      run_until([this] { return state_->over || state_->runtime.phase() == node_phase::ready; }));
  REQUIRE(!state_->over);
}

real_node::~real_node() {
  state_->runtime.shut_down();
  CHECK(run_until([this] { return state_->over; }));
  CHECK(metrics().find("mw_plugin_leaks_total{") == std::string::npos);
  state_->ticker.reset();
}

transport& real_node::use(std::string_view stanza) const {
  void* found = state_->runtime.provided(stanza, transport::contract);
  REQUIRE(found != nullptr);
  return *static_cast<transport*>(found);
}

void real_node::in_turn(function<void()> action) {
  bool ran = false;
  state_->runtime.control().post([&] {
    action();
    ran = true;
    poke();
  });
  REQUIRE(run_until([&ran] { return ran; }));
}

bool real_node::run_until(const function<bool()>& holds) {
  const kernel::lane_platform& lane = state_->platform.lane(0);
  const time_point give_up_at = lane.precise_now() + 20s;
  while (!holds()) {
    if (lane.precise_now() > give_up_at) return false;
    state_->platform.run();
  }
  return true;
}

void real_node::poke() {
  state_->platform.stop();
}

const kernel::platform_counters& real_node::counters() const {
  return state_->platform.counters();
}

std::string real_node::metrics() const {
  return state_->metrics.render();
}

const std::string& real_node::folder() const {
  return state_->scratch.path();
}

real_end::real_end(real_node& on, mw::link to) : node(on), link(std::move(to)) {
  link.bytes->start(*this);
  node.poke();
}

void real_end::on_data(bytes_view bytes) {
  if (!place.empty() && bytes.data() == place.data()) {
    placed += bytes.size();
    place = place.subspan(bytes.size());
  } else {
    heard += as_text(bytes);
  }
  node.poke();
}

void real_end::on_writable() {
  ++writable;
  node.poke();
}

void real_end::on_end() {
  ended = true;
  node.poke();
}

void real_end::on_closed(const failure& why) {
  closed = why;
  node.poke();
}

std::span<std::byte> real_end::read_into() {
  return place;
}

}  // namespace mw::test
