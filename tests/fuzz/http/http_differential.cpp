// http_differential: our request parser beside llhttp; every difference in verdict is listed.
// SPDX-License-Identifier: Apache-2.0
// links: http_objects llhttp_oracle
#include "wire/request_parser.h"

#include <mw/assert.h>

#include <llhttp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace {

enum class verdict : std::uint8_t { more, accepted, refused };

struct reading {
  verdict said = verdict::more;
  std::string why;  // of a refusal
  std::size_t consumed = 0;
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> fields;
  bool keep_alive = false;
};

constexpr mw::http::request_limits limits;

reading read_ours(std::string_view bytes) {
  mw::http::request_parser parser(limits);
  reading out;
  auto event = mw::http::parse_event::more;
  while (event <= mw::http::parse_event::head && out.consumed < bytes.size()) {
    const auto step = parser.feed(bytes.substr(out.consumed));
    out.consumed += step.consumed;
    event = step.event;
  }
  if (event == mw::http::parse_event::refused) {
    out.said = verdict::refused;
    out.why = parser.why().text;
  }
  if (event != mw::http::parse_event::complete) return out;
  const auto& asked = parser.current();
  out.said = verdict::accepted;
  out.method = to_string(asked.method);
  out.target = asked.target();
  out.body = asked.body();
  for (std::size_t i = 0; i < asked.field_count(); ++i) out.fields.emplace_back(asked.field_at(i));
  out.keep_alive = asked.keep_alive;
  return out;
}

reading& of(llhttp_t* parser) {
  return *static_cast<reading*>(parser->data);
}

llhttp_settings_t make_settings() {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_url = [](llhttp_t* p, const char* at, std::size_t size) {
    of(p).target.append(at, size);
    return 0;
  };
  settings.on_header_field = [](llhttp_t* p, const char* at, std::size_t size) {
    auto& fields = of(p).fields;
    // A name follows a complete field or continues the name before it.
    if (fields.empty() || of(p).keep_alive) fields.emplace_back();
    of(p).keep_alive = false;
    fields.back().first.append(at, size);
    return 0;
  };
  settings.on_header_value = [](llhttp_t* p, const char* at, std::size_t size) {
    of(p).fields.back().second.append(at, size);
    return 0;
  };
  settings.on_header_value_complete = [](llhttp_t* p) {
    of(p).keep_alive = true;  // until the end of the message it marks "the last field is complete"
    return 0;
  };
  settings.on_body = [](llhttp_t* p, const char* at, std::size_t size) {
    of(p).body.append(at, size);
    return 0;
  };
  settings.on_message_complete = [](llhttp_t* p) {
    of(p).keep_alive = llhttp_should_keep_alive(p) != 0;
    return static_cast<int>(HPE_PAUSED);
  };
  return settings;
}

reading read_theirs(std::string_view bytes) {
  const llhttp_settings_t settings = make_settings();
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &settings);
  reading out;
  parser.data = &out;
  const llhttp_errno_t error = llhttp_execute(&parser, bytes.data(), bytes.size());
  if (error == HPE_OK) return out;
  if (error == HPE_PAUSED || error == HPE_PAUSED_UPGRADE) {
    out.said = verdict::accepted;
    // It leaves the blanks after a value to its caller.
    for (auto& [name, value] : out.fields) value = mw::http::trim(value);
    out.method = llhttp_method_name(static_cast<llhttp_method_t>(parser.method));
    out.consumed = static_cast<std::size_t>(llhttp_get_error_pos(&parser) - bytes.data());
    return out;
  }
  out.said = verdict::refused;
  out.why = std::string(llhttp_errno_name(error)) + ": " + llhttp_get_error_reason(&parser);
  return out;
}

