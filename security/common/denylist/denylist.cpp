// denylist: entries in order, and who is found among them.
// SPDX-License-Identifier: Apache-2.0
#include "denylist.h"

#include "entry_form.h"

#include <algorithm>
#include <utility>

namespace mw::denylist {
namespace {

constexpr std::size_t serial_digits_max = 64;
constexpr std::size_t fingerprint_digits = 64;
constexpr std::string_view scheme = "spiffe://";

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
  return text.starts_with(scheme) && text.size() > scheme.size() &&
         text.size() <= value_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool before(const entry& a, entry_kind kind, std::string_view value) {
  return a.kind != kind ? a.kind < kind : a.value < value;
}

auto place_of(const std::vector<entry>& entries, entry_kind kind, std::string_view value) {
  return std::lower_bound(
      entries.begin(), entries.end(), value,
      [kind](const entry& a, std::string_view b) { return before(a, kind, b); });
}

const entry* find_one(const list& in, entry_kind kind, std::string_view value) {
  if (value.empty()) return nullptr;
  const auto at = place_of(in.entries, kind, value);
  return at != in.entries.end() && at->kind == kind && at->value == value ? &*at : nullptr;
}

}  // namespace

bool has_form(entry_kind kind, std::string_view value) {
  switch (kind) {
    case entry_kind::serial:
      return !value.empty() && value.size() <= serial_digits_max && value.size() % 2 == 0 &&
             is_hex(value);
    case entry_kind::key:
      return value.size() == fingerprint_digits && is_hex(value);
    case entry_kind::id:
      return is_id(value);
  }
  return false;
}

bool is_reason(std::string_view text) {
  return text.size() <= reason_bytes_max && !text.starts_with(' ') && !text.ends_with(' ') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

bool in_order(const entry& a, const entry& b) {
  return before(a, b.kind, b.value);
}

status add(list& to, entry one) {
  if (!has_form(one.kind, one.value))
    return {errc::invalid,
            "'" + one.value.substr(0, 80) +
                "' is no entry: serial takes up to 64 hex digits of whole bytes, key the 64 hex "
                "digits of a SHA-256, id a name such as spiffe://mesh/node/n1"};
  if (!is_reason(one.reason))
    return {errc::invalid, "a reason has at most 128 bytes of printable ASCII"};
  const auto at =
      to.entries.begin() + (place_of(to.entries, one.kind, one.value) - to.entries.cbegin());
  if (at != to.entries.end() && at->kind == one.kind && at->value == one.value) {
    at->reason = std::move(one.reason);
    return {};
  }
  if (to.entries.size() >= entries_max)
    return {errc::overloaded,
            "a deny list has at most 10000 entries: take off what has expired, or "
            "make a new authority"};
  to.entries.insert(at, std::move(one));
  return {};
}

bool remove(list& from, entry_kind kind, std::string_view value) {
  const auto at = place_of(from.entries, kind, value);
  if (at == from.entries.end() || at->kind != kind || at->value != value) return false;
  from.entries.erase(at);
  return true;
}

const entry* find(const list& in, std::string_view serial, std::string_view fingerprint,
                  std::string_view uri) {
  if (const entry* hit = find_one(in, entry_kind::serial, serial)) return hit;
  if (const entry* hit = find_one(in, entry_kind::key, fingerprint)) return hit;
  return find_one(in, entry_kind::id, uri);
}

bool stale(const list& one, wall_time now) {
  return one.expires && now >= *one.expires;
}

result<list> read(std::string_view text, const signers& trusted) {
  MW_TRY(list one, parse(text));
  MW_CHECK(trusted.verify(one));
  return one;
}

}  // namespace mw::denylist
