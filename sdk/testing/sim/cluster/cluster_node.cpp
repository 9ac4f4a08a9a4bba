// cluster_node: running a composed node, and starting it again after it failed.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_node.h"

#include <utility>

namespace mw::sim {

namespace {

// A node that ends with a failure comes back, as under any supervisor of services.
constexpr duration supervisor_delay = 1s;

}  // namespace

class cluster_program final : public sim_program {
 public:
  cluster_program(cluster_node& owner, kernel::platform& on)
      : owner_(owner), platform_(on), runtime_(owner.composed_, environment()) {
    runtime_.on_phase([this](node_phase phase) { owner_.phase_changed(phase); });
    runtime_.start([this](status outcome) {
      owner_.ended(std::move(outcome));
      platform_.stop();
    });
  }
  cluster_program(const cluster_program&) = delete;
  cluster_program& operator=(const cluster_program&) = delete;
  ~cluster_program() override { owner_.program_ = nullptr; }

  [[nodiscard]] const kernel::node_runtime& runtime() const { return runtime_; }
  [[nodiscard]] std::string metrics() const { return metrics_.render(); }

 private:
  kernel::node_environment environment() {
    const auto make_log = [this](const std::string& module) -> std::unique_ptr<kernel::module_log> {
      return std::make_unique<cluster_log>(owner_.target_, owner_.name(), module,
                                           owner_.composed_.node.log);
    };
    return {platform_, make_log, metrics_};
  }

  cluster_node& owner_;
  kernel::platform& platform_;
  kernel::metric_registry metrics_;
  kernel::node_runtime runtime_;
};

cluster_node::cluster_node(log_target target, std::string path, kernel::composition composed)
    : target_(target), path_(std::move(path)), composed_(std::move(composed)) {}

void cluster_node::join(const std::string& address,
                        const std::map<std::string, std::string>& disk_files) {
  sim_node_options options;
  options.name = name();
  options.address = address;
  options.lanes = composed_.node.lanes;
  node_ = &target_.world.add_node(options);
  for (const auto& [path, content] : disk_files) node_->disk().put(path, content);
  node_->boot([this](kernel::platform& on) { return boot(on); });
}

std::unique_ptr<sim_program> cluster_node::boot(kernel::platform& on) {
  ++lives_;
  auto made = std::make_unique<cluster_program>(*this, on);
  program_ = made.get();
  return made;
}

void cluster_node::phase_changed(node_phase phase) {
  if (phase == node_phase::ready && !ready_at_) ready_at_ = target_.world.now();
  target_.world.note("phase of " + name(), static_cast<std::uint64_t>(phase));
}

void cluster_node::ended(status outcome) {
  if (outcome) return;
  endings_.push_back(line_start(target_.world.now(), name()) + outcome.error().text());
  target_.world.after(supervisor_delay, [this, life = lives_] {
    if (lives_ == life && !node_->running()) target_.world.restart(*node_);
  });
}

sim_node_report cluster_node::report() const {
  sim_node_report out;
  out.name = name();
  out.file = path_;
  out.lives = lives_;
  out.ready_at = ready_at_;
  out.endings = endings_;
  if (program_ == nullptr) return out;
  out.ready = program_->runtime().phase() == node_phase::ready;
  out.plugins = program_->runtime().plugins();
  return out;
}

std::string cluster_node::metrics() const {
  return program_ == nullptr ? std::string() : program_->metrics();
}

}  // namespace mw::sim
