// journal: the small state machine around open, append, rotate and retry.
// SPDX-License-Identifier: Apache-2.0
#include "journal.h"

#include <utility>

namespace mw::events_log {

journal::journal(host& h, journal_options options, journal_reports reports)
    : host_(h),
      options_(std::move(options)),
      reports_(std::move(reports)),
      retry_(h.make_timer([this] { open(); })) {
  open();
}

bool journal::write(std::string_view line) {
  if (pending_.size() + line.size() > 2 * options_.pending_bytes_max) {
    ++lost_;
    return false;
  }
  pending_.append(line).append("\n");
  ++pending_lines_;
  pump();
  owner_waits_ = pending_.size() >= options_.pending_bytes_max;
  return !owner_waits_;
}

void journal::flush(function<void()> done) {
  if (!busy_ && (pending_.empty() || troubled_)) return done();
  flushed_ = std::move(done);
}

void journal::open() {
  busy_ = true;
  host_.files().open(options_.file, open_mode::append,
                     [this](result<file_ptr> f) { opened(std::move(f)); });
}

void journal::opened(result<file_ptr> outcome) {
  busy_ = false;
  if (!outcome) return troubled(outcome.error().in("opening " + options_.file.text));
  file_ = std::move(outcome).value();
  size_ = file_->size();
  pump();
}

void journal::pump() {
  if (busy_ || file_ == nullptr || pending_.empty()) return;
  busy_ = true;
  if (options_.rotate_bytes > 0 && size_ > 0 && size_ + pending_.size() > options_.rotate_bytes) {
    file_.reset();
    return rotate(options_.keep);
  }
  const std::string batch = std::exchange(pending_, {});
  const std::uint64_t lines = std::exchange(pending_lines_, 0);
  file_->append(slice::copy_of(batch), durability::buffered,
                [this, bytes = batch.size(), lines](status s) { written(bytes, lines, s); });
}

void journal::written(std::uint64_t bytes, std::uint64_t lines, const status& outcome) {
  busy_ = false;
  if (!outcome) {
    lost_ += lines;
    file_.reset();
    return troubled(outcome.error().in("appending to " + options_.file.text));
  }
  size_ += bytes;
  if (std::exchange(troubled_, false)) reports_.recovered();
  settle();
}

// Moves <file>.<n> to <file>.<n+1>, the oldest first; the file itself becomes <file>.1. A
// generation that does not exist yet is no mistake.
void journal::rotate(std::uint32_t number) {
  if (number == 0) {
    if (options_.keep > 0) return open();
    return host_.files().remove(options_.file, [this](status) { open(); });
  }
  host_.files().rename(generation(number - 1), generation(number), [this, number](status moved) {
    if (!moved && moved.error().kind() != errc::not_found) {
      busy_ = false;
      return troubled(moved.error().in("rotating " + options_.file.text));
    }
    rotate(number - 1);
  });
}

file_path journal::generation(std::uint32_t number) const {
  return number == 0 ? options_.file : file_path{options_.file.text + "." + std::to_string(number)};
}

void journal::troubled(const failure& why) {
  if (!std::exchange(troubled_, true)) reports_.trouble(why);
  retry_->arm(options_.retry);
  settle();
}

void journal::settle() {
  if (!troubled_) pump();
  if (flushed_ && !busy_ && (pending_.empty() || troubled_)) std::exchange(flushed_, nullptr)();
  if (owner_waits_ && pending_.size() < options_.pending_bytes_max / 2) {
    owner_waits_ = false;
    reports_.writable();
  }
}

}  // namespace mw::events_log
