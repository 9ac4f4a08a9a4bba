// fake_node: a host for tests of connections: a clock moved by hand, counted metrics, no platform.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <deque>
#include <map>
#include <string>
#include <utility>

namespace mw::pool {

class fake_node final : time_service, metric_service, log_service, random_service {
 public:
  fake_node() : host_(services_) {
    info_.id = "n1";
    info_.cluster = "test";
    services_.node = &info_;
    services_.plugin_name = "pool";
    services_.time = this;
    services_.metrics = this;
    services_.log = this;
    services_.random = this;
  }
  [[nodiscard]] mw::host& host() { return host_; }
  void advance(duration by) { now_ = now_ + by; }
  [[nodiscard]] time_point now() const override { return now_; }
  // A counter or gauge by its name and the values of its labels: "mw_pool_errors_total,reset".
  [[nodiscard]] std::uint64_t count(const std::string& name) const {
    const auto found = cells_.find(name);
    return found == cells_.end() ? 0 : found->second.load();
  }

 private:
  [[nodiscard]] wall_time wall_now() const override { return {now_.since_start}; }
  [[nodiscard]] timer make_timer(function<void()>, bool) override { return nullptr; }
  void at_turn_end(function<void()> callback) override { callback(); }
  counter make_counter(std::string_view name, std::string_view, labels l) override {
    return counter(cell(name, l));
  }
  gauge make_gauge(std::string_view name, std::string_view, labels l) override {
    return gauge(cell(name, l));
  }
  histogram make_histogram(std::string_view, std::string_view, histogram_unit, labels) override {
    return histogram(histograms_.emplace_back());
  }
  [[nodiscard]] bool enabled(log_level) const override { return false; }
  void write(log_level, const log_message&, std::span<const log_value>) override {}
  random_stream& stream(std::string_view) override { return random_; }
  void secure_bytes(std::span<std::byte> out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(random_.next());
  }
  metric_cell& cell(std::string_view name, labels l) {
    std::string key(name);
    for (const auto& [label, value] : l) key += "," + std::string(value);
    return cells_[key];
  }

  time_point now_{1000s};
  random_stream random_{7};
  std::map<std::string, metric_cell> cells_;
  std::deque<histogram_cells> histograms_;
  node_info info_;
  host_services services_{};
  mw::host host_;
};

}  // namespace mw::pool
