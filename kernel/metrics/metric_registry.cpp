// metric_registry: all metrics of a node; a cell per series and lane, summed when scraped.
// SPDX-License-Identifier: Apache-2.0
#include "metric_registry.h"

#include "metrics_prometheus.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace mw::kernel {
namespace {

constexpr std::string_view stanza_label = "plugin";

}  // namespace

class registry_service final : public plugin_metrics {
 public:
  registry_service(metric_registry& registry, std::string plugin, std::size_t lane, bool labelled)
      : registry_(registry), plugin_(std::move(plugin)), lane_(lane), labelled_(labelled) {}

  counter make_counter(std::string_view name, std::string_view help, labels l) override {
    return counter(registry_.cell_for(
        {plugin_, lane_, labelled_, {name, help, metric_kind::counter, histogram_unit::items}}, l));
  }
  gauge make_gauge(std::string_view name, std::string_view help, labels l) override {
    return gauge(registry_.cell_for(
        {plugin_, lane_, labelled_, {name, help, metric_kind::gauge, histogram_unit::items}}, l));
  }
  histogram make_histogram(std::string_view name, std::string_view help, histogram_unit unit,
                           labels l) override {
    return histogram(registry_.histogram_for(
        {plugin_, lane_, labelled_, {name, help, metric_kind::histogram, unit}}, l));
  }

 private:
  metric_registry& registry_;
  std::string plugin_;
  std::size_t lane_;
  bool labelled_;
};

std::unique_ptr<plugin_metrics> metric_registry::service_for(std::string plugin, std::size_t lane,
                                                             bool labelled) {
  return std::make_unique<registry_service>(*this, std::move(plugin), lane, labelled);
}

std::vector<failure> metric_registry::take_failures(std::string_view plugin) {
  const std::lock_guard lock(mutex_);
  const auto found = failures_.find(plugin);
  if (found == failures_.end()) return {};
  auto taken = std::move(found->second);
  failures_.erase(found);
  return taken;
}

void metric_registry::add_source(const metric_description& description, const label_set& labels,
                                 std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  const auto found = find_family(description, "kernel");
  if (!found) return failures_["kernel"].push_back(found.error());
  (void)has_names(**found, labels);
  (*found)->all[labels].read = std::move(read);
}

metric_cell& metric_registry::cell_for(const request& wanted, labels given) {
  const std::lock_guard lock(mutex_);
  metric_cells& lane = lane_cells(wanted.lane);
  const auto found = find_series(wanted, given);
  // A refused plug-in still gets a handle that works: it is stopped after its construction.
  if (!found) return lane.make_cell();
  auto& cells = (*found)->cells;
  if (cells.size() <= wanted.lane) cells.resize(wanted.lane + 1);
  if (cells[wanted.lane] == nullptr) cells[wanted.lane] = &lane.make_cell();
  return *cells[wanted.lane];
}

histogram_cells& metric_registry::histogram_for(const request& wanted, labels given) {
  const std::lock_guard lock(mutex_);
  metric_cells& lane = lane_cells(wanted.lane);
  const auto found = find_series(wanted, given);
  if (!found) return lane.make_histogram();
  auto& all = (*found)->histograms;
  if (all.size() <= wanted.lane) all.resize(wanted.lane + 1);
  if (all[wanted.lane] == nullptr) all[wanted.lane] = &lane.make_histogram();
  return *all[wanted.lane];
}

metric_cells& metric_registry::lane_cells(std::size_t lane) {
  while (lanes_.size() <= lane) lanes_.push_back(std::make_unique<metric_cells>());
  return *lanes_[lane];
}

result<metric_registry::series*> metric_registry::find_series(const request& wanted, labels given) {
  auto found = [&]() -> result<series*> {
    MW_TRY(label_set wanted_labels, make_labels(wanted.description, given));
    MW_TRY(family* const in, find_family(wanted.description, wanted.plugin));
    if (series* const one = add_series(*in, std::move(wanted_labels), wanted)) return one;
    return failure(errc::invalid, "metric " + std::string(wanted.description.name) + ": plug-in " +
                                      in->owner + " has it with other label names");
  }();
  if (!found) failures_[wanted.plugin].push_back(found.error());
  return found;
}

