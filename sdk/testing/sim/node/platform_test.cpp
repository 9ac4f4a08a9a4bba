// platform_test: the simulated platform keeps the promises of all platforms.
// SPDX-License-Identifier: Apache-2.0
#include "platform/conformance/platform_conformance.h"

#include <mw/sim.h>

namespace mw::sim {

namespace {

namespace conformance = kernel::conformance;

class sim_fixture final : public conformance::platform_fixture {
 public:
  sim_fixture(std::uint64_t seed, const sim_link& link) : world_(seed) {
    world_.network().set_links(link);
    const auto script = [this](const std::string& what, const sim_command& does) {
      node_.on_command("/bin/" + what, [does](const process_spec&) { return does; });
    };
    script("say", {.exit_code = 3, .output = "hello\n"});
    script("work", {.takes = 50ms, .output = "done\n"});
    script("hang", {.takes = 1min});
    script("ignore", {.takes = 1min, .ignores_term = true});
    script("flood", {.output = std::string(3'000'000, '\0')});
    script("crash", {.signal = 6});
  }

  kernel::platform& world() override { return node_.platform(); }
  conformance::test_hooks& hooks() override { return hooks_; }
  bool run_until(const std::function<bool()>& done) override {
    bool reached = false;
    hooks_.each_turn = [&done, &reached] { reached = reached || done(); };
    world().lane(0).wake();
    (void)world_.run_until([&reached] { return reached; }, 10s);
    hooks_.each_turn = nullptr;
    return reached;
  }
  endpoint any_port() override { return {"127.0.0.1", 0, false}; }
  std::optional<endpoint> silent_endpoint() override { return endpoint{"10.9.9.9", 1, false}; }
  std::vector<std::string> command_that(const std::string& what) override {
    return {"/bin/" + what};
  }
  std::string data_dir() override { return "data/conformance"; }

 private:
  sim_world world_;
  sim_node& node_ = world_.add_node("n1");
  conformance::test_hooks hooks_{node_.platform().lane(0)};
};

}  // namespace

TEST_CASE("the simulated platform conforms") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    conformance::check_platform([seed] { return std::make_unique<sim_fixture>(seed, sim_link()); });
  }
}

TEST_CASE("the simulated platform conforms when every read is cut and windows are tiny") {
  sim_link link;
  link.cut_read_ppm = 1'000'000;
  link.window = 700;
  conformance::check_platform([&link] { return std::make_unique<sim_fixture>(7, link); });
}

}  // namespace mw::sim
