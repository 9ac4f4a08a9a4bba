// http_client: HTTP/1.0, so that the end of the connection is the end of the answer.
// SPDX-License-Identifier: Apache-2.0
#include "http_client.h"

#include "event_stream.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace mw::kernel::cli {
namespace {

constexpr std::size_t answer_max = std::size_t{64} << 20U;
constexpr std::size_t head_max = std::size_t{64} << 10U;

deadline in(duration limit) {
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<deadline::duration>(limit);
}

std::string request_text(const http_question& what, std::string_view accept) {
  const std::string path = what.to.path.empty() ? "/" : what.to.path;
  std::string text = (what.post ? "POST " : "GET ") + path +
                     " HTTP/1.0\r\nHost: " + host_line(what.to) +
                     "\r\nAccept: " + std::string(accept) + "\r\nUser-Agent: mw\r\n";
  if (!what.token.empty()) text += "Authorization: Bearer " + what.token + "\r\n";
  if (what.post) {
    text += "X-Meshwright: 1\r\nContent-Length: " + std::to_string(what.body.size()) + "\r\n";
    if (!what.body.empty()) text += "Content-Type: application/json\r\n";
  }
  return text + "\r\n" + what.body;
}

// Reads once more into `text`; false: there is nothing more.
result<bool> read_more(byte_pipe& from, std::string& text, deadline until) {
  std::array<char, 16384> part{};
  MW_TRY(const std::size_t count, from.read(part, until));
  text.append(part.data(), count);
  return count > 0;
}

result<std::string> read_all(byte_pipe& from, std::string text, deadline until) {
  while (text.size() <= answer_max) {
    MW_TRY(const bool more, read_more(from, text, until));
    if (!more) return text;
  }
  return failure(errc::overloaded, "the answer is longer than 64 MiB");
}

bool equal_but_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// The value of the header field `name` in the lines of a head.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (colon < line.size() && equal_but_case(line.substr(0, colon), name)) {
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return std::nullopt;
}

bool is_stream(std::string_view head) {
  return head.substr(std::min<std::size_t>(9, head.size()), 3) == "200" &&
         field(head, "content-type").value_or("").starts_with("text/event-stream");
}

}  // namespace

result<http_answer> parse_http_answer(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || end == std::string_view::npos || text.size() < 12)
    return failure(errc::invalid, "the answer is not HTTP");
  http_answer out;
  const std::string_view code = text.substr(9, 3);
  const auto [stopped, error] = std::from_chars(code.data(), code.data() + code.size(), out.status);
  if (error != std::errc() || stopped != code.data() + code.size())
    return failure(errc::invalid, "the answer is not HTTP");
  out.body = text.substr(end + 4);
  const auto length = field(text.substr(0, end), "content-length");
  if (length && *length != std::to_string(out.body.size()))
    return failure(errc::disconnected, "the answer broke off");
  return out;
}

result<http_answer> ask_http(const http_question& what, duration limit) {
  const deadline until = in(limit);
  MW_TRY(const auto way, open_pipe(what.to, what.files, until));
  MW_CHECK(way->write(request_text(what, "application/json"), until));
  MW_TRY(const std::string text, read_all(*way, {}, until));
  return parse_http_answer(text);
}

result<http_answer> follow_http(
    const http_question& what, duration limit,
    const function<bool(std::string_view event, std::string_view data)>& each) {
  MW_TRY(const auto way, open_pipe(what.to, what.files, in(limit)));
  MW_CHECK(way->write(request_text(what, "text/event-stream"), in(limit)));
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos) {
    if (text.size() > head_max) return failure(errc::invalid, "the answer is not HTTP");
    MW_TRY(const bool more, read_more(*way, text, in(limit)));
    if (!more) return parse_http_answer(text);
  }
  const std::size_t end = text.find("\r\n\r\n");
  if (!is_stream(std::string_view(text).substr(0, end))) {
    MW_TRY(const std::string whole, read_all(*way, std::move(text), in(limit)));
    return parse_http_answer(whole);
  }
  event_stream events;
  text.erase(0, end + 4);
  while (true) {
    MW_TRY(const bool goes_on, events.feed(text, each));
    text.clear();
    if (!goes_on) return http_answer{200, {}};
    MW_TRY(const bool more, read_more(*way, text, in(limit)));
    if (!more) return http_answer{200, {}};
  }
}

}  // namespace mw::kernel::cli