// Where we refuse what llhttp accepts: each line is a deliberate choice, named by words of the
// refusal.
constexpr std::array stricter{
    "limit is",                 // llhttp leaves every bound to its caller
    "is not implemented",       // it knows 34 methods; seven have a meaning here
    "is not HTTP/1.0 or",       // it lets HTTP/0.9 and HTTP/2.0 through
    "is not 'HTTP/1.1'",        // it skips repeated blanks in the request line
    "is not 'METHOD target",    // it reads a line without version as HTTP/0.9
    "needs a Host",             // RFC 9112 §3.2 asks servers to refuse these three
    "more than one Host",       //
    "host[:port]",              //
    "and the target's host",    // an absolute target must agree with Host
    "two empty lines",          // it skips any number of line ends before a request
    "is not a token",           // it allows white space between name and colon
    "white space",              // it unfolds obs-fold
    "bare line feed",           // it allows it after the version, after chunk sizes and in trailers
    "must be encoded",          // bytes above 0x7F, '#', '"' and controls in targets
    "does not begin with '/'",  // "GET *", "GET host:1", schemes other than http
    "a tab in",                 // it reads a tab before a length
    "not a decimal number",     // it tolerates blanks inside
    "more than one Transfer",   // RFC 9112 §6.1: one coding, once
    "'chunked' alone",          // it forwards "gzip, chunked" to its caller
    "has no Transfer-Encoding",  // RFC 9112 §6.1: faulty framing in HTTP/1.0
    "needs a Content-Length",    // it guesses zero for HTTP/1.0 POST
    "'100-continue'",            // unknown expectations are left to its caller
    "may not come as a trailer",
    "16 digits",
    "chunk extension",  // it allows blanks, and some lists
};

bool is_stricter(const std::string& why) {
  return std::any_of(stricter.begin(), stricter.end(),
                     [&](const char* words) { return why.find(words) != std::string::npos; });
}

[[noreturn]] void differ(std::string_view bytes, const reading& ours, const reading& theirs,
                         const char* what) {
  std::fprintf(stderr, "\n%s\nours: %d %s consumed %zu\nllhttp: %d %s consumed %zu\ninput:\n%.*s\n",
               what, static_cast<int>(ours.said), ours.why.c_str(), ours.consumed,
               static_cast<int>(theirs.said), theirs.why.c_str(), theirs.consumed,
               static_cast<int>(bytes.size()), bytes.data());
  MW_ASSERT(false, "the two parsers read the same bytes the same way");
  __builtin_unreachable();
}

void compare_accepted(std::string_view bytes, const reading& ours, const reading& theirs) {
  if (ours.method != theirs.method) differ(bytes, ours, theirs, "methods differ");
  // An absolute target is reduced to its path here.
  const bool same_target =
      ours.target == theirs.target || theirs.target.ends_with(ours.target) || ours.target == "/";
  if (!same_target) differ(bytes, ours, theirs, "targets differ");
  if (ours.consumed != theirs.consumed) differ(bytes, ours, theirs, "ends differ");
  if (ours.body != theirs.body) differ(bytes, ours, theirs, "bodies differ");
  if (ours.fields.size() > theirs.fields.size()) differ(bytes, ours, theirs, "fields differ");
  for (std::size_t i = 0; i < ours.fields.size(); ++i)
    if (ours.fields[i] != theirs.fields[i]) differ(bytes, ours, theirs, "fields differ");
  // It does not see a connection option that a tab follows.
  const bool tabs = bytes.substr(0, ours.consumed).find('\t') != std::string_view::npos;
  if (!tabs && ours.keep_alive != theirs.keep_alive)
    differ(bytes, ours, theirs, "keep-alive differs");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // Each request of a pipeline begins where both agree that the one before it ended.
  while (!bytes.empty()) {
    const reading ours = read_ours(bytes);
    const reading theirs = read_theirs(bytes);
    if (ours.said == verdict::refused && theirs.said == verdict::accepted && !is_stricter(ours.why))
      differ(bytes, ours, theirs, "refused by us alone, for a reason that is not listed");
    if (ours.said == verdict::accepted && theirs.said != verdict::accepted)
      differ(bytes, ours, theirs, "accepted by us alone");
    if (ours.said == verdict::more && theirs.said == verdict::accepted)
      differ(bytes, ours, theirs, "llhttp sees the end earlier");
    if (ours.said != verdict::accepted) break;
    compare_accepted(bytes, ours, theirs);
    bytes.remove_prefix(ours.consumed);
  }
  return 0;
}
