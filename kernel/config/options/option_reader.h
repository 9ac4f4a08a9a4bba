// option_reader: fills a plug-in's options from the tree and reports all mistakes of a stanza.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"
#include "option_scalar.h"

#include <mw/options.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// One option as it counts, for `mw config`. Secrets are printed as "(hidden)".
struct effective_value {
  std::string path;  // "plugins.tcp.listen"
  std::string yaml;
  std::string json;
  provenance from;
};

// Give it to a fields() function, then call finish().
class option_reader final : public field_visitor {
 public:
  // `map` is the stanza, or null when it is absent; then `missing_at` is where required options are
  // missed. Both and the context must outlive this.
  option_reader(option_context& context, const tree_node* map, std::string path,
                span missing_at = {});

  // A key of the stanza that somebody else reads, such as `use`.
  void allow(std::string key) { known_.push_back(std::move(key)); }

  // Reports the keys that nobody asked for. Call once, after all fields were visited.
  void finish();

  // False as soon as a mistake was reported.
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] const std::vector<effective_value>& values() const noexcept { return values_; }

 private:
  void visit(const field_meta& meta, option_ref value) override;
  void rule_broken(std::string_view name, std::string_view rule) override;

  [[nodiscard]] bool read(const tree_node& node, const std::string& path, const field_meta& meta,
                          option_ref value);
  [[nodiscard]] bool read_group(const tree_node* node, const std::string& path, option_ref value,
                                span missing_at);
  [[nodiscard]] bool read_items(const tree_node& node, const std::string& path,
                                const field_meta& meta, option_ref value);
  [[nodiscard]] bool wrong_kind(const tree_node& node, const std::string& path,
                                const field_meta& meta, option_ref value);
  void record(const std::string& path, const tree_node* node, option_ref value);
  void report_unknown(const tree_node& child);

  option_context& context_;
  const tree_node* map_;
  std::string path_;
  span missing_at_;
  std::vector<std::string> known_;
  std::vector<effective_value> values_;
  bool ok_ = true;
  bool unusable_ = false;  // Not a map: complaints about single options would only add noise.
};

// "one of a, b, c" for an error, at most 32 names.
[[nodiscard]] std::string list_names(const std::vector<std::string>& names);

}  // namespace mw::kernel
