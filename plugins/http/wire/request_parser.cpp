// request_parser: the request line, the header fields, and what they say about the body.
// SPDX-License-Identifier: Apache-2.0
#include "wire/request_parser.h"

#include "wire/lines.h"

#include <algorithm>
#include <utility>

namespace mw::http {
namespace {

constexpr std::size_t method_bytes_max = 32;
constexpr char tls_handshake_byte = 0x16;

bool is_target_char(char c) {
  return c > 0x20 && c < 0x7F && c != '#';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The length of "http://" or "https://" at the front; 0 when there is none.
std::size_t scheme_length(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (equals_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  return 0;
}

bool frames_body(std::string_view name) {
  return equals_ignoring_case(name, "content-length") ||
         equals_ignoring_case(name, "transfer-encoding");
}

}  // namespace

parse_step request_parser::feed(std::string_view bytes) {
  if (phase_ == phase::done) return {0, parse_event::complete};
  if (phase_ == phase::refused) return {0, parse_event::refused};
  std::string_view in = bytes;
  parse_event event = parse_event::more;
  while (!in.empty() && event == parse_event::more) event = step(in);
  return {bytes.size() - in.size(), event};
}

void request_parser::next() {
  request_.clear();
  chunks_.reset();
  line_begin_ = fields_begin_ = remaining_ = 0;
  content_length_.reset();
  phase_ = phase::start;
  blank_seen_ = host_seen_ = absolute_ = chunked_ = close_ = stay_ = false;
}

parse_event request_parser::step(std::string_view& in) {
  switch (phase_) {
    case phase::start:
      return read_start(in);
    case phase::fields:
      return read_field(in);
    case phase::fixed_body:
      return read_fixed(in);
    case phase::chunked_body:
      return read_chunked(in);
    case phase::done:
    case phase::refused:
      break;
  }
  return parse_event::refused;
}

parse_event request_parser::read_start(std::string_view& in) {
  std::string& head = request_.head_;
  if (head.empty()) {
    const char first = in.front();
    if (first == tls_handshake_byte)
      return refuse(400, "this is a TLS handshake; this port speaks plain HTTP");
    if (!is_token_char(first) && first != '\r' && first != '\n')
      return refuse(400, "a request cannot begin with " + quoted(in.substr(0, 1)));
  }
  switch (take_line(in, head, 0, limits_->request_line_bytes)) {
    case line_state::partial:
      return parse_event::more;
    case line_state::bare_lf:
      return refuse(400, "the request line ends in a bare line feed");
    case line_state::too_long:
      return refuse(
          414, limit_text("the request line is too long in bytes", limits_->request_line_bytes));
    case line_state::whole:
      break;
  }
  if (head.size() == 2) {
    // Old clients send one stray line end after a body; RFC 9112 asks to overlook it.
    if (std::exchange(blank_seen_, true)) return refuse(400, "two empty lines before a request");
    head.clear();
    return parse_event::more;
  }
  line_begin_ = fields_begin_ = head.size();
  phase_ = phase::fields;
  return parse_start(std::string_view(head).substr(0, head.size() - 2));
}

parse_event request_parser::parse_start(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos)
    return refuse(400, "the request line " + quoted(line) + " is not 'METHOD target HTTP/1.1'");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  if (!is_token(method)) return refuse(400, "the method " + quoted(method) + " is not a token");
  if (const auto fault = check_version(line.substr(second + 1)); fault != parse_event::more)
    return fault;
  const auto known = method.size() <= method_bytes_max ? parse_verb(method) : std::nullopt;
  if (!known) return refuse(501, "the method " + quoted(method) + " is not implemented");
  request_.method = *known;
  return check_target(target);
}

parse_event request_parser::check_version(std::string_view version) {
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!well_formed) return refuse(400, "the version " + quoted(version) + " is not 'HTTP/1.1'");
  if (version[5] != '1' || version[7] > '1')
    return refuse(505, "the version " + std::string(version) + " is not HTTP/1.0 or HTTP/1.1");
  request_.minor_version = static_cast<std::uint8_t>(version[7] - '0');
  return parse_event::more;
}

parse_event request_parser::check_target(std::string_view target) {
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_target_char))
    return refuse(400, "the target " + quoted(target) + " holds characters that must be encoded");
  if (const std::size_t scheme = scheme_length(target); scheme != 0)
    return reduce_absolute(target, scheme);
  const bool whole_server = target == "*" && request_.method == verb::options;
  if (!whole_server && !target.starts_with('/'))
    return refuse(400, "the target " + quoted(target) + " does not begin with '/'");
  request_.target_ = request_.place_of(target);
  return parse_event::more;
}

// Proxies send "http://example.org/path": the host counts as if it came in the Host field.
parse_event request_parser::reduce_absolute(std::string_view target, std::size_t scheme) {
  const std::string_view rest = target.substr(scheme);
  const std::size_t slash = rest.find('/');
  const std::string_view host = rest.substr(0, slash);
  if (!parse_authority(host))
    return refuse(400, "the host " + quoted(host) + " in the target is not host[:port]");
  request_.host_ = request_.place_of(host);
  // Without a path the last slash of "http://" stands in for it.
  const bool bare = slash == std::string_view::npos;
  request_.target_ = request_.place_of(bare ? target.substr(scheme - 1, 1) : rest.substr(slash));
  absolute_ = true;
  return parse_event::more;
}

