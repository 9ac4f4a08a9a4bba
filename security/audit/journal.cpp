// journal: list, read the last, begin the next, append; any failure leads back to the first step.
// SPDX-License-Identifier: Apache-2.0
#include "journal.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mw::audit_log {
namespace {

constexpr std::string_view prefix = "audit-";
constexpr std::string_view suffix = ".jsonl";
constexpr duration retry_after = 1s;
constexpr std::size_t sealing_max = 128;  // what number and hash add to a record

std::string name_of(std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 8) digits.insert(0, 8 - digits.size(), '0');
  return std::string(prefix) + digits + std::string(suffix);
}

std::optional<std::uint64_t> number_of(std::string_view name) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  std::uint64_t number = 0;
  const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (wrong != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

}  // namespace

journal::journal(host& on, const settings& opt, journal_reports reports)
    : host_(on),
      directory_(opt.directory.text),
      rotate_max_(opt.rotate_size.count),
      queue_max_(static_cast<std::size_t>(opt.queue.count)),
      sync_(opt.sync),
      reports_(std::move(reports)),
      retry_(on.make_timer([this] { find_last(); })) {
  if (sync_ != sync_policy::interval) return;
  sync_timer_ = on.every(opt.sync_every, [this] {
    if (busy_ || file_ == nullptr || !std::exchange(dirty_, false)) return;
    busy_ = true;
    file_->sync([this](const status& synced) {
      busy_ = false;
      if (!synced) return troubled(synced.error().in("syncing " + file_name()));
      settle();
    });
  });
}

file_path journal::path_of(std::uint64_t number) const {
  return {directory_ + "/" + name_of(number)};
}

std::string journal::file_name() const {
  return path_of(file_number_).text;
}

bool journal::write(std::string fields) {
  constexpr std::size_t fields_max = line_max - sealing_max;
  if (waiting_bytes_ + fields.size() > queue_max_ || fields.size() > fields_max) {
    ++lost_;
    return false;
  }
  waiting_bytes_ += fields.size();
  waiting_.push_back(std::move(fields));
  pump();
  return true;
}

void journal::flush(function<void()> done) {
  flushed_ = std::move(done);
  settle();
}

void journal::find_last() {
  busy_ = true;
  file_.reset();
  host_.files().make_directory({directory_}, [this](const status& made) {
    if (!made) return troubled(made.error().in("making " + directory_));
    host_.files().list({directory_},
                       [this](const result<std::vector<std::string>>& names) { listed(names); });
  });
}

void journal::listed(const result<std::vector<std::string>>& names) {
  if (!names) return troubled(names.error().in("listing " + directory_));
  std::uint64_t last = 0;
  for (const std::string& name : *names) last = std::max(last, number_of(name).value_or(0));
  file_number_ = last;
  torn_ = 0;
  if (last == 0) return open_next();
  read_file(last);
}

void journal::read_file(std::uint64_t number) {
  reading_number_ = number;
  const std::string name = path_of(number).text;
  host_.files().open({name}, open_mode::read, [this, name](result<file_ptr> opened) {
    if (!opened) return troubled(opened.error().in("reading " + name));
    file_ = std::move(*opened);
    reading_.emplace();
    reading_->begin_file(name);
    read_piece(0);
  });
}

void journal::read_piece(std::uint64_t offset) {
  file_->read(offset, piece, [this, offset](const result<slice>& got) {
    if (!got) return troubled(got.error().in("reading " + path_of(reading_number_).text));
    reading_->feed(got->text());
    if (got->size() == piece) return read_piece(offset + piece);
    last_read();
  });
}

void journal::last_read() {
  const verifier found = *std::exchange(reading_, std::nullopt);
  file_.reset();
  if (!found.fault().empty()) reports_.damaged(found.fault());
  if (reading_number_ == file_number_) torn_ = found.torn();
  const bool nothing = found.records() == 0 && found.fault().empty();
  // Begun and then left at once: the one before holds the end of the chain.
  if (nothing && !started_ && reading_number_ > 1) return read_file(reading_number_ - 1);
  if (started_ && !nothing) forget_written(found.last());
  under_way_ = 0;
  if (!nothing) at_ = found.last();
  open_next();
}

