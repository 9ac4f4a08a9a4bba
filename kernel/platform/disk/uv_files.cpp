// uv_files: the file service of one plug-in, on worker threads.
// SPDX-License-Identifier: Apache-2.0
#include "uv_files.h"

#include "os_files.h"
#include "uv_file.h"

#include <utility>

namespace mw::kernel {

namespace {

// An operation on a path: `Work` returns a result on the worker thread, `done` gets it on the lane.
template <class Value, class Work>
class path_step final : public sequence_step {
 public:
  path_step(Work work, function<void(result<Value>)> done)
      : work_(std::move(work)), done_(std::move(done)) {}
  void run() override { outcome_.emplace(work_()); }
  void finish() override { done_(std::move(*outcome_)); }

 private:
  Work work_;
  std::optional<result<Value>> outcome_;
  function<void(result<Value>)> done_;
};

constexpr std::size_t waiting_max = 4096;

template <class Value, class Work>
void add_step(job_sequence& to, Work work, function<void(result<Value>)> done) {
  auto refuse = []() -> result<Value> {
    return {errc::overloaded, "too many file operations wait: wait for some to finish"};
  };
  if (to.waiting() < waiting_max)
    to.add(std::make_unique<path_step<Value, Work>>(std::move(work), std::move(done)));
  else
    to.add(std::make_unique<path_step<Value, decltype(refuse)>>(refuse, std::move(done)));
}

result<os_file> open_path(const result<std::string>& path, open_mode mode, const file_path& asked,
                          const std::string& data_dir) {
  if (!path) return path.error();
  result<os_file> opened = os_file::open(*path, mode);
  const bool below_data_dir = asked.text.front() != '/' && !data_dir.empty();
  if (opened || opened.error().kind() != errc::not_found || mode == open_mode::read ||
      !below_data_dir)
    return opened;
  // The first file of a new node: the data directory itself may not exist yet.
  MW_CHECK(make_directories(data_dir));
  return os_file::open(*path, mode);
}

}  // namespace

uv_files::uv_files(uv_scope_ptr scope)
    : scope_(std::move(scope)), paths_(std::make_shared<job_sequence>(scope_)) {}

void uv_files::open(const file_path& path, open_mode mode, function<void(result<file_ptr>)> done) {
  const std::string& data_dir = scope_->plugin.data_dir;
  add_step<os_file>(
      *paths_,
      [resolved = resolve_path(path, data_dir), mode, path, data_dir] {
        return open_path(resolved, mode, path, data_dir);
      },
      [scope = scope_, done = std::move(done)](result<os_file> opened) {
        if (!opened) return done(std::move(opened).error());
        done(file_ptr(std::make_unique<uv_file>(scope, std::move(opened).value())));
      });
}

void uv_files::rename(const file_path& from, const file_path& to, function<void(status)> done) {
  const std::string& data_dir = scope_->plugin.data_dir;
  add_step<void>(
      *paths_,
      [source = resolve_path(from, data_dir), target = resolve_path(to, data_dir)]() -> status {
        if (!source) return source.error();
        if (!target) return target.error();
        return rename_path(*source, *target);
      },
      std::move(done));
}

void uv_files::remove(const file_path& path, function<void(status)> done) {
  start(remove_path, path, std::move(done));
}

void uv_files::make_directory(const file_path& path, function<void(status)> done) {
  start(make_directories, path, std::move(done));
}

void uv_files::sync_directory(const file_path& path, function<void(status)> done) {
  start(sync_directory_at, path, std::move(done));
}

void uv_files::start(status (*operation)(const std::string&), const file_path& path,
                     function<void(status)> done) {
  add_step<void>(
      *paths_,
      [operation, resolved = resolve_path(path, scope_->plugin.data_dir)]() -> status {
        return resolved ? operation(*resolved) : status(resolved.error());
      },
      std::move(done));
}

void uv_files::list(const file_path& path, function<void(result<std::vector<std::string>>)> done) {
  add_step<std::vector<std::string>>(
      *paths_,
      [resolved =
           resolve_path(path, scope_->plugin.data_dir)]() -> result<std::vector<std::string>> {
        if (!resolved) return resolved.error();
        return list_directory(*resolved);
      },
      std::move(done));
}

}  // namespace mw::kernel
