// process_files: when operations begin, take effect and are done.
// SPDX-License-Identifier: Apache-2.0
#include "process_files.h"

#include "file_handle.h"
#include "node/process.h"

#include <algorithm>
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

namespace {

// As on the real platform, where they bound what a program can pile up in memory.
constexpr std::size_t waiting_max = 16 * 1024;
constexpr std::size_t waiting_bytes_max = 64 * 1024 * 1024;

status refusal(const open_file& file) {
  if (file.mode == open_mode::read) return {errc::denied, "the file was opened for reading"};
  if (!file.writable)
    return {errc::internal, "an earlier sync failed: the file takes no more writes"};
  return {};
}

}  // namespace

void process_files::submit(slot_id id, file_operation operation) {
  open_file* file = files_.find(id);
  if (file == nullptr) return;
  const std::size_t bytes = operation.bytes.size();
  const bool full = file->queue.size() >= waiting_max ||
                    (file->waiting_bytes > 0 && file->waiting_bytes + bytes > waiting_bytes_max);
  // Nothing may be appended behind what was refused: a gap would follow.
  operation.refused = operation.what == file_operation::kind::append && (full || file->refused > 0);
  if (operation.refused)
    ++file->refused;
  else
    file->waiting_bytes += bytes;
  file->queue.push_back(std::move(operation));
  if (file->under_way == 0) begin(id);
}

// Appends that wait together share one sync. What an operation writes is in the file from its
// beginning on; what it makes durable only at its end.
void process_files::begin(slot_id id) {
  open_file& file = *files_.find(id);
  bool with_sync = false;
  do {
    file_operation& next = file.queue[file.under_way++];
    take_effect(file, next);
    with_sync = with_sync || next.synced || next.what == file_operation::kind::sync;
  } while (file.under_way < file.queue.size() &&
           file.queue[file.under_way - 1].what == file_operation::kind::append &&
           file.queue[file.under_way].what == file_operation::kind::append);
  process_.events().after(process_.on().disk.operation_time(with_sync),
                          process_.on().tag(event_kind::disk), [this, id] { complete(id); });
}

void process_files::take_effect(open_file& file, file_operation& operation) {
  disk_state& disk = process_.on().disk;
  if (operation.what == file_operation::kind::read) return;
  operation.outcome = refusal(file);
  if (operation.refused)
    operation.outcome = {errc::overloaded,
                         "too many appends wait for the disk: wait for some to finish"};
  if (!operation.outcome) return;
  if (operation.what == file_operation::kind::append)
    operation.outcome = disk.append(file.id, operation.bytes.view());
  if (operation.what == file_operation::kind::truncate)
    disk.tree().at(file.id).content.truncate(static_cast<std::size_t>(operation.offset));
}

void process_files::sync_batch(open_file& file) {
  const auto waits = [](const file_operation& one) {
    return one.outcome.ok() && (one.synced || one.what == file_operation::kind::sync);
  };
  const auto end = file.queue.begin() + static_cast<std::ptrdiff_t>(file.under_way);
  if (std::none_of(file.queue.begin(), end, waits)) return;
  const status synced = process_.on().disk.sync(file.id);
  if (synced) return;
  file.writable = false;
  for (auto one = file.queue.begin(); one != end; ++one)
    if (waits(*one)) one->outcome = synced.error();
}

void process_files::complete(slot_id id) {
  open_file* file = files_.find(id);
  if (file == nullptr) return;
  disk_state& disk = process_.on().disk;
  sync_batch(*file);
  const std::uint64_t size = disk.tree().at(file->id).content.bytes().size();
  process_.events().note(process_.on().tag(event_kind::disk), size);
  for (; file->under_way > 0; --file->under_way) {
    file_operation done = std::move(file->queue.front());
    file->queue.pop_front();
    if (done.refused)
      --file->refused;
    else
      file->waiting_bytes -= done.bytes.size();
    if (done.what == file_operation::kind::read)
      done.content = disk.read(file->id, done.offset, done.size);
    done.size_after = size;
    if (file->handle != nullptr) file->handle->completed(std::move(done));
  }
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
  if (file.handle != nullptr || !file.queue.empty()) return;
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
