// path_service: the file service of one plug-in: operations on paths.
// SPDX-License-Identifier: Apache-2.0
#include "path_service.h"

#include "file_handle.h"
#include "process.h"

#include <utility>

namespace mw::sim {

namespace {

// An effect on the disk and who is told about it.
template <class Outcome>
class typed_call final : public path_call {
 public:
  typed_call(lane& on, function<Outcome()> effect, function<void(Outcome)> done)
      : path_call(on), effect_(std::move(effect)), done_(std::move(done)) {}

  void execute() override { outcome_.emplace(effect_()); }
  void run() override {
    const function<void(Outcome)> done = std::move(done_);
    Outcome outcome = std::move(*outcome_);
    home.home().files().told(id);  // destroys this
    if (done) done(std::move(outcome));
  }

 private:
  function<Outcome()> effect_;
  function<void(Outcome)> done_;
  std::optional<Outcome> outcome_;
};

}  // namespace

path_service::path_service(lane& home, const kernel::plugin_scope& scope)
    : lane_(home), ledger_(scope.ledger), data_dir_(scope.data_dir) {
  // The real platform finds the data directory in place; here it comes with the disk.
  (void)tree().make_directories(data_dir_, true);
}

path_service::~path_service() {
  if (lane_.alive()) files().drop_calls(this);
}

void path_service::open(const file_path& path, open_mode mode, function<void(result<file_ptr>)> done) {
  call<result<file_ptr>>([this, at = full(path), mode] { return open_now(at, mode); }, std::move(done));
}

void path_service::rename(const file_path& from, const file_path& to, function<void(status)> done) {
  call<status>([this, a = full(from), b = full(to)] { return tree().rename(a, b); }, std::move(done));
}

void path_service::remove(const file_path& path, function<void(status)> done) {
  call<status>([this, at = full(path)] { return tree().remove(at); }, std::move(done));
}

void path_service::make_directory(const file_path& path, function<void(status)> done) {
  call<status>([this, at = full(path)] { return tree().make_directories(at); }, std::move(done));
}

void path_service::sync_directory(const file_path& path, function<void(status)> done) {
  call<status>([this, at = full(path)] { return tree().sync_directory(at); }, std::move(done), true);
}

void path_service::list(const file_path& path,
                        function<void(result<std::vector<std::string>>)> done) {
  call<result<std::vector<std::string>>>([this, at = full(path)] { return tree().list(at); },
                                         std::move(done));
}

process_files& path_service::files() const { return lane_.home().files(); }

file_tree& path_service::tree() const { return lane_.home().on().disk.tree(); }

std::string path_service::full(const file_path& path) const {
  return path.text.starts_with('/') ? path.text : data_dir_ + "/" + path.text;
}

result<file_ptr> path_service::open_now(const std::string& path, open_mode mode) {
  const result<inode_id> id = mode == open_mode::read ? tree().find(path) : tree().create(path);
  if (!id) return id.error();
  if (tree().at(*id).directory) return {errc::invalid, path + " is a directory"};
  return file_ptr(std::make_unique<file_handle>(lane_, ledger_, *id, mode));
}

template <class Outcome>
void path_service::call(function<Outcome()> effect, function<void(Outcome)> done, bool with_sync) {
  files().submit(std::make_unique<typed_call<Outcome>>(lane_, std::move(effect), std::move(done)), this,
                 with_sync);
}

}  // namespace mw::sim
