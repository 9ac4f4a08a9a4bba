// record_file: recovery by rewriting, and appending.
// SPDX-License-Identifier: Apache-2.0
#include "record_file.h"

#include <utility>

namespace echo_probe {

using mw::status;

void record_file::recover(mw::function<void(status)> done) {
  recovered_ = std::move(done);
  last_.clear();
  file_.reset();
  context_.host.files().open(context_.options.file, mw::open_mode::append,
                             [this](mw::result<mw::file_ptr> opened) {
                               if (!opened) return end_recovery(opened.error());
                               read_old(std::move(opened).value());
                             });
}

void record_file::read_old(mw::file_ptr old) {
  old_ = std::move(old);
  old_->read(0, old_->size(), [this](mw::result<mw::slice> bytes) {
    if (!bytes) return end_recovery(bytes.error());
    last_ = read_records(bytes->text());
    old_.reset();
    context_.host.files().open({context_.options.file.text + ".new"}, mw::open_mode::create,
                               [this](mw::result<mw::file_ptr> opened) {
                                 if (!opened) return end_recovery(opened.error());
                                 file_ = std::move(opened).value();
                                 write_new(write_records(last_));
                               });
  });
}

void record_file::write_new(std::string_view content) {
  file_->append(mw::slice::copy_of(content), mw::durability::synced, [this](const status& written) {
    if (went_well(written)) swap_in();
  });
}

void record_file::swap_in() {
  auto& files = context_.host.files();
  const mw::file_path final_name = context_.options.file;
  files.rename({final_name.text + ".new"}, final_name, [this](const status& renamed) {
    if (!went_well(renamed)) return;
    if (context_.has(planted_bug::forget_directory_sync)) return end_recovery({});
    context_.host.files().sync_directory(
        {"."}, [this](status synced) { end_recovery(std::move(synced)); });
  });
}

bool record_file::went_well(const status& step) {
  if (!step) end_recovery(step.error());
  return step.ok();
}

void record_file::end_recovery(status outcome) {
  if (!outcome) file_.reset();
  const auto done = std::move(recovered_);
  done(std::move(outcome));
}

std::uint64_t record_file::last(std::string_view client) const {
  const auto found = last_.find(client);
  return found == last_.end() ? 0 : found->second;
}

void record_file::keep(std::string_view client, std::uint64_t number,
                       mw::function<void(status)> done) {
  if (!file_) return;  // recovering: the sessions that ask are ended by whoever began it
  // Operations of a file keep their order: a sync now also covers the record that came before.
  if (number <= last(client)) return file_->sync(std::move(done));
  last_[std::string(client)] = number;
  const auto bytes = mw::slice::copy_of(make_line(client, number));
  if (!context_.has(planted_bug::ack_before_sync))
    return file_->append(bytes, mw::durability::synced, std::move(done));
  file_->append(bytes, mw::durability::buffered, std::move(done));
}

}  // namespace echo_probe
