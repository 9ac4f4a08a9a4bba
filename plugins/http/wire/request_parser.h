// request_parser: bytes in, cut anywhere; requests out, or one precise refusal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/chunked.h"
#include "wire/limits.h"
#include "wire/request.h"
#include "wire/syntax.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::http {

enum class parse_event : std::uint8_t {
  more,      // everything was consumed; the request goes on
  head,      // the head is complete and a body follows: time to answer `Expect: 100-continue`
  complete,  // the request is whole; call next() before feeding on
  refused,   // framing is lost: answer with why() and close
};

struct parse_step {
  std::size_t consumed = 0;  // the rest belongs to later events or to the next request
  parse_event event = parse_event::more;
};

// Strict HTTP/1.0 and HTTP/1.1. Where two readers of the same bytes could disagree about where a
// request ends, it is refused: this is what request smuggling lives on. The outcome never depends
// on how the bytes were cut into pieces.
class request_parser {
 public:
  // `limits` must outlive this.
  explicit request_parser(const request_limits& limits) : limits_(&limits), chunks_(limits) {}

  [[nodiscard]] parse_step feed(std::string_view bytes);

  // Whole after `complete`; without body after `head`.
  [[nodiscard]] const request& current() const { return request_; }
  // Only after `refused`.
  [[nodiscard]] const refusal& why() const { return why_; }
  // Forgets the finished request and gives most of its memory back.
  void next();
  // Whether bytes of an unfinished request have been seen.
  [[nodiscard]] bool mid_request() const {
    return phase_ != phase::done &&
           (phase_ != phase::start || blank_seen_ || !request_.head_.empty());
  }

 private:
  enum class phase : std::uint8_t { start, fields, fixed_body, chunked_body, done, refused };

  parse_event step(std::string_view& in);
  parse_event read_start(std::string_view& in);
  parse_event parse_start(std::string_view line);
  parse_event check_version(std::string_view version);
  parse_event check_target(std::string_view target);
  parse_event reduce_absolute(std::string_view target, std::size_t scheme_length);
  parse_event read_field(std::string_view& in);
  parse_event add_field(std::string_view line);
  parse_event note_field(std::string_view name, std::string_view value);
  parse_event note_host(std::string_view value);
  parse_event note_length(std::string_view value);
  parse_event note_coding(std::string_view value);
  parse_event note_expect(std::string_view value);
  void note_connection(std::string_view value);
  parse_event finish_head();
  parse_event check_framing();
  parse_event read_fixed(std::string_view& in);
  parse_event read_chunked(std::string_view& in);
  parse_event complete();
  parse_event refuse(int status, std::string text);

  const request_limits* limits_;
  request request_;
  chunked_decoder chunks_;
  refusal why_;
  std::size_t line_begin_ = 0;    // in the head
  std::size_t fields_begin_ = 0;  // where the request line ended
  std::optional<std::uint64_t> content_length_;
  std::size_t remaining_ = 0;  // of a fixed body
  phase phase_ = phase::start;
  bool blank_seen_ = false;
  bool host_seen_ = false;
  bool absolute_ = false;
  bool chunked_ = false;
  bool close_ = false;
  bool stay_ = false;  // `Connection: keep-alive`
};

}  // namespace mw::http
