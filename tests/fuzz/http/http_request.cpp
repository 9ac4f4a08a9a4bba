// http_request: any bytes, cut anywhere, give the same requests or the same refusal; limits hold.
// SPDX-License-Identifier: Apache-2.0
// links: http_objects
#include "wire/request_parser.h"
#include "wire/target.h"

#include <mw/assert.h>
#include <mw/toolkit/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

// Small, so that mutations of small inputs reach them.
constexpr mw::http::request_limits limits{.request_line_bytes = 256,
                                          .header_bytes = 512,
                                          .header_count = 8,
                                          .body_bytes = 512,
                                          .chunk_extension_bytes = 32,
                                          .trailer_bytes = 64,
                                          .trailer_count = 2};

void check_target(std::string_view text) {
  if (!text.starts_with('/')) return;
  const auto parsed = mw::http::parse_target(text);
  if (!parsed) return;
  const std::string framed = parsed->path + '/';
  MW_ASSERT(framed.starts_with('/'), "paths are absolute");
  MW_ASSERT(mw::is_utf8(framed), "paths are UTF-8");
  MW_ASSERT(framed.find("/../") == std::string::npos, "paths do not climb");
  MW_ASSERT(framed.find("/./") == std::string::npos, "paths have one spelling");
  MW_ASSERT(framed.find('\0') == std::string::npos, "paths have no NUL");
  MW_ASSERT(parsed->path == "/" || framed.find("//") == std::string::npos, "no empty segments");
  MW_ASSERT(parsed->query.size() <= mw::http::query_parameters_max, "the query is bounded");
}

void describe(const mw::http::request& asked, std::string& out) {
  out.append(to_string(asked.method)).append(" ").append(asked.target());
  for (std::size_t i = 0; i < asked.field_count(); ++i) {
    const auto [name, value] = asked.field_at(i);
    out.append("\n").append(name).append("=").append(value);
  }
  out.append("\n").append(asked.host()).append("\n").append(asked.body()).append("\n");
  out += asked.keep_alive ? 'k' : 'c';
}

// Everything the parser says about `bytes`, as one text.
std::string parse(std::string_view bytes, std::size_t piece) {
  mw::http::request_parser parser(limits);
  std::string out;
  while (!bytes.empty()) {
    const auto step = parser.feed(bytes.substr(0, piece));
    bytes.remove_prefix(step.consumed);
    if (step.event == mw::http::parse_event::refused) {
      MW_ASSERT(parser.why().status >= 400 && !parser.why().text.empty(), "refusals say why");
      return out + std::to_string(parser.why().status) + parser.why().text;
    }
    if (step.event != mw::http::parse_event::complete) continue;
    const auto& asked = parser.current();
    MW_ASSERT(asked.body().size() <= limits.body_bytes, "the body is bounded");
    MW_ASSERT(asked.field_count() <= limits.header_count, "the head is bounded");
    check_target(asked.target());
    describe(asked, out);
    parser.next();
  }
  return out + (parser.mid_request() ? "unfinished" : "between requests");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = parse(bytes, size);
  MW_ASSERT(parse(bytes, 1) == whole, "single bytes give the same outcome");
  MW_ASSERT(parse(bytes, 5) == whole, "small pieces give the same outcome");
  check_target(bytes);
  return 0;
}
