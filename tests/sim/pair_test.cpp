// pair_test: the same YAML and plug-in on the real and on the simulated platform.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"
#include "compose/compose.h"
#include "compose/load_document.h"
#include "log/log_sink.h"
#include "node/node_runtime.h"
#include "platform/uv_platform.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>

namespace mw::tests {

namespace {

const std::string pair_yaml = std::string(MW_SIM_TESTS) + "/pair.yaml";
constexpr double enough = 40;

// A port that was free a moment ago.
std::string free_port() {
  const kernel::unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), size) == 0);
  REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
  return std::to_string(ntohs(at.sin_port));
}

bool at_least(const std::string& metrics, const std::string& name, std::size_t series) {
  const auto all = series_of(metrics, name);
  return all.size() == series &&
         std::all_of(all.begin(), all.end(), [](const auto& one) { return one.second >= enough; });
}

bool both_kept_enough(const std::string& metrics) {
  return at_least(metrics, "mw_echo_probe_acknowledged_total", 2) &&
         at_least(metrics, "mw_echo_probe_answered_total", 2);
}

}  // namespace

TEST_CASE("the pair exchanges records and packets in the simulator") {
  sim_request request;
  request.files = {pair_yaml};
  request.plugin_path = {MW_TEST_PLUGINS};
  request.length = 30s;
  const auto cluster = sim_cluster::make(request);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  CHECK(
      (*cluster)->world().run_until([&] { return both_kept_enough((*cluster)->metrics(0)); }, 20s));
  CHECK((*cluster)->report().nodes.front().endings.empty());
}

TEST_CASE("the pair exchanges records and packets on the real platform") {
  std::string directory = std::filesystem::temp_directory_path() / "mw_pair_XXXXXX";
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  kernel::plugin_loader loader({MW_TEST_PLUGINS});
  kernel::config_request wanted;
  wanted.path = pair_yaml;
  wanted.variables = {{"DATA_DIR", directory}, {"LEFT", free_port()}, {"RIGHT", free_port()}};
  wanted.read_file = [](const std::string& path) { return kernel::read_text_file(path); };
  kernel::diagnostics found;
  const auto document = kernel::load_document(std::move(wanted), loader, found);
  kernel::compose_result made = kernel::compose(document, loader, found);
  REQUIRE_MESSAGE(!found.has_errors(), kernel::render_text(found, document->sources));

  kernel::uv_platform platform(1);
  kernel::metric_registry metrics;
  const auto sink = kernel::log_sink::open({.level = log_level::error}, [] { return wall_time{}; });
  REQUIRE(sink.ok());
  std::optional<status> ended;
  {
    kernel::node_runtime node(
        std::move(made.node),
        {platform, [&sink](const std::string& name) { return (*sink)->make(name); }, metrics});
    std::int64_t timers = 0;
    int looks = 0;
    timer look;
    look = node.control().make_timer(
        [&] {
          if (++looks > 3000 || both_kept_enough(metrics.render())) node.shut_down();
        },
        true, timers);
    look->arm(10ms);
    node.start([&](status outcome) {
      ended = std::move(outcome);
      look.reset();
      platform.stop();
    });
    platform.run();
  }
  REQUIRE(ended);
  CHECK_MESSAGE(ended->ok(), ended->error().text());
  CHECK(both_kept_enough(metrics.render()));
  std::filesystem::remove_all(directory);
}

}  // namespace mw::tests
