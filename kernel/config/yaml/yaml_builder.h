// yaml_builder: builds the strict tree from parser events and refuses YAML that misleads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "yaml_load.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mw::kernel {

// Offsets are bytes in the source's text. Anchors are numbers above 0; 0 means none.
class yaml_builder {
 public:
  struct node_start {
    std::size_t offset = 0;
    std::size_t anchor = 0;
  };
  struct open_bracket {
    std::size_t offset;
    char bracket;  // '{' or '['
  };

  // All references must outlive this.
  yaml_builder(source_id id, const source_text& source, diagnostics& found,
               const yaml_limits& limits)
      : source_(source), found_(found), limits_(limits), locate_(id, source) {}

  void scalar(const node_start& start, std::string value);
  void null(std::size_t offset, std::size_t anchor);
  void alias(std::size_t offset, std::size_t anchor);
  void open(node_kind kind, const node_start& start, bool flow);
  void close();

  // True when an error was found after which the structure cannot be trusted; later events are
  // ignored.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }
  // True when the last scalar went on in the next line: then that explains a syntax error behind
  // it.
  [[nodiscard]] bool ran_on() const noexcept { return ran_on_; }
  [[nodiscard]] tree_node take_root() { return std::move(root_); }

  // For the explanation of syntax errors: the innermost open bracket, and the end of the last
  // scalar.
  [[nodiscard]] std::optional<open_bracket> innermost_bracket() const;
  [[nodiscard]] std::size_t parsed_until() const noexcept { return parsed_until_; }
  [[nodiscard]] locator& locate() { return locate_; }

 private:
  struct frame {
    tree_node node;
    std::size_t offset = 0;
    std::size_t anchor = 0;
    bool flow = false;
    bool has_key = false;
    bool drop_value = false;  // The key was refused: its value goes with it.
    std::string key;
    span key_where;
    std::unordered_map<std::string, span> seen;
  };

  [[nodiscard]] bool expects_key() const;
  void place_scalar(tree_node& node, std::size_t offset);
  void place_quoted(tree_node& node, std::size_t offset);
  void report_run_on(std::size_t offset, const std::string& value);
  void refuse_tag(std::size_t offset);
  void stop(std::string_view code, std::size_t offset, std::string message, std::string expected);
  void attach(tree_node node, std::size_t anchor);
  void take_key(frame& parent, const tree_node& node);
  void take_value(frame& parent, tree_node node);
  [[nodiscard]] bool count(std::size_t nodes, std::size_t offset);

  const source_text& source_;
  diagnostics& found_;
  const yaml_limits& limits_;
  locator locate_;
  tree_node root_;
  std::vector<frame> frames_;
  std::map<std::size_t, tree_node> anchors_;
  std::size_t nodes_ = 0;
  std::size_t aliases_ = 0;
  std::size_t parsed_until_ = 0;
  bool stopped_ = false;
  bool ran_on_ = false;
};

}  // namespace mw::kernel
