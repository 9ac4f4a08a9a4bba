// diagnostic: the bounded collector.
// SPDX-License-Identifier: Apache-2.0
#include "diagnostic.h"

#include <algorithm>
#include <tuple>

namespace mw::kernel {

diagnostic& diagnostic::noting(std::string text, span place) {
  notes.push_back({.message = std::move(text), .where = place});
  return *this;
}

diagnostic& diagnostics::error(std::string_view code, const span& where, std::string message) {
  return add(severity::error, code, where, std::move(message));
}

diagnostic& diagnostics::warning(std::string_view code, const span& where, std::string message) {
  return add(severity::warning, code, where, std::move(message));
}

diagnostic& diagnostics::add(severity level, std::string_view code, const span& where,
                             std::string message) {
  ignored_ = {};
  std::size_t& count = level == severity::error ? errors_ : warnings_;
  if (items_.size() >= cap_) {
    ++count;
    ++left_out_;
    return ignored_;
  }
  // A place reached twice, as through an alias, is still one mistake.
  const bool repeated = std::any_of(items_.begin(), items_.end(), [&](const diagnostic& old) {
    return old.code == code && old.where == where && old.message == message;
  });
  if (repeated) return ignored_;
  ++count;
  diagnostic& added = items_.emplace_back();
  added.code = code;
  added.level = level;
  added.where = where;
  added.message = std::move(message);
  return added;
}

std::vector<diagnostic> diagnostics::sorted() const {
  std::vector<diagnostic> out = items_;
  std::stable_sort(out.begin(), out.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::tie(a.where.source, a.where.line, a.where.column) <
           std::tie(b.where.source, b.where.line, b.where.column);
  });
  return out;
}

}  // namespace mw::kernel
