// chunked: decodes the chunked transfer coding, with bounds on everything a peer can repeat.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/limits.h"
#include "wire/syntax.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::http {

enum class chunked_state : std::uint8_t { more, complete, refused };

// One body at a time. Extensions and trailers are checked, counted and dropped.
class chunked_decoder {
 public:
  // `limits` must outlive this.
  explicit chunked_decoder(const request_limits& limits) : limits_(&limits) {}

  // Takes bytes from the front of `in` and appends data to `body`.
  [[nodiscard]] chunked_state feed(std::string_view& in, std::string& body);
  // Only after `refused`.
  [[nodiscard]] const refusal& why() const { return why_; }
  // Ready for the next body.
  void reset();

 private:
  enum class phase : std::uint8_t { size, data, data_end, trailers };

  chunked_state step(std::string_view& in, std::string& body);
  chunked_state read_size(std::string_view& in, std::size_t body_bytes);
  chunked_state parse_size(std::string_view line, std::size_t body_bytes);
  chunked_state read_data(std::string_view& in, std::string& body);
  chunked_state read_data_end(std::string_view& in);
  chunked_state read_trailer(std::string_view& in);
  chunked_state check_trailer(std::string_view line);
  chunked_state refuse(int status, std::string text);

  const request_limits* limits_;
  refusal why_;
  std::string line_;
  std::size_t remaining_ = 0;        // of the current chunk
  std::size_t extension_bytes_ = 0;  // of all chunks so far
  std::size_t trailer_bytes_ = 0;
  std::size_t trailer_count_ = 0;
  phase phase_ = phase::size;
};

// The rules for one `name: value` line, shared by the head and the trailers. Empty text: it is
// fine.
[[nodiscard]] std::string field_line_fault(std::string_view line);

}  // namespace mw::http
