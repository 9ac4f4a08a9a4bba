// source: the texts that settings come from, places inside them, and where a value came from.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// A file, one environment variable or one `--set` flag: all are texts that a mistake can point
// into.
enum class source_kind : std::uint8_t { file, variable, flag };

using source_id = std::uint32_t;  // 1-based; 0 means "no source".

// A place in a source. Lines and columns are 1-based; columns and lengths count code points.
struct span {
  source_id source = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  [[nodiscard]] bool known() const noexcept { return source != 0; }
  friend bool operator==(const span&, const span&) = default;
};

struct source_text {
  source_kind kind = source_kind::file;
  std::string name;  // Path of the file, name of the variable, or "--set".
  std::string text;
  span included_from;  // The `include:` item that pulled the file in.
  std::vector<std::size_t> line_starts;

  // Line `number` (1-based) without its line break; empty when there is no such line.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;
};

// Keeps every source for as long as diagnostics and provenance may point into it.
class source_set {
 public:
  // Line breaks of Windows become plain ones, in `text` and therefore in all offsets.
  source_id add(source_kind kind, std::string name, std::string text, span included_from = {});

  // Only for ids that add() returned.
  [[nodiscard]] const source_text& at(source_id id) const { return sources_.at(id - 1); }
  [[nodiscard]] std::size_t size() const noexcept { return sources_.size(); }

  // "node.yaml:7:5", or an empty text for an unknown place.
  [[nodiscard]] std::string describe(const span& where) const;

  // From now on the text at `where` is shown as stars. Used for secrets that should not be there.
  void redact(const span& where) { redacted_.push_back(where); }

  // The line of `where` as it may be shown to people: secrets starred, control characters replaced.
  [[nodiscard]] std::string shown_line(const span& where) const;

 private:
  std::deque<source_text> sources_;  // References to sources survive add().
  std::vector<span> redacted_;
};

// Turns byte offsets into spans. Cheap while offsets grow, as they do while parsing.
class locator {
 public:
  // `source` must outlive this.
  locator(source_id id, const source_text& source) : source_(source), id_(id) {}

  [[nodiscard]] span at(std::size_t offset, std::size_t length_bytes);

 private:
  const source_text& source_;
  source_id id_;
  std::size_t line_index_ = 0;
  std::size_t offset_ = 0;
  std::uint32_t column_ = 1;
};

// Where a value came from. A default one has an unknown place.
struct provenance {
  span where;
  std::string variables;  // "${NODE_ID}" when the text at `where` named variables.

  friend bool operator==(const provenance&, const provenance&) = default;
};

// "default", "node.yaml:7:5 (included from main.yaml:1:11)", "MW_SET_node_id", "--set node.id".
[[nodiscard]] std::string describe(const provenance& from, const source_set& sources);

// The number of code points in valid UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text) noexcept;

}  // namespace mw::kernel
