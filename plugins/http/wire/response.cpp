// response: status lines, header lines, chunks, dates and error bodies.
// SPDX-License-Identifier: Apache-2.0
#include "wire/response.h"

#include "wire/syntax.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace mw::http {
namespace {

struct phrase {
  int status;
  std::string_view text;
};

constexpr std::array<phrase, 39> phrases{phrase{100, "Continue"},
                                         phrase{101, "Switching Protocols"},
                                         phrase{200, "OK"},
                                         phrase{201, "Created"},
                                         phrase{202, "Accepted"},
                                         phrase{204, "No Content"},
                                         phrase{206, "Partial Content"},
                                         phrase{301, "Moved Permanently"},
                                         phrase{302, "Found"},
                                         phrase{303, "See Other"},
                                         phrase{304, "Not Modified"},
                                         phrase{307, "Temporary Redirect"},
                                         phrase{308, "Permanent Redirect"},
                                         phrase{400, "Bad Request"},
                                         phrase{401, "Unauthorized"},
                                         phrase{403, "Forbidden"},
                                         phrase{404, "Not Found"},
                                         phrase{405, "Method Not Allowed"},
                                         phrase{406, "Not Acceptable"},
                                         phrase{408, "Request Timeout"},
                                         phrase{409, "Conflict"},
                                         phrase{410, "Gone"},
                                         phrase{411, "Length Required"},
                                         phrase{412, "Precondition Failed"},
                                         phrase{413, "Content Too Large"},
                                         phrase{414, "URI Too Long"},
                                         phrase{415, "Unsupported Media Type"},
                                         phrase{417, "Expectation Failed"},
                                         phrase{421, "Misdirected Request"},
                                         phrase{422, "Unprocessable Content"},
                                         phrase{426, "Upgrade Required"},
                                         phrase{429, "Too Many Requests"},
                                         phrase{431, "Request Header Fields Too Large"},
                                         phrase{500, "Internal Server Error"},
                                         phrase{501, "Not Implemented"},
                                         phrase{502, "Bad Gateway"},
                                         phrase{503, "Service Unavailable"},
                                         phrase{504, "Gateway Timeout"},
                                         phrase{505, "HTTP Version Not Supported"}};

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool is_writable(const response_head& head) {
  if (head.status < 100 || head.status > 599) return false;
  if (!is_field_value(head.content_type) || !is_field_value(head.date)) return false;
  return std::all_of(head.extra.begin(), head.extra.end(), [](const header_line& line) {
    return is_token(line.name) && is_field_value(line.value);
  });
}

void append_framing(std::string& out, const response_head& head) {
  if (head.body == framing::length)
    append_line(out, "Content-Length", std::to_string(head.content_length));
  else if (head.body == framing::chunked)
    append_line(out, "Transfer-Encoding", "chunked");
}

void append_two_digits(std::string& out, int number) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

// The `error` word of error bodies, in the vocabulary of mw::errc where one fits.
std::string_view error_word(int status) {
  switch (status) {
    case 401:
    case 403:
    case 421:
      return "denied";
    case 404:
      return "not_found";
    case 408:
    case 504:
      return "timed_out";
    case 405:
    case 426:
    case 501:
    case 505:
      return "unsupported";
    case 413:
    case 414:
    case 431:
    case 429:
    case 503:
      return "overloaded";
    default:
      return status >= 500 ? "internal" : "invalid";
  }
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  const auto* const at =
      std::lower_bound(phrases.begin(), phrases.end(), status,
                       [](const phrase& each, int wanted) { return each.status < wanted; });
  return at != phrases.end() && at->status == status ? at->text : "Unknown";
}

framing framing_for(int status) noexcept {
  return status < 200 || status == 204 || status == 304 ? framing::none : framing::length;
}

bool append_head(std::string& out, const response_head& head) {
  if (!is_writable(head)) return false;
  out += "HTTP/1.1 ";
  out += std::to_string(head.status);
  out += ' ';
  out += reason_phrase(head.status);
  out += "\r\n";
  if (!head.date.empty()) append_line(out, "Date", head.date);
  if (!head.content_type.empty()) append_line(out, "Content-Type", head.content_type);
  append_framing(out, head);
  if (head.status >= 200) {
    if (!head.keep_alive)
      append_line(out, "Connection", "close");
    else if (head.minor_version == 0)
      append_line(out, "Connection", "keep-alive");
  }
  for (const auto& [name, value] : head.extra) append_line(out, name, value);
  out += "\r\n";
  return true;
}

void append_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  constexpr std::string_view digits = "0123456789abcdef";
  int shift = 60;
  while (data.size() >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out += digits[data.size() >> shift & 15];
  out += "\r\n";
  out += data;
  out += "\r\n";
}

void append_last_chunk(std::string& out) {
  out += "0\r\n\r\n";
}

std::string http_date(wall_time at) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto whole_days = std::chrono::floor<std::chrono::days>(at.since_epoch);
  const std::chrono::sys_days day{whole_days};
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at.since_epoch) -
                                   whole_days};
  std::string out(days[std::chrono::weekday(day).c_encoding()]);
  out += ", ";
  append_two_digits(out, static_cast<int>(static_cast<unsigned>(date.day())));
  out += ' ';
  out += months[static_cast<unsigned>(date.month()) - 1];
  out += ' ';
  const int year = static_cast<int>(date.year());
  append_two_digits(out, year / 100);
  append_two_digits(out, year % 100);
  out += ' ';
  append_two_digits(out, static_cast<int>(time.hours().count()));
  out += ':';
  append_two_digits(out, static_cast<int>(time.minutes().count()));
  out += ':';
  append_two_digits(out, static_cast<int>(time.seconds().count()));
  out += " GMT";
  return out;
}

std::string error_body(int status, std::string_view message) {
  json_writer json;
  json.begin_object();
  json.key("error").value(error_word(status));
  json.key("message").value(message);
  json.end_object();
  return json.take();
}

}  // namespace mw::http
