// path_service: the file service of one plug-in: operations on paths.
// SPDX-License-Identifier: Apache-2.0
#include "path_service.h"

#include "file_handle.h"
#include "node/process.h"

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
  (void)tree().make_durable_directories(data_dir_);
}

path_service::~path_service() {
  if (lane_.alive()) files().drop_calls(this);
}

void path_service::open(const file_path& path, open_mode mode,
                        function<void(result<file_ptr>)> done) {
  call<result<file_ptr>>(
      [this, path = full(path), mode]() -> result<file_ptr> {
        MW_TRY(const std::string at, path);
        return open_now(at, mode);
      },
      std::move(done));
}

void path_service::rename(const file_path& from, const file_path& to, function<void(status)> done) {
  call<status>(
      [this, source = full(from), target = full(to)]() -> status {
        MW_TRY(const std::string a, source);
        MW_TRY(const std::string b, target);
        return tree().rename(a, b);
      },
      std::move(done));
}

void path_service::change(const file_path& path, status (file_tree::*what)(std::string_view),
                          function<void(status)> done, bool with_sync) {
  call<status>(
      [this, path = full(path), what]() -> status {
        MW_TRY(const std::string at, path);
        return (tree().*what)(at);
      },
      std::move(done), with_sync);
}

void path_service::remove(const file_path& path, function<void(status)> done) {
  change(path, &file_tree::remove, std::move(done));
}

void path_service::make_directory(const file_path& path, function<void(status)> done) {
  change(path, &file_tree::make_directories, std::move(done));
}

void path_service::sync_directory(const file_path& path, function<void(status)> done) {
  change(path, &file_tree::sync_directory, std::move(done), true);
}

void path_service::list(const file_path& path,
                        function<void(result<std::vector<std::string>>)> done) {
  using names = result<std::vector<std::string>>;
  call<names>(
      [this, path = full(path)]() -> names {
        MW_TRY(const std::string at, path);
        return tree().list(at);
      },
      std::move(done));
}

process_files& path_service::files() const {
  return lane_.home().files();
}

file_tree& path_service::tree() const {
  return lane_.home().on().disk.tree();
}

result<std::string> path_service::full(const file_path& path) const {
  if (path.text.empty()) return {errc::invalid, "a file path must not be empty"};
  if (path.text.starts_with('/')) return path.text;
  return data_dir_ + "/" + path.text;
}

result<file_ptr> path_service::open_now(const std::string& path, open_mode mode) {
  const bool is_new = !tree().find(path);
  MW_TRY(const inode_id id, mode == open_mode::read ? tree().find(path) : tree().create(path));
  inode& opened = tree().at(id);
  if (opened.directory) return {errc::invalid, path + " is a directory"};
  if (mode == open_mode::create || mode == open_mode::create_private) opened.content.truncate(0);
  // As the real platform: 0640, or 0600 whatever it was before.
  if (is_new) opened.readers = file_readers::group;
  if (mode == open_mode::create_private) opened.readers = file_readers::owner;
  return file_ptr(std::make_unique<file_handle>(lane_, ledger_, id, mode));
}

template <class Outcome>
void path_service::call(function<Outcome()> effect, function<void(Outcome)> done, bool with_sync) {
  files().submit(std::make_unique<typed_call<Outcome>>(lane_, std::move(effect), std::move(done)),
                 this, with_sync);
}

}  // namespace mw::sim
