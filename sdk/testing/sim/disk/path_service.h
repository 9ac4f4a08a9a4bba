// path_service: the file service of one plug-in: operations on paths.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/platform.h"
#include "process_files.h"

#include <string>
#include <vector>

namespace mw::sim {

class path_service final : public file_service {
 public:
  path_service(lane& home, const kernel::plugin_scope& scope);
  path_service(const path_service&) = delete;
  path_service& operator=(const path_service&) = delete;
  ~path_service();

  void open(const file_path& path, open_mode mode, function<void(result<file_ptr>)> done) override;
  void rename(const file_path& from, const file_path& to, function<void(status)> done) override;
  void remove(const file_path& path, function<void(status)> done) override;
  void make_directory(const file_path& path, function<void(status)> done) override;
  void sync_directory(const file_path& path, function<void(status)> done) override;
  void list(const file_path& path, function<void(result<std::vector<std::string>>)> done) override;

 private:
  [[nodiscard]] process_files& files() const;
  [[nodiscard]] file_tree& tree() const;
  [[nodiscard]] result<std::string> full(const file_path& path) const;
  result<file_ptr> open_now(const std::string& path, open_mode mode);

  // An operation of the tree on one path.
  void change(const file_path& path, status (file_tree::*what)(std::string_view),
              function<void(status)> done, bool with_sync = false);
  template <class Outcome>
  void call(function<Outcome()> effect, function<void(Outcome)> done, bool with_sync = false);

  lane& lane_;
  kernel::resource_ledger& ledger_;
  const std::string data_dir_;
};

}  // namespace mw::sim
