// calling_card: open, append, rename; then the same for the other file.
// SPDX-License-Identifier: Apache-2.0
#include "gate/calling_card.h"

#include <utility>

namespace mw::http {
namespace {

file_path beside(const file_path& path) {
  return {path.text + ".new"};
}

}  // namespace

calling_card::calling_card(host& h, content what) : host_(h), what_(std::move(what)) {}

file_path calling_card::address_file(const file_path& token_file) {
  constexpr std::string_view ending = ".token";
  std::string text = token_file.text;
  if (text.ends_with(ending)) text.resize(text.size() - ending.size());
  return {text + ".address"};
}

// The address comes last: who finds it finds the token that belongs to it.
void calling_card::write(function<void(status)> done) {
  done_ = std::move(done);
  pages_ = {{address_file(what_.token_file), what_.address + "\n"}};
  if (!what_.token.empty()) {
    pages_.push_back({what_.token_file, what_.token + "\n"});
    return write_next();
  }
  // One of an earlier start would only mislead.
  host_.files().remove(what_.token_file, [this](const status&) { write_next(); });
}

void calling_card::write_next() {
  if (pages_.empty()) return finish({});
  host_.files().open(beside(pages_.back().at), open_mode::create_private,
                     [this](result<file_ptr> opened) {
                       if (!opened) return finish(std::move(opened).error());
                       file_ = std::move(opened).value();
                       file_->append(slice::copy_of(pages_.back().text), durability::buffered,
                                     [this](status how) { put_in_place(std::move(how)); });
                     });
}

void calling_card::put_in_place(status written) {
  file_.reset();
  if (!written) return finish(written);
  host_.files().rename(beside(pages_.back().at), pages_.back().at, [this](const status& renamed) {
    if (!renamed) return finish(renamed);
    pages_.pop_back();
    write_next();
  });
}

void calling_card::finish(const status& how) {
  if (how) return std::exchange(done_, nullptr)({});
  const failure& why = how.error();
  std::exchange(done_, nullptr)(
      failure(why.kind(), "the token of the admin pages cannot be kept: " + why.text() +
                              "; let this user write the data directory, or choose another "
                              "`token_file`"));
}

void calling_card::remove(function<void()> done) {
  removed_ = std::move(done);
  host_.files().remove(address_file(what_.token_file), [this](const status&) {
    host_.files().remove(what_.token_file,
                         [this](const status&) { std::exchange(removed_, nullptr)(); });
  });
}

}  // namespace mw::http
