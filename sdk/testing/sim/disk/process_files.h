// process_files: the open files and file operations of one process, in virtual time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slot_map.h"
#include "node/lane.h"
#include "node/machine.h"

#include <mw/files.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace mw::sim {

class file_handle;
class process;

// One operation of an open file.
struct file_operation {
  enum class kind : std::uint8_t { append, read, truncate, sync };
  kind what = kind::sync;
  bool synced = false;   // append: sync before done
  bool refused = false;  // too much waits already; told in its turn
  slice bytes;
  std::uint64_t offset = 0;  // of a read; the new size of a truncate
  std::size_t size = 0;
  function<void(status)> done;
  function<void(result<slice>)> read_done;
  status outcome;
  result<slice> content{slice()};
  std::uint64_t size_after = 0;  // of the file, when done
};

struct open_file {
  inode_id id = 0;
  open_mode mode = open_mode::read;
  bool writable = true;           // false after a failed sync
  std::size_t under_way = 0;      // operations at the front that the disk is busy with
  std::size_t waiting_bytes = 0;  // of appends
  std::size_t refused = 0;        // operations in the queue that will not be done
  file_handle* handle = nullptr;  // null: closes when the queue is empty
  std::deque<file_operation> queue;
};

// Something asked of a whole directory or path. Dropped when the service that asked is gone.
class path_call : public task {
 public:
  explicit path_call(lane& on) : home(on) {}
  virtual void execute() = 0;  // takes effect on the disk
  lane& home;
  slot_id id = 0;
  const void* owner = nullptr;
};

class process_files {
 public:
  explicit process_files(process& owner) : process_(owner) {}

  // Opens a file for a handle; closes it when the handle is gone and all operations are done.
  slot_id add(inode_id id, open_mode mode, file_handle* handle);
  [[nodiscard]] open_file* find(slot_id id) { return files_.find(id); }
  void submit(slot_id id, file_operation operation);
  void handle_gone(slot_id id);

  // Runs the call's effect in a while, then the call itself in a turn.
  void submit(std::unique_ptr<path_call> call, const void* owner, bool with_sync);
  void told(slot_id call) { calls_.erase(call); }
  void drop_calls(const void* owner);

  // The process is gone: nothing more happens.
  void die();

 private:
  void begin(slot_id id);
  void take_effect(open_file& file, file_operation& operation);
  void sync_batch(open_file& file);
  void complete(slot_id id);
  void finish_close(slot_id id);

  process& process_;
  slot_map<open_file> files_;
  slot_map<std::unique_ptr<path_call>> calls_;
};

}  // namespace mw::sim
