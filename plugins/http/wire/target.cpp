// target: decode once, check every segment, never repair.
// SPDX-License-Identifier: Apache-2.0
#include "wire/target.h"

#include "wire/syntax.h"

#include <mw/toolkit/utf8.h>

namespace mw::http {
namespace {

enum class plus_means : bool { plus, space };

// Decodes %XX exactly once. Control characters and broken UTF-8 have no business in names.
result<std::string> decode(std::string_view text, plus_means plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == plus_means::space) c = ' ';
    if (c == '%') {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return failure(errc::invalid, quoted(text) + " has a '%' without two hexadecimal digits");
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
      return failure(errc::invalid, quoted(text) + " holds a control character");
    out += c;
  }
  if (!is_utf8(out)) return failure(errc::invalid, quoted(text) + " is not UTF-8 when decoded");
  return out;
}

result<std::string> decode_segment(std::string_view text) {
  MW_TRY(std::string segment, decode(text, plus_means::plus));
  if (segment.empty())
    return failure(errc::invalid, "the path has an empty segment ('//'): write one slash");
  if (segment == "." || segment == "..")
    return failure(errc::invalid, "the path climbs with " + quoted(text) + ": write it resolved");
  if (segment.find_first_of("/\\") != std::string::npos)
    return failure(errc::invalid, "the path segment " + quoted(text) + " hides a slash");
  return segment;
}

result<std::string> parse_path(std::string_view text) {
  if (!text.starts_with('/'))
    return failure(errc::invalid, "the path " + quoted(text) + " does not begin with '/'");
  text.remove_prefix(1);
  if (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  std::string path;
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    MW_TRY(const std::string segment, decode_segment(text.substr(0, slash)));
    path += '/';
    path += segment;
    if (slash == std::string_view::npos) break;
    text.remove_prefix(slash + 1);
    if (text.empty()) return decode_segment(text);  // "//" at the end
  }
  if (path.empty()) path = "/";
  return path;
}

}  // namespace

result<target> parse_target(std::string_view text) {
  const std::size_t mark = text.find('?');
  MW_TRY(std::string path, parse_path(text.substr(0, mark)));
  target parsed{std::move(path), {}};
  std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (pair.empty()) continue;
    if (parsed.query.size() == query_parameters_max)
      return failure(errc::invalid, "there are too many query parameters; the limit is " +
                                        std::to_string(query_parameters_max));
    const std::size_t equals = pair.find('=');
    MW_TRY(std::string name, decode(pair.substr(0, equals), plus_means::space));
    const std::string_view raw = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
    MW_TRY(std::string value, decode(raw, plus_means::space));
    parsed.query.emplace_back(std::move(name), std::move(value));
  }
  return parsed;
}

}  // namespace mw::http
