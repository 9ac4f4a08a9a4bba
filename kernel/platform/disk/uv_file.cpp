// uv_file: one open file; its appends share their syncs.
// SPDX-License-Identifier: Apache-2.0
#include "uv_file.h"

#include "platform/uv_lane.h"

#include <utility>

namespace mw::kernel {

namespace {

failure too_much() {
  return {errc::overloaded, "too much waits for the disk: wait for some to finish"};
}

// An operation that ends with a status.
class status_step : public file_step {
 public:
  status_step(file_sequence& owner, function<void(status)> done)
      : owner_(owner), done_(std::move(done)) {}
  void finish() override {
    owner_.size = size_after_;
    done_(std::move(outcome_));
  }

 protected:
  // Remembers what size() reports once this is told.
  void settle(status outcome) {
    outcome_ = std::move(outcome);
    size_after_ = owner_.disk.size();
  }
  file_sequence& owner_;  // alive as long as one of its steps
  status outcome_;

 private:
  std::uint64_t size_after_ = 0;
  function<void(status)> done_;
};

class append_step final : public status_step {
 public:
  append_step(file_sequence& owner, function<void(status)> done, slice bytes, durability when)
      : status_step(owner, std::move(done)), bytes_(std::move(bytes)), when_(when) {}
  [[nodiscard]] bool is_append() const override { return true; }
  [[nodiscard]] bool wants_sync() const override {
    return when_ == durability::synced && outcome_.ok();
  }
  void sync_failed(const failure& why) override {
    if (wants_sync()) outcome_ = why;
  }
  void run() override { settle(owner_.disk.append(bytes_.view())); }
  void finish() override {
    owner_.bytes_under_way -= bytes_.size();
    status_step::finish();
  }

 private:
  slice bytes_;
  durability when_;
};

class refused_step final : public status_step {
 public:
  using status_step::status_step;
  void finish() override {
    owner_.refused_untold -= 1;
    status_step::finish();
  }
  void run() override { settle(too_much()); }
};

class truncate_step final : public status_step {
 public:
  truncate_step(file_sequence& owner, function<void(status)> done, std::uint64_t size)
      : status_step(owner, std::move(done)), size_(size) {}
  void run() override { settle(owner_.disk.truncate(size_)); }

 private:
  std::uint64_t size_;
};

class sync_step final : public status_step {
 public:
  using status_step::status_step;
  void run() override { settle(owner_.disk.sync()); }
};

struct read_request {
  std::uint64_t offset;
  std::size_t size;
  bool refused;
};

class read_step final : public file_step {
 public:
  read_step(file_sequence& owner, read_request request, function<void(result<slice>)> done)
      : owner_(owner), request_(request), done_(std::move(done)) {}
  void run() override {
    if (!request_.refused) outcome_ = owner_.disk.read(request_.offset, request_.size);
  }
  void finish() override { done_(std::move(outcome_)); }

 private:
  file_sequence& owner_;
  read_request request_;
  result<slice> outcome_ = too_much();
  function<void(result<slice>)> done_;
};

file_step& as_file_step(const step_ptr& step) {
  return static_cast<file_step&>(*step);
}

}  // namespace

bool file_sequence::takes(std::size_t bytes) {
  // A single append above the bound is taken when it is alone: it could never be written otherwise.
  const bool full =
      waiting() >= steps_max || (bytes_under_way > 0 && bytes_under_way + bytes > bytes_max);
  if (full || refused_untold > 0) {
    ++refused_untold;
    return false;
  }
  bytes_under_way += bytes;
  return true;
}

void file_sequence::run_batch(std::span<step_ptr> batch) {
  for (std::size_t i = 0; i < batch.size();) {
    const std::size_t first = i;
    bool wants_sync = false;
    do {
      batch[i]->run();
      wants_sync = wants_sync || as_file_step(batch[i]).wants_sync();
      ++i;
    } while (i < batch.size() && as_file_step(batch[i - 1]).is_append() &&
             as_file_step(batch[i]).is_append());
    if (!wants_sync) continue;
    const status synced = disk.sync();
    platform_counters::bump(scope_->lane.shared().counters.file_syncs);
    if (synced) continue;
    for (std::size_t k = first; k < i; ++k) as_file_step(batch[k]).sync_failed(synced.error());
  }
}

uv_file::uv_file(uv_scope_ptr scope, os_file opened)
    : sequence_(std::make_shared<file_sequence>(scope, std::move(opened))),
      counted_(scope->plugin.ledger.files) {}

// Adds the step that makes a change, or one that refuses it in its place.
template <class Step, class... Args>
void uv_file::change(std::size_t bytes, function<void(status)> done, Args... args) {
  if (sequence_->takes(bytes))
    sequence_->add(std::make_unique<Step>(*sequence_, std::move(done), std::move(args)...));
  else
    sequence_->add(std::make_unique<refused_step>(*sequence_, std::move(done)));
}

void uv_file::append(slice bytes, durability when, function<void(status)> done) {
  const std::size_t size = bytes.size();
  change<append_step>(size, std::move(done), std::move(bytes), when);
}

void uv_file::truncate(std::uint64_t size, function<void(status)> done) {
  change<truncate_step>(0, std::move(done), size);
}

void uv_file::sync(function<void(status)> done) {
  change<sync_step>(0, std::move(done));
}

void uv_file::read(std::uint64_t offset, std::size_t size, function<void(result<slice>)> done) {
  const bool refused = sequence_->waiting() >= file_sequence::steps_max;
  sequence_->add(std::make_unique<read_step>(*sequence_, read_request{offset, size, refused},
                                             std::move(done)));
}

}  // namespace mw::kernel
