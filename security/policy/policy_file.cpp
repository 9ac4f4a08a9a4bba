// policy_file: open, read one byte more than allowed, close, wait.
// SPDX-License-Identifier: Apache-2.0
#include "policy_file.h"

#include "document.h"

#include <algorithm>

namespace mw::access_policy {

policy_file::policy_file(host& on, file_path path, duration reload, policy_file_events events)
    : host_(on),
      path_(std::move(path)),
      reload_(reload),
      events_(std::move(events)),
      next_(on.make_timer([this] { read(); })) {}

void policy_file::read() {
  if (reading_) {
    again_ = true;
    return;
  }
  reading_ = true;
  next_->cancel();
  host_.files().open(path_, open_mode::read,
                     [this](result<file_ptr> outcome) { opened(std::move(outcome)); });
}

void policy_file::opened(result<file_ptr> outcome) {
  if (!outcome) return finish(outcome.error());
  file_ = std::move(*outcome);
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(file_->size(), file_max + 1));
  file_->read(0, size, [this](const result<slice>& content) {
    file_.reset();
    finish(content ? result<std::string_view>(content->text()) : content.error());
  });
}

void policy_file::finish(result<std::string_view> outcome) {
  reading_ = false;
  events_.read(std::move(outcome));
  if (std::exchange(again_, false)) return read();
  next_->arm(reload_);
}

}  // namespace mw::access_policy
