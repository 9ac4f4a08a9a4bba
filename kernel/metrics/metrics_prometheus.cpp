// metrics_prometheus: the registry as prometheus-cpp sees it, and its text format.
// SPDX-License-Identifier: Apache-2.0
#include "metrics_prometheus.h"

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>

namespace mw::kernel {

namespace {

// prometheus-cpp prints help as it is; a line break in it would break the format.
std::string clean_help(std::string help) {
  for (char& c : help)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\') c = ' ';
  return help;
}

prometheus::MetricType type_of(metric_kind kind) {
  switch (kind) {
    case metric_kind::counter:
      return prometheus::MetricType::Counter;
    case metric_kind::gauge:
      return prometheus::MetricType::Gauge;
    case metric_kind::histogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric convert(series_snapshot from, metric_kind kind) {
  prometheus::ClientMetric out;
  for (auto& [name, value] : from.labels) out.label.push_back({std::move(name), std::move(value)});
  if (kind == metric_kind::counter) out.counter.value = from.value;
  if (kind == metric_kind::gauge) out.gauge.value = from.value;
  if (kind != metric_kind::histogram) return out;
  out.histogram.sample_count = from.count;
  out.histogram.sample_sum = from.sum;
  for (const auto& [bound, count] : from.buckets) out.histogram.bucket.push_back({count, bound});
  out.histogram.bucket.push_back({from.count, std::numeric_limits<double>::infinity()});
  return out;
}

std::vector<prometheus::MetricFamily> convert(std::vector<family_snapshot> families) {
  std::vector<prometheus::MetricFamily> out;
  out.reserve(families.size());
  for (family_snapshot& from : families) {
    prometheus::MetricFamily& to = out.emplace_back();
    to.name = std::move(from.name);
    to.help = clean_help(std::move(from.help));
    to.type = type_of(from.kind);
    for (series_snapshot& one : from.series)
      to.metric.push_back(convert(std::move(one), from.kind));
  }
  return out;
}

class registry_collectable final : public prometheus::Collectable {
 public:
  explicit registry_collectable(const metric_registry& registry) : registry_(registry) {}
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    return convert(registry_.snapshot());
  }

 private:
  const metric_registry& registry_;
};

}  // namespace

std::shared_ptr<prometheus::Collectable> make_collectable(const metric_registry& registry) {
  return std::make_shared<registry_collectable>(registry);
}

std::string render_prometheus(const metric_registry& registry) {
  return prometheus::TextSerializer().Serialize(registry_collectable(registry).Collect());
}

}  // namespace mw::kernel
