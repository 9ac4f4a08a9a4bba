// verifier: walks files of records piece by piece and finds what was changed; bounded memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::audit_log {

class verifier {
 public:
  // `mark`: a head that was kept elsewhere; the files have to contain it.
  explicit verifier(std::optional<head> mark = std::nullopt) : mark_(mark) {}

  // Files in the order they were written: begin_file(), its bytes in pieces of any size, and so on;
  // finish() after the last. After the first fault the rest is not looked at.
  void begin_file(std::string_view name);
  void feed(std::string_view bytes);
  void finish();

  // Empty: nothing is wrong (so far). "audit-00000001.jsonl:17: ...".
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] const head& last() const { return at_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t torn() const { return line_.size(); }  // bytes of an unfinished line
  // The first file does not begin the chain: what came before was not shown.
  [[nodiscard]] bool begins_later() const { return begins_later_; }

 private:
  void take_line(std::string_view line);
  // The first line of a file.
  [[nodiscard]] bool take_opening(std::string_view line, const record& r);
  void wrong(std::string what);

  std::optional<head> mark_;
  bool mark_met_ = false;
  std::string file_;
  std::uint64_t line_number_ = 0;
  std::string line_;                          // what has come of the present line
  std::optional<std::uint64_t> torn_before_;  // of the file before; empty: this is the first
  head at_;
  std::uint64_t records_ = 0;
  bool begins_later_ = false;
  std::string fault_;
};

}  // namespace mw::audit_log
