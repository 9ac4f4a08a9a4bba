// composition: a checked node: plug-ins in start order, wired, with no mistakes left.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_rules.h"
#include "config/source.h"
#include "config/tree.h"
#include "loader/loader.h"

#include <mw/function.h>
#include <mw/log.h>
#include <mw/options.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

enum class failure_policy : std::uint8_t { fail_node, degrade, retry };
constexpr std::array<std::string_view, 3> option_names(failure_policy) {
  return {"fail-node", "degrade", "retry"};
}

enum class readiness : std::uint8_t { required, optional };
constexpr std::array<std::string_view, 2> option_names(readiness) {
  return {"required", "optional"};
}

enum class log_format : std::uint8_t { text, json };
constexpr std::array<std::string_view, 2> option_names(log_format) {
  return {"text", "json"};
}

enum class level_name : std::uint8_t { debug, info, warn, error };
constexpr std::array<std::string_view, 4> option_names(level_name) {
  return {"debug", "info", "warn", "error"};
}

// `node: log:`
struct log_section {
  level_name level = level_name::info;
  log_format format = log_format::text;
  file_path file;
  std::map<std::string, level_name> levels;

  void fields(field_visitor& v);
};

// `node:`
struct node_section {
  std::string id;
  std::string cluster = "default";
  std::string zone;
  std::string datacenter;
  file_path data_dir{"data"};
  std::uint32_t lanes = 1;
  duration busy_poll{};
  std::vector<file_path> plugin_path;
  duration drain_timeout = 30s;
  log_section log;

  void fields(field_visitor& v);
};

// The keys that every stanza under `plugins:` has besides the plug-in's own.
struct stanza_section {
  std::string use;
  failure_policy on_failure = failure_policy::fail_node;
  readiness ready = readiness::required;
  std::uint32_t lane = 0;
  duration start_timeout = 10s;
  duration drain_timeout = 10s;
  duration retry_delay = 1s;

  void fields(field_visitor& v);
};

// Which plug-ins serve one slot of a stanza. `providers` are indices into composition::stanzas;
// empty for slots that the kernel serves itself and for optional ones that nobody serves.
struct bound_slot {
  std::string slot;
  std::string contract;
  bool by_kernel = false;
  std::vector<std::size_t> providers;
};

// The text of a node and everything needed to read options from it again.
struct config_document {
  source_set sources;
  tree_node root;
  function<result<std::string>(const std::string& path)> read_secret;
};

struct stanza {
  std::string name;
  std::string where;  // "node.yaml:12"
  const loaded_plugin* plugin = nullptr;
  const tree_node* settings = nullptr;  // the map with the plug-in's options; lives in the document
  stanza_section common;
  std::vector<bound_slot> slots;
};

// Stanzas stand in start order: providers before their users.
struct composition {
  node_section node;
  std::vector<stanza> stanzas;
  std::vector<bus_rule> rules;
  std::shared_ptr<config_document> document;  // shared: dumps and explanations look at it later
};

// Contracts that the kernel serves to every plug-in that declares them.
[[nodiscard]] bool is_kernel_contract(std::string_view contract);

}  // namespace mw::kernel
