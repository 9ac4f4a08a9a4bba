// os_files: blocking file operations for worker threads, with their errors as failures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/unique_fd.h"

#include <mw/files.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// An open file that is appended to by this process alone. One thread at a time.
class os_file {
 public:
  static result<os_file> open(const std::string& path, open_mode mode);

  // All or nothing: what a failed write left behind is cut off again.
  status append(bytes_view bytes);
  result<slice> read(std::uint64_t offset, std::size_t size) const;
  status truncate(std::uint64_t size);
  // After a failure every further change is refused: the system may have dropped the pages, and a
  // second sync would report success without them.
  status sync();
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] file_readers readers() const { return readers_; }

 private:
  os_file(std::string path, unique_fd fd, std::uint64_t size, file_readers readers)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size), readers_(readers) {}
  failure broken(std::string why);

  std::string path_;
  unique_fd fd_;
  std::uint64_t size_;
  file_readers readers_;
  std::optional<failure> broken_;
};

// `text` below `data_dir`, or as it is when absolute. `invalid` for "..", an empty path or a NUL.
[[nodiscard]] result<std::string> resolve_path(const file_path& path, std::string_view data_dir);

status rename_path(const std::string& from, const std::string& to);
status remove_path(const std::string& path);
status make_directories(const std::string& path);
status sync_directory_at(const std::string& path);
result<std::vector<std::string>> list_directory(const std::string& path);

}  // namespace mw::kernel