parse_event request_parser::read_field(std::string_view& in) {
  std::string& head = request_.head_;
  const std::size_t used = line_begin_ - fields_begin_;
  const std::size_t room = limits_->header_bytes - std::min(used, limits_->header_bytes);
  switch (take_line(in, head, line_begin_, room)) {
    case line_state::partial:
      return parse_event::more;
    case line_state::bare_lf:
      return refuse(400, "a header line ends in a bare line feed");
    case line_state::too_long:
      return refuse(431,
                    limit_text("the header fields are too long in bytes", limits_->header_bytes));
    case line_state::whole:
      break;
  }
  const std::string_view line =
      std::string_view(head).substr(line_begin_, head.size() - line_begin_ - 2);
  line_begin_ = head.size();
  return line.empty() ? finish_head() : add_field(line);
}

parse_event request_parser::add_field(std::string_view line) {
  if (std::string fault = field_line_fault(line); !fault.empty())
    return refuse(400, std::move(fault));
  if (request_.fields_.size() == limits_->header_count)
    return refuse(431, limit_text("there are too many header fields", limits_->header_count));
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (frames_body(name) && line.find('\t') != std::string_view::npos)
    return refuse(400,
                  "there is a tab in " + quoted(name) + ": some peers would not see its value");
  request_.fields_.push_back({request_.place_of(name), request_.place_of(value)});
  return note_field(name, value);
}

parse_event request_parser::note_field(std::string_view name, std::string_view value) {
  if (equals_ignoring_case(name, "host")) return note_host(value);
  if (equals_ignoring_case(name, "content-length")) return note_length(value);
  if (equals_ignoring_case(name, "transfer-encoding")) return note_coding(value);
  if (equals_ignoring_case(name, "expect")) return note_expect(value);
  if (equals_ignoring_case(name, "connection")) note_connection(value);
  return parse_event::more;
}

parse_event request_parser::note_host(std::string_view value) {
  if (std::exchange(host_seen_, true)) return refuse(400, "there is more than one Host header");
  if (!parse_authority(value))
    return refuse(400, "the Host header " + quoted(value) + " is not host[:port]");
  if (absolute_ && !equals_ignoring_case(value, request_.host()))
    return refuse(400, "the Host header " + quoted(value) + " and the target's host " +
                           quoted(request_.host()) + " differ");
  request_.host_ = request_.place_of(value);
  return parse_event::more;
}

parse_event request_parser::note_length(std::string_view value) {
  if (content_length_) return refuse(400, "there is more than one Content-Length header");
  if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit))
    return refuse(400, "the Content-Length " + quoted(value) + " is not a decimal number");
  std::uint64_t length = 0;
  for (const char c : value) {
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
    if (length > limits_->body_bytes)
      return refuse(413, "the body is announced with " + quoted(value) + " bytes; the limit is " +
                             std::to_string(limits_->body_bytes));
  }
  content_length_ = length;
  return parse_event::more;
}

parse_event request_parser::note_coding(std::string_view value) {
  if (chunked_) return refuse(400, "there is more than one Transfer-Encoding header");
  if (request_.minor_version == 0)
    return refuse(400, "HTTP/1.0 has no Transfer-Encoding: the end of the body would be a guess");
  if (!equals_ignoring_case(value, "chunked"))
    return refuse(list_has(value, "chunked") ? 400 : 501,
                  "the Transfer-Encoding " + quoted(value) + " is not 'chunked' alone");
  chunked_ = true;
  return parse_event::more;
}

parse_event request_parser::note_expect(std::string_view value) {
  if (!equals_ignoring_case(value, "100-continue"))
    return refuse(417, "the expectation " + quoted(value) + " is not '100-continue'");
  request_.expects_continue = request_.minor_version > 0;
  return parse_event::more;
}

void request_parser::note_connection(std::string_view value) {
  close_ = close_ || list_has(value, "close");
  stay_ = stay_ || list_has(value, "keep-alive");
  request_.wants_upgrade = request_.wants_upgrade || list_has(value, "upgrade");
}

parse_event request_parser::finish_head() {
  if (request_.minor_version > 0 && !host_seen_)
    return refuse(400, "an HTTP/1.1 request needs a Host header");
  request_.wants_upgrade = request_.wants_upgrade && request_.minor_version > 0;
  request_.keep_alive = !close_ && (request_.minor_version > 0 || stay_);
  if (const parse_event fault = check_framing(); fault != parse_event::more) return fault;
  if (chunked_) {
    phase_ = phase::chunked_body;
    return parse_event::head;
  }
  remaining_ = static_cast<std::size_t>(content_length_.value_or(0));
  if (remaining_ == 0) return complete();
  phase_ = phase::fixed_body;
  return parse_event::head;
}

parse_event request_parser::check_framing() {
  if (chunked_ && content_length_)
    return refuse(400, "Content-Length and Transfer-Encoding exclude each other");
  const bool brings_body = request_.method == verb::post || request_.method == verb::put ||
                           request_.method == verb::patch;
  if (brings_body && request_.minor_version == 0 && !content_length_)
    return refuse(411, "an HTTP/1.0 " + std::string(to_string(request_.method)) +
                           " request needs a Content-Length");
  return parse_event::more;
}

parse_event request_parser::read_fixed(std::string_view& in) {
  const std::string_view data = in.substr(0, remaining_);
  request_.body_.append(data);
  in.remove_prefix(data.size());
  remaining_ -= data.size();
  return remaining_ == 0 ? complete() : parse_event::more;
}

parse_event request_parser::read_chunked(std::string_view& in) {
  switch (chunks_.feed(in, request_.body_)) {
    case chunked_state::more:
      return parse_event::more;
    case chunked_state::complete:
      return complete();
    case chunked_state::refused:
      break;
  }
  return refuse(chunks_.why().status, chunks_.why().text);
}

parse_event request_parser::complete() {
  phase_ = phase::done;
  return parse_event::complete;
}

parse_event request_parser::refuse(int status, std::string text) {
  phase_ = phase::refused;
  why_ = {status, std::move(text)};
  return parse_event::refused;
}

}  // namespace mw::http
