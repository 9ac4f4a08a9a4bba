// journal: appends lines to a file that is rotated by size, and survives a disk that says no.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw::events_log {

struct journal_options {
  file_path file;
  std::uint64_t rotate_bytes = 0;
  std::uint32_t keep = 0;
  std::size_t pending_bytes_max = 1024 * 1024;
  duration retry = 1s;
};

// What the owner is told; called in turns of its lane.
struct journal_reports {
  function<void()> writable;               // after write() returned false: there is room again
  function<void(const failure&)> trouble;  // the disk refuses; lines wait, then get lost
  function<void()> recovered;
};

// One write is under way at a time; what arrives meanwhile leaves with the next. Memory is bounded
// by twice `pending_bytes_max`.
class journal {
 public:
  journal(host& h, journal_options options, journal_reports reports);

  // False: the line was taken, but no more should come until `writable`. Beyond the bound it is
  // lost.
  [[nodiscard]] bool write(std::string_view line);
  // Calls `done` when everything written so far has left, or at once when the disk refuses.
  void flush(function<void()> done);
  [[nodiscard]] std::uint64_t lost_lines() const { return lost_; }

 private:
  void open();
  void opened(result<file_ptr> outcome);
  void pump();
  void written(std::uint64_t bytes, std::uint64_t lines, const status& outcome);
  void rotate(std::uint32_t generation);
  [[nodiscard]] file_path generation(std::uint32_t number) const;
  void troubled(const failure& why);
  void settle();

  host& host_;
  journal_options options_;
  journal_reports reports_;
  std::string pending_;
  std::uint64_t pending_lines_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t size_ = 0;
  bool busy_ = false;      // an operation on the disk is under way
  bool troubled_ = false;  // the last one failed; the retry timer is armed
  bool owner_waits_ = false;
  function<void()> flushed_;
  file_ptr file_;
  timer retry_;
};

}  // namespace mw::events_log
