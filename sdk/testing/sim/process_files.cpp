// process_files: when operations begin, take effect and are done.
// SPDX-License-Identifier: Apache-2.0
#include "process_files.h"

#include "file_handle.h"
#include "process.h"

#include <utility>

namespace mw::sim {

slot_id process_files::add(inode_id id, open_mode mode, file_handle* handle) {
  file_tree& tree = process_.on().disk.tree();
  tree.opened(id);
  const slot_id made = files_.emplace();
  open_file& file = *files_.find(made);
  file.id = id;
  file.mode = mode;
  file.handle = handle;
  return made;
}

void process_files::submit(slot_id id, file_operation operation) {
  open_file* file = files_.find(id);
  if (file == nullptr) return;
  file->queue.push_back(std::move(operation));
  if (!file->busy) begin(id);
}

namespace {

status refusal(const open_file& file) {
  if (file.mode == open_mode::read) return {errc::denied, "the file was opened for reading"};
  if (!file.writable) return {errc::internal, "an earlier sync failed: the file takes no more writes"};
  return {};
}

}  // namespace

// What an operation writes is in the file from its beginning on; what it makes durable only at its end.
void process_files::begin(slot_id id) {
  open_file& file = *files_.find(id);
  file_operation& next = file.queue.front();
  disk_state& disk = process_.on().disk;
  file.busy = true;
  if (next.what != file_operation::kind::read) next.outcome = refusal(file);
  if (next.outcome && next.what == file_operation::kind::append)
    next.outcome = disk.append(file.id, next.bytes.view());
  if (next.outcome && next.what == file_operation::kind::truncate)
    disk.tree().at(file.id).content.truncate(static_cast<std::size_t>(next.offset));
  const bool with_sync = next.synced || next.what == file_operation::kind::sync;
  process_.events().after(disk.operation_time(with_sync), process_.on().tag(event_kind::disk),
                          [this, id] { complete(id); });
}

void process_files::complete(slot_id id) {
  open_file* file = files_.find(id);
  if (file == nullptr) return;
  disk_state& disk = process_.on().disk;
  file_operation done = std::move(file->queue.front());
  file->queue.pop_front();
  file->busy = false;
  const bool syncs = done.synced || done.what == file_operation::kind::sync;
  if (syncs && done.outcome) {
    done.outcome = disk.sync(file->id);
    if (!done.outcome) file->writable = false;
  }
  if (done.what == file_operation::kind::read) done.content = disk.read(file->id, done.offset, done.size);
  done.size_after = disk.tree().at(file->id).content.bytes().size();
  process_.events().note(process_.on().tag(event_kind::disk), done.size_after);
  if (file->handle != nullptr) file->handle->completed(std::move(done));
  if (!file->queue.empty())
    begin(id);
  else
    finish_close(id);
}

void process_files::handle_gone(slot_id id) {
  open_file* file = files_.find(id);
  if (file == nullptr) return;
  file->handle = nullptr;
  for (file_operation& one : file->queue) one.done = nullptr, one.read_done = nullptr;
  finish_close(id);
}

void process_files::finish_close(slot_id id) {
  const open_file& file = *files_.find(id);
  if (file.handle != nullptr || file.busy || !file.queue.empty()) return;
  process_.on().disk.tree().closed(file.id);
  files_.erase(id);
}

void process_files::submit(std::unique_ptr<path_call> call, const void* owner, bool with_sync) {
  call->owner = owner;
  path_call& submitted = *call;
  const slot_id id = calls_.emplace(std::move(call));
  submitted.id = id;
  const duration time = process_.on().disk.operation_time(with_sync);
  process_.events().after(time, process_.on().tag(event_kind::disk), [this, id] {
    std::unique_ptr<path_call>* found = calls_.find(id);
    if (found == nullptr) return;
    (*found)->execute();
    (*found)->home.ready(**found);
  });
}

void process_files::drop_calls(const void* owner) {
  calls_.each([this, owner](slot_id id, const std::unique_ptr<path_call>& one) {
    if (one->owner == owner) calls_.erase(id);
  });
}

void process_files::die() {
  calls_.each([this](slot_id id, const auto&) { calls_.erase(id); });
  files_.each([this](slot_id id, const open_file& file) {
    process_.on().disk.tree().closed(file.id);
    files_.erase(id);
  });
}

}  // namespace mw::sim
