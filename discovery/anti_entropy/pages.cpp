// pages: JSON, or text for `mw state`.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include "core/wire_entry.h"

#include <mw/toolkit/json_writer.h>
#include <mw/toolkit/utf8.h>

#include <charconv>
#include <utility>

namespace mw::anti_entropy {

namespace {

constexpr std::size_t lines_max = 1000;
constexpr std::string_view rank_names[] = {"newcomer", "stranger", "resident"};

std::string hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

std::string as_hex(std::uint64_t number) {
  std::string bytes;
  put(bytes, number);
  return hex(bytes);
}

bool is_printable(std::string_view value) {
  if (!is_utf8(value)) return false;
  for (const char c : value)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

std::string shown(std::string_view value) {
  return is_printable(value) ? std::string(value) : "hex:" + hex(value);
}

void put_entry(json_writer& out, const entry& one) {
  out.begin_object().key("name").value(one.name).key("kind").value(to_string(one.kind));
  out.key("writers").value(one.writers());
  if (one.kind == entry_kind::counter) {
    out.key("value").value(sum_of(one.sums)).end_object();
    return;
  }
  out.key("removed").value(one.removed()).key("values").begin_array();
  for (const sibling& s : one.held.values) {
    out.begin_object().key("node").value(s.by.node);
    out.key(is_printable(s.value) ? "text" : "hex");
    out.value(is_printable(s.value) ? s.value : hex(s.value)).end_object();
  }
  out.end_array().end_object();
}

std::string line_of(const entry& one) {
  std::string out = one.name;
  if (one.kind == entry_kind::counter)
    return out + "  counter  " + std::to_string(sum_of(one.sums)) + "\n";
  out += one.removed() ? "  removed" : "  register";
  for (const sibling& s : one.held.values) out += "  " + shown(s.value);
  if (one.held.values.size() > 1)
    out += "  (" + std::to_string(one.held.values.size()) + " siblings)";
  return out + "\n";
}

bool wants_text(const admin_request& request) {
  return !request.parameter("text").empty();
}

admin_response plain(std::string text) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(text)};
}

admin_response done(const admin_request& request, const status& outcome) {
  if (!outcome) return admin_failure(outcome.error());
  if (wants_text(request)) return plain("done\n");
  return {.status = 200, .body = R"({"done":true})"};
}

}  // namespace

pages::pages(host& node, agent& of)
    : node_(node),
      agent_(of),
      prefix_(node.name() == "state" ? "/state" : "/state/" + std::string(node.name())) {
  offer("", "The shared state: all entries, those below prefix=, or the one of name=.",
        admin_kind::read, &pages::show);
  offer("/set", "Set a register: name, value.", admin_kind::action, &pages::set);
  offer("/remove", "Remove a register: name.", admin_kind::action, &pages::remove);
  offer("/add", "Add to a counter: name, delta.", admin_kind::action, &pages::add);
}

void pages::offer(std::string_view path, std::string_view summary, admin_kind kind,
                  admin_response (pages::*what)(const admin_request&)) {
  offers_.push_back(
      node_.admin().offer({prefix_ + std::string(path), std::string(summary), kind},
                          [this, what](const admin_request& request, const admin_reply& reply) {
                            reply((this->*what)(request));
                          }));
}

admin_response pages::show(const admin_request& request) {
  const std::string_view name = request.parameter("name");
  return name.empty() ? list(wants_text(request), request.parameter("prefix"))
                      : one(wants_text(request), name);
}

admin_response pages::list(bool text, std::string_view prefix) const {
  const table& all = agent_.entries();
  std::vector<const entry*> found;
  std::size_t left_out = 0;
  for (const entry* const one : all.all()) {
    if (!one->name.starts_with(prefix)) continue;
    if (found.size() < lines_max)
      found.push_back(one);
    else
      ++left_out;
  }
  if (text) {
    std::string out;
    for (const entry* const one : found)
      if (!one->removed()) out += line_of(*one);
    if (left_out > 0) out += "... and " + std::to_string(left_out) + " more: ask for a prefix\n";
    return plain(out.empty() ? "no entries\n" : out);
  }
  json_writer out;
  out.begin_object().key("entries").value(all.size()).key("bytes").value(all.bytes());
  out.key("tombstones").value(all.removals()).key("siblings").value(all.with_siblings());
  out.key("peers").value(agent_.peers());
  out.key("standing").value(rank_names[static_cast<std::size_t>(agent_.place())]);
  out.key("digest").value(as_hex(all.digests_tree().root()));
  out.key("life").value(as_hex(all.self().life)).key("left_out").value(left_out);
  out.key("list").begin_array();
  for (const entry* const one : found) put_entry(out, *one);
  return {.status = 200, .body = out.end_array().end_object().take()};
}

// A name may be that of a register and of a counter: both are shown.
admin_response pages::one(bool text, std::string_view name) const {
  json_writer out;
  std::string lines;
  out.begin_array();
  bool any = false;
  for (const entry_kind kind : {entry_kind::value, entry_kind::counter}) {
    const entry* const there = agent_.entries().find(kind, name);
    if (there == nullptr || there->removed()) continue;
    any = true;
    put_entry(out, *there);
    if (kind == entry_kind::counter) lines += std::to_string(sum_of(there->sums)) + "\n";
    for (const sibling& s : there->held.values) lines += shown(s.value) + "\n";
  }
  if (!any)
    return admin_failure({errc::not_found, "the shared state has no entry " + std::string(name)});
  return text ? plain(lines) : admin_response{.status = 200, .body = out.end_array().take()};
}

admin_response pages::set(const admin_request& request) {
  return done(request, agent_.set(request.parameter("name"), as_bytes(request.parameter("value"))));
}

admin_response pages::remove(const admin_request& request) {
  return done(request, agent_.remove(request.parameter("name")));
}

admin_response pages::add(const admin_request& request) {
  const std::string_view text = request.parameter("delta");
  std::int64_t delta = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), delta);
  if (error != std::errc() || end != text.data() + text.size())
    return admin_failure({errc::invalid, "delta is '" + std::string(text) +
                                             "': it takes a whole number, such as 1 or -5"});
  const auto sum = agent_.add(request.parameter("name"), delta);
  if (!sum) return admin_failure(sum.error());
  if (wants_text(request)) return plain(std::to_string(*sum) + "\n");
  return {.status = 200, .body = R"({"value":)" + std::to_string(*sum) + "}"};
}

}  // namespace mw::anti_entropy
