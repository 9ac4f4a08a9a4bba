// http_answer: the answer to one HTTP/1.1 request, read within bounds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::checks {

enum class answer_state : std::uint8_t {
  more,     // of the answer has to come
  whole,    // it is complete
  cut,      // the body is longer than wanted: its beginning is here
  refused,  // see why()
};

// One answer, then no more. Interim answers (100 to 199) are skipped.
class http_answer {
 public:
  static constexpr std::size_t head_max = 16 * 1024;  // bytes of status line, fields and trailers
  static constexpr std::size_t field_count_max = 100;
  static constexpr int interim_max = 8;

  // `no_body`: the answer to HEAD. `body_max`: bytes that are kept.
  http_answer(bool no_body, std::size_t body_max) : no_body_(no_body), body_max_(body_max) {}

  answer_state feed(std::string_view bytes);
  // The connection ended: `whole` if the answer may end like that.
  answer_state end();

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string& body() const { return body_; }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  enum class phase : std::uint8_t {
    status_line,
    fields,
    sized,   // a body of known length
    to_end,  // a body that ends with the connection
    chunk_size,
    chunk,
    chunk_end,
    trailers,
    over,
  };

  answer_state refuse(std::string why);
  answer_state take_body(std::string_view& in, std::uint64_t limit);
  answer_state take_line(std::string_view line);
  answer_state take_status_line(std::string_view line);
  answer_state take_field(std::string_view line);
  answer_state take_length(std::string_view value);
  answer_state fields_end();
  answer_state take_chunk_size(std::string_view line);
  answer_state whole();
  [[nodiscard]] bool in_body() const;

  const bool no_body_;
  const std::size_t body_max_;
  phase phase_ = phase::status_line;
  int status_ = 0;
  int interim_ = 0;
  bool chunked_ = false;
  bool coded_ = false;  // a transfer coding that we do not know
  bool has_length_ = false;
  std::uint64_t left_ = 0;  // of the body or of the chunk
  std::size_t head_bytes_ = 0;
  std::size_t field_count_ = 0;
  std::string line_;
  std::string body_;
  std::string why_;
};

}  // namespace mw::checks
