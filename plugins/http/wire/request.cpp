// request: look-ups in a parsed request.
// SPDX-License-Identifier: Apache-2.0
#include "wire/request.h"

#include "wire/syntax.h"

#include <algorithm>
#include <array>

namespace mw::http {
namespace {

constexpr std::array<std::string_view, 7> verb_names{"GET",    "HEAD",  "POST",   "PUT",
                                                     "DELETE", "PATCH", "OPTIONS"};

// What an idle connection may keep allocated; a larger request gives its memory back.
constexpr std::size_t kept_bytes_max = 256;

void recycle(std::string& text) {
  if (text.capacity() > kept_bytes_max)
    std::string().swap(text);
  else
    text.clear();
}

}  // namespace

std::string_view to_string(verb method) noexcept {
  return verb_names[static_cast<std::size_t>(method)];
}

std::optional<verb> parse_verb(std::string_view name) noexcept {
  const auto* const at = std::find(verb_names.begin(), verb_names.end(), name);
  if (at == verb_names.end()) return std::nullopt;
  return static_cast<verb>(at - verb_names.begin());
}

std::string_view request::header(std::string_view name) const {
  for (const field_place& each : fields_)
    if (equals_ignoring_case(view(each.name), name)) return view(each.value);
  return {};
}

std::size_t request::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      fields_.begin(), fields_.end(),
      [&](const field_place& each) { return equals_ignoring_case(view(each.name), name); }));
}

std::pair<std::string_view, std::string_view> request::field_at(std::size_t index) const {
  return {view(fields_[index].name), view(fields_[index].value)};
}

void request::clear() {
  method = verb::get;
  minor_version = 1;
  keep_alive = true;
  expects_continue = false;
  wants_upgrade = false;
  recycle(head_);
  recycle(body_);
  if (fields_.capacity() * sizeof(field_place) > kept_bytes_max)
    std::vector<field_place>().swap(fields_);
  else
    fields_.clear();
  target_ = {};
  host_ = {};
}

}  // namespace mw::http
