// http_answer: RFC 9112 as a client needs it; what is ambiguous is refused.
// SPDX-License-Identifier: Apache-2.0
#include "http_answer.h"

#include "exchange.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mw::checks {

namespace {

constexpr std::size_t chunk_line_max = 1024;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_name(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           marks.find(c) != std::string_view::npos;
  });
}

// All of `text`, or nothing.
template <class Number>
bool read_number(std::string_view text, Number& into, int base = 10) {
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, into, base);
  return !text.empty() && text.front() != '-' && error == std::errc() && read == end;
}

}  // namespace

answer_state http_answer::refuse(std::string why) {
  why_ = std::move(why);
  phase_ = phase::over;
  return answer_state::refused;
}

answer_state http_answer::whole() {
  phase_ = phase::over;
  return answer_state::whole;
}

bool http_answer::in_body() const {
  return phase_ == phase::sized || phase_ == phase::to_end || phase_ == phase::chunk;
}

answer_state http_answer::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (phase_ == phase::over) return refuse("more bytes than the answer has");
    answer_state now = answer_state::more;
    if (in_body()) {
      now = take_body(bytes, phase_ == phase::to_end ? bytes.size() : left_);
    } else {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      head_bytes_ += part.size() + 1;
      const std::size_t limit = phase_ == phase::chunk_size ? chunk_line_max : head_max;
      if (line_.size() + part.size() > limit || head_bytes_ > head_max)
        return refuse("a head of more than " + std::to_string(head_max) + " bytes");
      line_ += part;
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
      if (end == std::string_view::npos) {
        --head_bytes_;  // the end of the line is still to come
        return answer_state::more;
      }
      if (line_.ends_with('\r')) line_.pop_back();
      now = take_line(std::exchange(line_, {}));
    }
    if (now != answer_state::more) return now;
  }
  return answer_state::more;
}

answer_state http_answer::take_body(std::string_view& in, std::uint64_t limit) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(in.size(), limit));
  const std::size_t kept = std::min(count, body_max_ - body_.size());
  body_ += in.substr(0, kept);
  in.remove_prefix(count);
  left_ -= phase_ == phase::to_end ? 0 : count;
  if (kept < count) {
    phase_ = phase::over;
    return answer_state::cut;
  }
  if (phase_ == phase::sized && left_ == 0) return whole();
  if (phase_ == phase::chunk && left_ == 0) phase_ = phase::chunk_end;
  return answer_state::more;
}

answer_state http_answer::take_line(std::string_view line) {
  switch (phase_) {
    case phase::status_line:
      return take_status_line(line);
    case phase::fields:
      return line.empty() ? fields_end() : take_field(line);
    case phase::chunk_size:
      head_bytes_ -= std::min(head_bytes_, line.size() + 2);  // a long body has many
      return take_chunk_size(line);
    case phase::chunk_end:
      head_bytes_ -= std::min(head_bytes_, line.size() + 2);
      if (!line.empty()) return refuse("a chunk that is longer than it says");
      phase_ = phase::chunk_size;
      return answer_state::more;
    case phase::trailers:
      return line.empty() ? whole() : answer_state::more;
    default:
      return refuse("more bytes than the answer has");
  }
}

answer_state http_answer::take_status_line(std::string_view line) {
  const bool http = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
  const std::string_view code = line.substr(std::min<std::size_t>(line.size(), 9), 3);
  const bool ends = line.size() == 12 || (line.size() > 12 && line[12] == ' ');
  if (!http || !ends || !read_number(code, status_) || status_ < 100 || status_ > 599)
    return refuse("no HTTP/1.1 answer: " + quoted(line));
  phase_ = phase::fields;
  return answer_state::more;
}

answer_state http_answer::take_field(std::string_view line) {
  if (++field_count_ > field_count_max)
    return refuse("more than " + std::to_string(field_count_max) + " header fields");
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_name(name))
    return refuse("a line that is no header field: " + quoted(line));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same(name, "content-length")) return take_length(value);
  if (!same(name, "transfer-encoding")) return answer_state::more;
  coded_ = coded_ || chunked_ || !same(value, "chunked");
  chunked_ = true;
  return answer_state::more;
}

answer_state http_answer::take_length(std::string_view value) {
  std::uint64_t length = 0;
  if (!read_number(value, length) || (has_length_ && length != left_))
    return refuse("Content-Length " + quoted(value) + " is no length, or not the only one");
  has_length_ = true;
  left_ = length;
  return answer_state::more;
}

answer_state http_answer::fields_end() {
  if (coded_) return refuse("a transfer coding other than chunked");
  if (chunked_ && has_length_) return refuse("both Content-Length and Transfer-Encoding");
  if (status_ < 200) {
    if (status_ == 101) return refuse("it switches protocols, which was not asked for");
    if (++interim_ > interim_max)
      return refuse("more than " + std::to_string(interim_max) + " interim answers");
    phase_ = phase::status_line;
    chunked_ = has_length_ = false;
    left_ = 0;
    return answer_state::more;
  }
  if (no_body_ || status_ == 204 || status_ == 304) return whole();
  if (has_length_ && left_ == 0) return whole();
  phase_ = chunked_ ? phase::chunk_size : has_length_ ? phase::sized : phase::to_end;
  return answer_state::more;
}

answer_state http_answer::take_chunk_size(std::string_view line) {
  const std::string_view digits = trimmed(line.substr(0, line.find(';')));
  if (digits.size() > 15 || !read_number(digits, left_, 16))
    return refuse("a chunk size that is no number: " + quoted(line));
  phase_ = left_ == 0 ? phase::trailers : phase::chunk;
  return answer_state::more;
}

answer_state http_answer::end() {
  if (phase_ == phase::to_end) return whole();
  return refuse(status_ == 0 && head_bytes_ == 0 && line_.empty()
                    ? "the connection ended without an answer"
                    : "the connection ended in the middle of the answer");
}

}  // namespace mw::checks
