// file_handle: an open file as a plug-in has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/platform.h"
#include "process_files.h"

namespace mw::sim {

class file_handle final : public file {
 public:
  file_handle(lane& home, kernel::resource_ledger& ledger, inode_id id, open_mode mode);
  ~file_handle() override;

  void append(slice bytes, durability when, function<void(status)> done) override;
  void read(std::uint64_t offset, std::size_t size, function<void(result<slice>)> done) override;
  void truncate(std::uint64_t size, function<void(status)> done) override;
  void sync(function<void(status)> done) override;
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] file_readers readers() const override { return readers_; }

  // Tells the plug-in in a turn.
  void completed(file_operation done);

 private:
  void tell();

  lane& lane_;
  process_files& files_;
  const slot_id id_;
  std::uint64_t size_ = 0;
  file_readers readers_;
  std::deque<file_operation> completed_;
  kernel::ledger_entry counted_;
  life_watch life_;
  member_task<file_handle, &file_handle::tell> telling_{*this};
};

}  // namespace mw::sim
