// bytes: reading and writing big-endian numbers and short texts, with every bound checked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::swim {

// Reads from a view. After the first thing that is not there everything reads as zero or empty and
// failed() is true: callers look once, at the end.
class byte_reader {
 public:
  explicit byte_reader(std::string_view from) : rest_(from) {}

  template <std::unsigned_integral Number>
  Number number() {
    Number out = 0;
    for (const char c : text(sizeof(Number)))
      out = static_cast<Number>((std::uint64_t{out} << 8) | static_cast<unsigned char>(c));
    return out;
  }
  double real() { return std::bit_cast<double>(number<std::uint64_t>()); }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  // A text of at most 255 bytes, or of 65,535, behind its length.
  std::string_view short_text() { return text(number<std::uint8_t>()); }
  std::string_view long_text() { return text(number<std::uint16_t>()); }
  void fail() {
    failed_ = true;
    rest_ = {};
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

template <std::unsigned_integral Number>
void put(std::string& out, Number value) {
  for (std::size_t i = sizeof(Number); i-- > 0;)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
}
inline void put_real(std::string& out, double value) {
  put(out, std::bit_cast<std::uint64_t>(value));
}
// Longer texts are cut: callers have checked.
inline void put_short(std::string& out, std::string_view text) {
  text = text.substr(0, 255);
  put(out, static_cast<std::uint8_t>(text.size()));
  out.append(text);
}
inline void put_long(std::string& out, std::string_view text) {
  text = text.substr(0, 65'535);
  put(out, static_cast<std::uint16_t>(text.size()));
  out.append(text);
}

// 4 or 16 bytes of an IP address; empty when `host` is not a numeric one.
[[nodiscard]] std::string ip_bytes(std::string_view host);
// The canonical text of 4 or 16 bytes; IPv4 in IPv6 reads as IPv4. Empty for other lengths.
[[nodiscard]] std::string ip_text(std::string_view bytes);

}  // namespace mw::swim
