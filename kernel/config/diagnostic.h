// diagnostic: mistakes in a node's settings, collected in one run and shown as a compiler would.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

enum class severity : std::uint8_t { error, warning };

// Another place that belongs to the mistake, such as the first of two equal keys.
struct diagnostic_note {
  std::string message;
  span where;
};

// One mistake. The chained setters let a call site read as one sentence.
struct diagnostic {
  std::string code;  // A stable number such as "CFG0020"; codes.h explains each.
  severity level = severity::error;
  span where;
  std::string message;
  std::string key_path;    // "plugins.tcp.listen"
  std::string expected;    // What would have been right.
  std::string suggestion;  // The nearest name; a tool may put it in place of the text at `where`.
  std::string help;        // What to do, as a sentence.
  std::vector<diagnostic_note> notes;

  diagnostic& at_key(std::string path) { return key_path = std::move(path), *this; }
  diagnostic& expecting(std::string what) { return expected = std::move(what), *this; }
  diagnostic& suggesting(std::string text) { return suggestion = std::move(text), *this; }
  diagnostic& helping(std::string text) { return help = std::move(text), *this; }
  diagnostic& noting(std::string text, span place = {});
};

// Collects mistakes up to a cap, so that a hostile file cannot fill the memory with complaints.
class diagnostics {
 public:
  static constexpr std::size_t default_cap = 200;

  explicit diagnostics(std::size_t cap = default_cap) : cap_(cap) {}

  // The reference is for the setters above and valid until the next call. The same code at the same
  // place with the same message is kept once.
  diagnostic& error(std::string_view code, const span& where, std::string message);
  diagnostic& warning(std::string_view code, const span& where, std::string message);

  [[nodiscard]] bool has_errors() const noexcept { return errors_ != 0; }
  [[nodiscard]] std::size_t error_count() const noexcept { return errors_; }
  [[nodiscard]] std::size_t warning_count() const noexcept { return warnings_; }
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }

  // In the order of their places: by source, line and column.
  [[nodiscard]] std::vector<diagnostic> sorted() const;

 private:
  diagnostic& add(severity level, std::string_view code, const span& where, std::string message);

  std::size_t cap_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  std::size_t left_out_ = 0;
  std::vector<diagnostic> items_;
  diagnostic ignored_;  // Takes the setters of those beyond the cap.
};

struct render_options {
  bool color = false;  // ANSI colours; only ever on when the reader asked or is a terminal.
};

// Everything as text, with source lines and carets, ending with a line that counts.
[[nodiscard]] std::string render_text(const diagnostics& found, const source_set& sources,
                                      render_options options = {});

// One JSON object a line and diagnostic.
[[nodiscard]] std::string render_json(const diagnostics& found, const source_set& sources);

}  // namespace mw::kernel