void journal::forget_written(const head& found) {
  // After at_: the opening of a file has a number, too, but is not among those that wait.
  std::uint64_t there = found.number > at_.number ? found.number - at_.number : 0;
  there = std::min<std::uint64_t>(there, under_way_);
  for (; there != 0; --there) {
    waiting_bytes_ -= waiting_.front().size();
    waiting_.pop_front();
    ++written_;
  }
}

void journal::open_next() {
  ++file_number_;
  host_.files().open(path_of(file_number_), open_mode::create_private,
                     [this](result<file_ptr> opened) {
                       if (!opened) return troubled(opened.error().in("opening " + file_name()));
                       file_ = std::move(*opened);
                       begin_file();
                     });
}

void journal::begin_file() {
  head next = at_;
  const opening from{at_.hash, std::exchange(torn_, 0)};
  const std::string line =
      seal(next, opening_fields(from, to_string(host_.wall_now()), host_.node().id));
  size_ = line.size();
  file_->append(slice::copy_of(line), durability::synced, [this, next](const status& outcome) {
    if (!outcome) return troubled(outcome.error().in("writing to " + file_name()));
    at_ = next;
    host_.files().sync_directory({directory_}, [this](const status& synced) {
      if (!synced) return troubled(synced.error().in("syncing " + directory_));
      busy_ = false;
      started_ = true;
      if (std::exchange(troubled_, false)) reports_.recovered();
      settle();
    });
  });
}

// What the old file holds is safe before the new one builds on it.
void journal::rotate() {
  if (sync_ != sync_policy::interval || !std::exchange(dirty_, false)) {
    file_.reset();
    return open_next();
  }
  file_->sync([this](const status& synced) {
    file_.reset();
    if (!synced) return troubled(synced.error().in("syncing " + file_name()));
    open_next();
  });
}

// What was lost is part of the log.
void journal::note_loss() {
  if (lost_ == lost_told_) return;
  std::string fields = R"("what":"audit.lost","at":")" + to_string(host_.wall_now()) +
                       R"(","records":)" + std::to_string(lost_ - lost_told_);
  waiting_bytes_ += fields.size();
  waiting_.push_back(std::move(fields));
  lost_told_ = lost_;
}

void journal::pump() {
  if (busy_ || file_ == nullptr) return;
  if (has_room()) note_loss();
  if (waiting_.empty()) return;
  busy_ = true;
  const auto fits = [&](std::size_t more) {
    return size_ + more + waiting_[under_way_].size() + sealing_max <= rotate_max_;
  };
  under_way_ = 0;
  if (!fits(0)) return rotate();
  head next = at_;
  std::string batch;
  while (under_way_ < waiting_.size() && batch.size() < batch_max && fits(batch.size()))
    batch += seal(next, waiting_[under_way_++]);
  const durability when = sync_ == sync_policy::batch ? durability::synced : durability::buffered;
  file_->append(slice::copy_of(batch), when,
                [this, next, count = under_way_, bytes = batch.size()](const status& outcome) {
                  appended(count, bytes, next, outcome);
                });
}

void journal::appended(std::size_t records, std::size_t bytes, const head& after,
                       const status& outcome) {
  busy_ = false;
  if (!outcome) return troubled(outcome.error().in("writing to " + file_name()));
  for (std::size_t i = 0; i < records; ++i) {
    waiting_bytes_ -= waiting_.front().size();
    waiting_.pop_front();
  }
  under_way_ = 0;
  written_ += records;
  at_ = after;
  size_ += bytes;
  dirty_ = true;
  settle();
}

void journal::troubled(const failure& why) {
  busy_ = false;
  reading_.reset();
  file_.reset();
  if (!std::exchange(troubled_, true)) reports_.trouble(why);
  retry_->arm(retry_after);
  settle();
}

void journal::settle() {
  pump();
  if (!flushed_) return;
  if (troubled_ || (!busy_ && waiting_.empty())) std::exchange(flushed_, nullptr)();
}

}  // namespace mw::audit_log
