// metric_registry: all metrics of a node; a cell per series and lane, summed when scraped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "metric_cells.h"
#include "metric_snapshot.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// The metric service of one plug-in on one lane, as an object to own.
class plugin_metrics : public metric_service {
 public:
  virtual ~plugin_metrics() = default;
};

// All methods may be called from any thread. Handles stay valid as long as the registry.
class metric_registry {
 public:
  static constexpr std::size_t series_max = 1000;    // per name
  static constexpr std::size_t families_max = 2000;  // names

  metric_registry() = default;
  metric_registry(const metric_registry&) = delete;
  metric_registry& operator=(const metric_registry&) = delete;

  // With `labelled` its series carry the label plugin="<plugin>": for stanzas of one type, which
  // would count in the same cells otherwise.
  [[nodiscard]] std::unique_ptr<plugin_metrics> service_for(std::string plugin, std::size_t lane,
                                                            bool labelled = false);
  // Why `plugin` could not have the metrics it asked for since the last call; empty when all is
  // well.
  [[nodiscard]] std::vector<failure> take_failures(std::string_view plugin);

  // A value that somebody else keeps; `read` is called at each scrape, on the scraping thread.
  void add_source(const metric_description& description, const label_set& labels,
                  std::function<double()> read);

  [[nodiscard]] std::vector<family_snapshot> snapshot() const;
  // The Prometheus text format. Takes milliseconds for ten thousand series: call it on a worker.
  [[nodiscard]] std::string render() const;

 private:
  friend class registry_service;

  struct series {
    std::vector<metric_cell*> cells;  // by lane; null where the lane does not use it
    std::vector<histogram_cells*> histograms;
    std::function<double()> read;
  };
  struct family {
    std::string help;
    metric_kind kind;
    histogram_unit unit;
    std::string owner;                              // the plug-in that came first
    std::optional<std::vector<std::string>> names;  // of the labels that plug-ins give
    std::map<label_set, series> all;
    std::uint64_t refused = 0;  // requests for further series
  };
  struct request {
    const std::string& plugin;
    std::size_t lane;
    bool labelled;
    metric_description description;
  };

  metric_cell& cell_for(const request& wanted, labels given);
  histogram_cells& histogram_for(const request& wanted, labels given);
  result<series*> find_series(const request& wanted, labels given);
  result<family*> find_family(const metric_description& description, const std::string& plugin);
  [[nodiscard]] static series* add_series(family& in, label_set given, const request& wanted);
  [[nodiscard]] static bool has_names(family& in, const label_set& given);
  metric_cells& lane_cells(std::size_t lane);
  [[nodiscard]] series_snapshot read_series(const family& in, const label_set& labels,
                                            const series& from) const;

  mutable std::mutex mutex_;  // registration and scrapes; never taken to count
  std::map<std::string, family, std::less<>> families_;
  std::vector<std::unique_ptr<metric_cells>> lanes_;
  std::map<std::string, std::vector<failure>, std::less<>> failures_;
};

}  // namespace mw::kernel
