// journal: puts records into files, one write at a time; finds its place again after every trouble.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "settings.h"
#include "verifier.h"

#include <mw/host.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace mw::audit_log {

// What the owner is told; in later turns.
struct journal_reports {
  function<void(const failure&)> trouble;  // the disk refuses; it is tried again every second
  function<void()> recovered;
  function<void(const std::string&)> damaged;  // the file before this start does not verify
};

// Starting and recovering are the same: the last file is read through, and a new one begins that
// says where it comes from. Records get number and hash when they are written, so that none is
// chained to one that never reached the disk.
class journal {
 public:
  journal(host& on, const settings& opt, journal_reports reports);

  void start() { find_last(); }
  // False: there is no room, it is lost and counted. `fields` as for seal().
  [[nodiscard]] bool write(std::string fields);
  // Calls `done` when all is written, or cannot be.
  void flush(function<void()> done);

  // Not so full that the next records may be lost, and the disk takes them.
  [[nodiscard]] bool has_room() const noexcept {
    return !troubled_ && waiting_bytes_ <= queue_max_ / 4 * 3;
  }
  [[nodiscard]] const head& last() const { return at_; }  // that is on disk
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t written() const { return written_; }
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_bytes_; }
  [[nodiscard]] std::string file_name() const;

 private:
  static constexpr std::size_t piece = 256 << 10;
  static constexpr std::size_t batch_max = 256 << 10;

  void find_last();
  void listed(const result<std::vector<std::string>>& names);
  void read_file(std::uint64_t number);
  void read_piece(std::uint64_t offset);
  void last_read();
  void open_next();
  void begin_file();
  void rotate();
  void pump();
  void note_loss();
  void appended(std::size_t records, std::size_t bytes, const head& after, const status& outcome);
  // Takes what is on disk already out of the batch that was under way.
  void forget_written(const head& found);
  void troubled(const failure& why);
  void settle();
  [[nodiscard]] file_path path_of(std::uint64_t number) const;

  host& host_;
  std::string directory_;
  std::uint64_t rotate_max_;
  std::size_t queue_max_;
  sync_policy sync_;
  journal_reports reports_;
  std::deque<std::string> waiting_;  // fields of records; the front `under_way_` are being written
  std::size_t waiting_bytes_ = 0;
  std::size_t under_way_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t lost_told_ = 0;  // of these, recorded
  std::uint64_t written_ = 0;
  head at_;
  std::uint64_t file_number_ = 0;  // of the newest
  std::uint64_t reading_number_ = 0;
  std::uint64_t torn_ = 0;  // bytes of an unfinished line at the end of the newest
  std::uint64_t size_ = 0;
  bool busy_ = true;
  bool dirty_ = false;
  bool started_ = false;
  bool troubled_ = false;
  std::optional<verifier> reading_;
  function<void()> flushed_;
  file_ptr file_;
  timer retry_;
  timer sync_timer_;
};

}  // namespace mw::audit_log
