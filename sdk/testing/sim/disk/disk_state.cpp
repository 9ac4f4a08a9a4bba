// disk_state: operations on files and the faults that befall them.
// SPDX-License-Identifier: Apache-2.0
#include "disk_state.h"

#include <mw/assert.h>

#include <algorithm>

namespace mw::sim {

result<std::string> disk_state::content(std::string_view path) const {
  MW_TRY(const inode_id id, tree_.find(path));
  const inode& one = tree_.at(id);
  if (one.directory) return {errc::invalid, std::string(path) + " is a directory"};
  return std::string(as_text(one.content.bytes()));
}

void disk_state::put(std::string_view path, std::string_view content) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) {
    const status made = tree_.make_durable_directories(path.substr(0, slash));
    MW_ASSERT(made, "tests put files where directories can be");
  }
  const result<inode_id> id = tree_.create(path);
  MW_ASSERT(id, "tests put files where no directory is");
  file_content& file = tree_.at(*id).content;
  file.truncate(0);
  file.append(as_bytes(content));
  file.sync();
  const status durable =
      tree_.sync_directory(path.substr(0, slash == std::string_view::npos ? 0 : slash));
  MW_ASSERT(durable, "the directory has just been made");
}

status disk_state::permit(std::string_view path, file_readers who) {
  MW_TRY(const inode_id id, tree_.find(path));
  tree_.at(id).readers = who;
  return {};
}

status disk_state::corrupt(std::string_view path, std::uint64_t offset) {
  MW_TRY(const inode_id id, tree_.find(path));
  if (!tree_.at(id).content.flip_bit(offset))
    return {errc::invalid, std::string(path) + " is shorter than " + std::to_string(offset)};
  return {};
}

status disk_state::append(inode_id id, bytes_view bytes) {
  file_content& file = tree_.at(id).content;
  const std::size_t size = file.bytes().size();
  const std::uint64_t used = tree_.bytes();
  const std::uint64_t room = options_.capacity.count - std::min(options_.capacity.count, used);
  const bool full = bytes.size() > room;
  if (!full && !dice_.ppm(options_.write_error_ppm)) {
    file.append(bytes);
    return {};
  }
  // A part was written and is taken back; a power loss may still find some of it.
  const std::uint64_t part = full ? room : dice_.below(bytes.size() + 1);
  file.append(bytes.first(static_cast<std::size_t>(part)));
  file.truncate(size);
  events_.fired(full ? sim_fault::disk_full : sim_fault::write_failed, tag_);
  if (full)
    return {errc::overloaded, "no space left on the disk of " + to_string(options_.capacity)};
  return {errc::internal, "input/output error while writing"};
}

status disk_state::sync(inode_id id) {
  file_content& file = tree_.at(id).content;
  if (dice_.ppm(options_.sync_error_ppm)) {
    events_.fired(sim_fault::sync_failed, tag_);
    file.sync_badly(dice_);
    return {errc::internal, "input/output error while syncing"};
  }
  file.sync();
  return {};
}

result<slice> disk_state::read(inode_id id, std::uint64_t offset, std::size_t size) {
  if (dice_.ppm(options_.read_error_ppm)) {
    events_.fired(sim_fault::read_failed, tag_);
    return {errc::internal, "input/output error while reading"};
  }
  const bytes_view all = tree_.at(id).content.bytes();
  if (offset >= all.size()) return slice();
  const bytes_view part = all.subspan(static_cast<std::size_t>(offset));
  return slice::copy_of(part.first(std::min(size, part.size())));
}

duration disk_state::operation_time(bool with_sync) {
  duration time = dice_.between(options_.access / 2, options_.access * 2);
  if (with_sync) time += dice_.between(options_.sync, options_.sync * 2);
  if (dice_.ppm(options_.slow_ppm)) {
    events_.fired(sim_fault::disk_slow, tag_);
    time += dice_.between(duration::zero(), options_.slow);
  }
  return time;
}

void disk_state::lose_power() {
  const power_loss_report report = tree_.lose_power(dice_);
  for (std::size_t i = 0; i < report.names_lost; ++i) events_.fired(sim_fault::entry_lost, tag_);
  for (std::size_t i = 0; i < report.files_hit; ++i) events_.fired(sim_fault::write_lost, tag_);
  for (std::size_t i = 0; i < report.files_torn; ++i) events_.fired(sim_fault::write_torn, tag_);
}

}  // namespace mw::sim
