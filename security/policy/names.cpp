// names: one pass checks and cuts; a byte that is not of the kind ends it.
// SPDX-License-Identifier: Apache-2.0
#include "names.h"

#include "common/spiffe/spiffe_id.h"

#include <mw/toolkit/hash.h>

#include <cstring>

namespace mw::access_policy {
namespace {

constexpr std::uint8_t in_service = 1;
constexpr std::uint8_t in_page = 2;
constexpr std::uint8_t in_plain = 4;
constexpr std::uint8_t in_path = 8;

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&](std::string_view characters, std::uint8_t where) {
    for (const char c : characters) {
      auto& entry = classes[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | where);
    }
  };
  constexpr std::uint8_t all = in_service | in_page | in_plain | in_path;
  add("abcdefghijklmnopqrstuvwxyz0123456789_-", all);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", in_path);
  add(".", in_page | in_plain | in_path);
  add("~", in_page);
  add("@:", in_plain);
  return classes;
}
constexpr std::array<std::uint8_t, 256> classes = make_classes();

void push(segments& into, std::string_view text) noexcept {
  if (into.count == depth_max) {
    into.deeper = true;
    return;
  }
  into.each[into.count++] = {text, hash_of(text)};
}

bool dots_alone(std::string_view text) noexcept {
  return text == "." || text == "..";
}

// Segments of `wanted` characters between `separator`; none may be empty.
bool cut(std::string_view rest, char separator, std::uint8_t wanted, segments& into) noexcept {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= rest.size(); ++i) {
    if (i < rest.size() && rest[i] != separator) {
      if ((classes[static_cast<unsigned char>(rest[i])] & wanted) == 0) return false;
      continue;
    }
    const std::string_view text = rest.substr(begin, i - begin);
    if (text.empty() || dots_alone(text)) return false;
    push(into, text);
    begin = i + 1;
  }
  return true;
}

bool split_plain(std::string_view name, segments& into) noexcept {
  if (name == self_subject)
    name = "self";
  else if (name.empty())
    name = "anonymous";
  else if (name == "self" || name == "anonymous")
    return false;
  if (name.size() > resource_size_max) return false;
  for (const char c : name)
    if ((classes[static_cast<unsigned char>(c)] & in_plain) == 0) return false;
  // No trust domain is empty: plain names are in a world of their own.
  push(into, {});
  push(into, name);
  return true;
}

bool split_subject(std::string_view name, segments& into) noexcept {
  if (!name.starts_with(spiffe::scheme)) return split_plain(name, into);
  if (name.size() > spiffe::id_size_max) return false;
  name.remove_prefix(spiffe::scheme.size());
  const std::size_t slash = name.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash > spiffe::domain_size_max)
    return false;
  for (const char c : name.substr(0, slash))
    if (!spiffe::is_domain_character(c)) return false;
  push(into, name.substr(0, slash));
  return cut(name.substr(slash + 1), '/', in_path, into);
}

}  // namespace

std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = text.size() + 1;
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
    text.remove_prefix(sizeof word);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return hash_bits(hash ^ rest);
}

bool split(name_kind kind, std::string_view name, segments& into) noexcept {
  into.count = 0;
  into.deeper = false;
  if (kind == name_kind::subject) return split_subject(name, into);
  if (name.empty() || name.size() > resource_size_max) return false;
  if (kind == name_kind::service) return cut(name, '.', in_service, into);
  if (name.front() != '/') return false;
  return name.size() == 1 || cut(name.substr(1), '/', in_page, into);
}

}  // namespace mw::access_policy
