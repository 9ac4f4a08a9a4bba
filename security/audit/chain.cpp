// chain: the form is fixed, so that it is read without a JSON parser and in one way only.
// SPDX-License-Identifier: Apache-2.0
#include "chain.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <charconv>

namespace mw::audit_log {
namespace {

constexpr std::string_view before_number = R"({"n":)";
constexpr std::string_view before_hash = R"(,"hash":")";
constexpr std::string_view after_hash = R"("})";
constexpr std::size_t tail_size = before_hash.size() + 64 + after_hash.size();
constexpr std::string_view opening_mark = R"("what":"audit.opened","after":")";
constexpr std::string_view before_torn = R"(","torn":)";

// A decimal number without leading zeros; `text` loses it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc()) return std::nullopt;
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (digits > 1 && text.front() == '0') return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

}  // namespace

digest256 hash_after(const digest256& before, std::string_view body) {
  std::string whole(as_text(before));
  whole += body;
  return sha256(as_bytes(whole));
}

std::string seal(head& at, std::string_view fields) {
  std::string line = std::string(before_number) + std::to_string(at.number + 1) + ",";
  line += fields;
  at = {at.number + 1, hash_after(at.hash, line)};
  line += before_hash;
  line += hex_of(at.hash);
  line += after_hash;
  return line + "\n";
}

std::optional<record> read_record(std::string_view line) {
  if (line.size() <= before_number.size() + tail_size || line.size() > line_max)
    return std::nullopt;
  const std::string_view tail = line.substr(line.size() - tail_size);
  record out;
  out.body = line.substr(0, line.size() - tail_size);
  const auto hash = digest_from_hex(tail.substr(before_hash.size(), 64));
  if (!hash || !tail.starts_with(before_hash) || !tail.ends_with(after_hash)) return std::nullopt;
  out.hash = *hash;
  std::string_view rest = out.body;
  if (!rest.starts_with(before_number)) return std::nullopt;
  rest.remove_prefix(before_number.size());
  const auto number = take_number(rest);
  if (!number || !rest.starts_with(',')) return std::nullopt;
  out.number = *number;
  return out;
}

std::string opening_fields(const opening& o, std::string_view at, std::string_view node) {
  std::string out(opening_mark);
  out += hex_of(o.after);
  out += before_torn;
  out += std::to_string(o.torn) + R"(,"at":)";
  return out + json_writer().value(at).take() + R"(,"node":)" + json_writer().value(node).take();
}

std::optional<opening> read_opening(std::string_view line) {
  std::string_view rest = line.substr(std::min(line.find(',') + 1, line.size()));
  if (!rest.starts_with(opening_mark)) return std::nullopt;
  rest.remove_prefix(opening_mark.size());
  opening out;
  const auto after = digest_from_hex(rest.substr(0, 64));
  if (!after) return std::nullopt;
  out.after = *after;
  rest.remove_prefix(64);
  if (!rest.starts_with(before_torn)) return std::nullopt;
  rest.remove_prefix(before_torn.size());
  const auto torn = take_number(rest);
  if (!torn || !rest.starts_with(',')) return std::nullopt;
  out.torn = *torn;
  return out;
}

std::string to_string(const head& h) {
  return std::to_string(h.number) + ":" + hex_of(h.hash);
}

std::optional<head> parse_head(std::string_view text) {
  const auto number = take_number(text);
  if (!number || !text.starts_with(':')) return std::nullopt;
  const auto hash = digest_from_hex(text.substr(1));
  if (!hash) return std::nullopt;
  return head{*number, *hash};
}

}  // namespace mw::audit_log
