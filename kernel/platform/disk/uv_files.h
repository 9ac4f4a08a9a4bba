// uv_files: the file service of one plug-in, on worker threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "job_sequence.h"
#include "platform/uv_scope.h"

#include <mw/files.h>

#include <memory>

namespace mw::kernel {

// Operations on paths run in the order they were called, like those of one file.
class uv_files final : public file_service {
 public:
  explicit uv_files(uv_scope_ptr scope);

  void open(const file_path& path, open_mode mode, function<void(result<file_ptr>)> done) override;
  void rename(const file_path& from, const file_path& to, function<void(status)> done) override;
  void remove(const file_path& path, function<void(status)> done) override;
  void make_directory(const file_path& path, function<void(status)> done) override;
  void sync_directory(const file_path& path, function<void(status)> done) override;
  void list(const file_path& path, function<void(result<std::vector<std::string>>)> done) override;

 private:
  void start(status (*operation)(const std::string&), const file_path& path,
             function<void(status)> done);

  uv_scope_ptr scope_;
  std::shared_ptr<job_sequence> paths_;
};

}  // namespace mw::kernel