result<metric_registry::family*> metric_registry::find_family(const metric_description& description,
                                                              const std::string& plugin) {
  MW_CHECK(check_description(description));
  const auto found = families_.find(description.name);
  if (found == families_.end()) {
    if (families_.size() >= families_max)
      return {errc::overloaded, "metric " + std::string(description.name) + ": the node has " +
                                    std::to_string(families_max) + " metric names already"};
    const auto added = families_.emplace(
        std::string(description.name),
        family{
            std::string(description.help), description.kind, description.unit, plugin, {}, {}, 0});
    return &added.first->second;
  }
  family& known = found->second;
  const bool same = known.kind == description.kind && known.help == description.help &&
                    (known.kind != metric_kind::histogram || known.unit == description.unit);
  if (same) return &known;
  return {errc::invalid, "metric " + std::string(description.name) + ": plug-in " + known.owner +
                             " has it as a " + std::string(to_string(known.kind)) +
                             " with help \"" + known.help +
                             "\"; type, unit and help must be equal"};
}

// The first series of a family says which labels all have.
bool metric_registry::has_names(family& in, const label_set& given) {
  std::vector<std::string> names;
  for (const auto& [name, value] : given) names.push_back(name);
  if (!in.names) in.names = names;
  return *in.names == names;
}

// Null when the label names are not those of the other series.
metric_registry::series* metric_registry::add_series(family& in, label_set given,
                                                     const request& wanted) {
  if (!has_names(in, given)) return nullptr;
  const auto whole = [&wanted](label_set all) {
    const bool named = std::any_of(all.begin(), all.end(),
                                   [](const auto& one) { return one.first == stanza_label; });
    if (!wanted.labelled || named) return all;
    all.emplace_back(std::string(stanza_label), wanted.plugin);
    std::sort(all.begin(), all.end());
    return all;
  };
  if (const auto known = in.all.find(whole(given)); known != in.all.end()) return &known->second;
  if (in.all.size() >= series_max) {
    ++in.refused;
    for (auto& [name, value] : given) value = "other";
  }
  return &in.all[whole(std::move(given))];
}

series_snapshot metric_registry::read_series(const family& in, const label_set& labels,
                                             const series& from) const {
  series_snapshot out;
  out.labels = labels;
  if (from.read) out.value = from.read();
  std::uint64_t total = 0;
  for (const metric_cell* cell : from.cells) {
    if (cell == nullptr) continue;
    const std::uint64_t bits = cell->load(std::memory_order_relaxed);
    if (in.kind == metric_kind::counter)
      total += bits;
    else
      out.value += std::bit_cast<double>(bits);
  }
  if (in.kind == metric_kind::counter) out.value += static_cast<double>(total);
  if (in.kind != metric_kind::histogram) return out;
  std::vector<std::uint64_t> sums;
  for (const histogram_cells* cells : from.histograms)
    if (cells != nullptr) add_histogram(*cells, sums);
  finish_histogram(sums, in.unit, out);
  return out;
}

std::vector<family_snapshot> metric_registry::snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<family_snapshot> out;
  family_snapshot overflows{"mw_metric_series_overflow_total",
                            "Requests for further series of a name that has too many.",
                            metric_kind::counter,
                            {}};
  for (const auto& [name, in] : families_) {
    family_snapshot& one = out.emplace_back(family_snapshot{name, in.help, in.kind, {}});
    for (const auto& [labels, from] : in.all) one.series.push_back(read_series(in, labels, from));
    if (in.refused > 0)
      overflows.series.push_back({{{"metric", name}}, static_cast<double>(in.refused), 0, 0, {}});
  }
  if (!overflows.series.empty()) out.push_back(std::move(overflows));
  return out;
}

std::string metric_registry::render() const {
  return render_prometheus(*this);
}

}  // namespace mw::kernel
