// packing: big-endian numbers and short texts, written and read with every bound checked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::packing {

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
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

template <std::unsigned_integral Number>
void put(std::string& out, Number value) {
  std::array<char, sizeof(Number)> bytes;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    bytes[sizeof(Number) - 1 - i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  out.append(bytes.data(), bytes.size());
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

}  // namespace mw::packing
