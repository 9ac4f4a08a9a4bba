// watched_file: open, read one byte more than allowed, close, wait.
// SPDX-License-Identifier: Apache-2.0
#include "common/watched_file/watched_file.h"

#include <algorithm>
#include <utility>

namespace mw {

watched_file::watched_file(host& on, file_path path, duration every, std::size_t size_max,
                           function<void(const result<std::string_view>&)> read)
    : host_(on),
      path_(std::move(path)),
      every_(every),
      size_max_(size_max),
      read_(std::move(read)),
      next_(on.make_timer([this] { this->read(); })) {}

void watched_file::read() {
  if (reading_) {
    again_ = true;
    return;
  }
  reading_ = true;
  next_->cancel();
  host_.files().open(path_, open_mode::read,
                     [this](result<file_ptr> outcome) { opened(std::move(outcome)); });
}

void watched_file::opened(result<file_ptr> outcome) {
  if (!outcome) return finish(outcome.error());
  file_ = std::move(*outcome);
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(file_->size(), size_max_ + 1));
  file_->read(0, size, [this](const result<slice>& content) {
    file_.reset();
    if (!content) return finish(content.error());
    finish(content->text());
  });
}

void watched_file::finish(const result<std::string_view>& outcome) {
  reading_ = false;
  read_(outcome);
  if (std::exchange(again_, false)) return read();
  next_->arm(every_);
}

}  // namespace mw
