// file_tree: directories and names; changes of names are durable in order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "file_content.h"

#include <mw/files.h>
#include <mw/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::sim {

using inode_id = std::uint32_t;  // zero: none

struct inode {
  bool directory = false;
  file_content content;  // of a file
  file_readers readers = file_readers::owner;
  std::map<std::string, inode_id> now;      // of a directory: what processes see
  std::map<std::string, inode_id> durable;  // and what the disk holds
  std::uint32_t open = 0;                   // handles
};

struct power_loss_report {
  std::size_t names_lost = 0;  // changes of directories that are undone
  std::size_t files_hit = 0;   // files that lost unsynced sectors
  std::size_t files_torn = 0;  // ... but not all of them
};

// Paths are split at slashes; empty parts and "." are skipped, ".." is refused.
class file_tree {
 public:
  file_tree();

  [[nodiscard]] result<inode_id> find(std::string_view path) const;
  // A new empty file; an existing one is returned as it is.
  result<inode_id> create(std::string_view path);
  status make_directories(std::string_view path);
  status make_durable_directories(std::string_view path);
  status remove(std::string_view path);  // a file, or an empty directory
  status rename(std::string_view from, std::string_view to);
  status sync_directory(std::string_view path);
  result<std::vector<std::string>> list(std::string_view path) const;

  [[nodiscard]] inode& at(inode_id id) { return inodes_.at(id); }
  [[nodiscard]] const inode& at(inode_id id) const { return inodes_.at(id); }
  void opened(inode_id id) { ++at(id).open; }
  void closed(inode_id id);

  // Makes every name durable.
  void sync_names();
  // All handles are gone; names and sectors that were not synced are kept or lost at random.
  power_loss_report lose_power(dice& chance);
  [[nodiscard]] std::vector<std::string> files() const;  // full paths in order
  [[nodiscard]] std::uint64_t bytes() const;             // of all files, also of removed open ones

 private:
  struct edit {
    inode_id directory;
    std::string name;
    inode_id target;  // zero: the name goes away
  };
  using change = std::vector<edit>;  // kept or lost as a whole, like an entry of a journal
  struct place {
    inode_id directory;
    std::string name;
  };

  [[nodiscard]] result<place> parent_of(std::string_view path) const;
  [[nodiscard]] inode_id lookup(const place& where) const;
  inode_id make(bool directory);
  status make_each(std::string_view path, bool durably);
  void commit(change all);
  void make_durable(std::size_t count);  // the first changes of the journal
  void forget_unreachable();

  std::map<inode_id, inode> inodes_;
  std::vector<change> journal_;  // visible, not yet durable
  inode_id last_ = 0;
};

}  // namespace mw::sim
