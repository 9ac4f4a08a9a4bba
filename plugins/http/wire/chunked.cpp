// chunked: sizes, data, line ends and trailers, one step each.
// SPDX-License-Identifier: Apache-2.0
#include "wire/chunked.h"

#include "wire/lines.h"

#include <algorithm>
#include <array>

namespace mw::http {
namespace {

// Sixteen digits hold any 64-bit size; more are only ever padding meant to confuse.
constexpr std::size_t size_digits_max = 16;

// Fields that would change the framing, the routing or the meaning of what has been read already.
constexpr std::array<std::string_view, 4> forbidden_trailers{"content-length", "transfer-encoding",
                                                             "host", "connection"};

std::size_t count_digits(std::string_view line) {
  const auto end = std::find_if(line.begin(), line.end(), [](char c) { return hex_digit(c) < 0; });
  return static_cast<std::size_t>(end - line.begin());
}

std::string_view take_token(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_token_char);
  const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(token.size());
  return token;
}

// Takes a quoted string; the caller has seen that nothing in it is a control character.
bool take_quoted(std::string_view& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;  // the next one is literal
    } else if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

// Nothing, or ";" name [ "=" ( token / quoted-string ) ]. The grammar allows several, and blanks;
// widely used parsers stumble over both, nobody sends them, so they are refused.
bool is_extension(std::string_view text) {
  if (text.empty()) return true;
  text.remove_prefix(1);
  if (take_token(text).empty()) return false;
  if (!text.starts_with('=')) return text.empty();
  text.remove_prefix(1);
  const bool taken = text.starts_with('"') ? take_quoted(text) : !take_token(text).empty();
  return taken && text.empty();
}

}  // namespace

std::string field_line_fault(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t'))
    return "a header line begins with white space: folded headers are not accepted";
  if (line.find('\r') != std::string_view::npos)
    return "a header line holds a bare carriage return: some peers would see a line end there";
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "the header line " + quoted(line) + " has no colon";
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) return "the header name " + quoted(name) + " is not a token";
  if (!is_field_value(line.substr(colon + 1)))
    return "the value of header " + quoted(name) + " holds a control character";
  return {};
}

chunked_state chunked_decoder::feed(std::string_view& in, std::string& body) {
  chunked_state state = chunked_state::more;
  while (!in.empty() && state == chunked_state::more) state = step(in, body);
  return state;
}

void chunked_decoder::reset() {
  line_.clear();
  remaining_ = extension_bytes_ = trailer_bytes_ = trailer_count_ = 0;
  phase_ = phase::size;
}

chunked_state chunked_decoder::step(std::string_view& in, std::string& body) {
  switch (phase_) {
    case phase::size:
      return read_size(in, body.size());
    case phase::data:
      return read_data(in, body);
    case phase::data_end:
      return read_data_end(in);
    case phase::trailers:
      return read_trailer(in);
  }
  return chunked_state::refused;
}

chunked_state chunked_decoder::read_size(std::string_view& in, std::size_t body_bytes) {
  const std::size_t room = size_digits_max + limits_->chunk_extension_bytes - extension_bytes_;
  switch (take_line(in, line_, 0, room)) {
    case line_state::partial:
      return chunked_state::more;
    case line_state::bare_lf:
      return refuse(400, "a chunk size line ends in a bare line feed");
    case line_state::too_long:
      return refuse(400, limit_text("the chunk extensions are too long in bytes",
                                    limits_->chunk_extension_bytes));
    case line_state::whole:
      break;
  }
  const chunked_state state =
      parse_size(std::string_view(line_).substr(0, line_.size() - 2), body_bytes);
  line_.clear();
  return state;
}

chunked_state chunked_decoder::parse_size(std::string_view line, std::size_t body_bytes) {
  const std::size_t digits = count_digits(line);
  if (digits == 0) return refuse(400, "the chunk size " + quoted(line) + " is not hexadecimal");
  if (digits > size_digits_max) return refuse(400, "the chunk size has more than 16 digits");
  const std::string_view extension = line.substr(digits);
  if (!extension.empty() && !extension.starts_with(';'))
    return refuse(400,
                  "the chunk size " + quoted(line) + " is followed by something else than ';'");
  if (!is_field_value(extension) || !is_extension(extension))
    return refuse(400, "the chunk extension " + quoted(extension) + " is not ';name=value'");
  extension_bytes_ += extension.size();
  if (extension_bytes_ > limits_->chunk_extension_bytes)
    return refuse(400, limit_text("the chunk extensions are too long in bytes",
                                  limits_->chunk_extension_bytes));
  std::uint64_t size = 0;
  for (const char c : line.substr(0, digits))
    size = size << 4 | static_cast<std::uint64_t>(hex_digit(c));
  if (size > limits_->body_bytes - std::min(body_bytes, limits_->body_bytes))
    return refuse(413, limit_text("the chunked body is too long in bytes", limits_->body_bytes));
  remaining_ = static_cast<std::size_t>(size);
  phase_ = size == 0 ? phase::trailers : phase::data;
  return chunked_state::more;
}

chunked_state chunked_decoder::read_data(std::string_view& in, std::string& body) {
  const std::string_view data = in.substr(0, remaining_);
  body.append(data);
  in.remove_prefix(data.size());
  remaining_ -= data.size();
  if (remaining_ == 0) phase_ = phase::data_end;
  return chunked_state::more;
}

chunked_state chunked_decoder::read_data_end(std::string_view& in) {
  switch (take_line(in, line_, 0, 0)) {
    case line_state::partial:
      // Two bytes are due: the first must be the carriage return.
      if (line_ == "\r") return chunked_state::more;
      [[fallthrough]];
    case line_state::bare_lf:
    case line_state::too_long:
      return refuse(400, "the chunk data is longer than its size or not followed by CRLF");
    case line_state::whole:
      break;
  }
  line_.clear();
  phase_ = phase::size;
  return chunked_state::more;
}

chunked_state chunked_decoder::read_trailer(std::string_view& in) {
  switch (take_line(in, line_, 0, limits_->trailer_bytes - trailer_bytes_)) {
    case line_state::partial:
      return chunked_state::more;
    case line_state::bare_lf:
      return refuse(400, "a trailer line ends in a bare line feed");
    case line_state::too_long:
      return refuse(431, limit_text("the trailers are too long in bytes", limits_->trailer_bytes));
    case line_state::whole:
      break;
  }
  const chunked_state state = check_trailer(std::string_view(line_).substr(0, line_.size() - 2));
  line_.clear();
  return state;
}

chunked_state chunked_decoder::check_trailer(std::string_view line) {
  if (line.empty()) return chunked_state::complete;
  trailer_bytes_ += line.size();
  if (++trailer_count_ > limits_->trailer_count)
    return refuse(431, limit_text("there are too many trailers", limits_->trailer_count));
  if (std::string fault = field_line_fault(line); !fault.empty())
    return refuse(400, std::move(fault));
  const std::string_view name = line.substr(0, line.find(':'));
  for (const std::string_view forbidden : forbidden_trailers)
    if (equals_ignoring_case(name, forbidden))
      return refuse(400, "the field " + quoted(name) + " may not come as a trailer");
  return chunked_state::more;
}

chunked_state chunked_decoder::refuse(int status, std::string text) {
  why_ = {status, std::move(text)};
  return chunked_state::refused;
}

}  // namespace mw::http
