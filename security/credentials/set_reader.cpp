// set_reader: a chain of callbacks through host.files().
// SPDX-License-Identifier: Apache-2.0
#include "set_reader.h"

#include "common/x509/pem.h"

#include <array>
#include <utility>

namespace mw::creds {

void set_reader::read(function<void(candidate)> done) {
  busy_ = true;
  at_ = 0;
  found_ = {};
  if (what_.crl || !what_.pem.crl.empty()) found_.crl.emplace();
  done_ = std::move(done);
  next();
}

void set_reader::next() {
  struct part {
    const std::optional<file_path>& path;
    const secret& text;
    source_text* into;
    std::string_view name;
  };
  const std::array parts{
      part{what_.cert, what_.pem.cert, &found_.cert, "pem.cert"},
      part{what_.key, what_.pem.key, &found_.key, "pem.key"},
      part{what_.ca, what_.pem.ca, &found_.ca, "pem.ca"},
      part{what_.crl, what_.pem.crl, found_.crl ? &*found_.crl : nullptr, "pem.crl"}};
  while (at_ < parts.size()) {
    const part& one = parts[at_++];
    if (one.into == nullptr) continue;
    one.into->name = one.path ? one.path->text : std::string(one.name);
    if (one.path) return open(*one.path, *one.into);
    one.into->text = one.text.reveal();
  }
  busy_ = false;
  const auto done = std::exchange(done_, {});
  done(std::exchange(found_, {}));
}

void set_reader::open(const file_path& path, source_text& into) {
  host_.files().open(path, open_mode::read, [this, &into](result<file_ptr> opened) {
    if (!opened) return failed(into, opened.error());
    file_ = std::move(*opened);
    into.readers = file_->readers();
    // One byte more than allowed shows that it is too long.
    file_->read(0, x509::file_bytes_max + 1, [this, &into](const result<slice>& content) {
      if (!content) return failed(into, content.error());
      if (content->size() > x509::file_bytes_max)
        into.unread = {x509::refusal::file_too_large, {}, {}};
      else
        into.text = content->text();
      next();
    });
  });
}

void set_reader::failed(source_text& into, const failure& why) {
  into.unread = {x509::refusal::file_unreadable, {}, why.text()};
  next();
}

}  // namespace mw::creds
