// bytes: numbers and short texts, big-endian; reading past the end fails once and for all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::anti_entropy {

template <std::unsigned_integral T>
void put(std::string& out, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;)
    out += static_cast<char>(static_cast<unsigned char>((value >> (8 * i)) & 0xFFu));
}

// At most 255 bytes.
inline void put_short(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint8_t>(text.size()));
  out += text;
}

class byte_reader {
 public:
  explicit byte_reader(std::string_view bytes) : rest_(bytes) {}

  template <std::unsigned_integral T>
  T number() {
    const std::string_view raw = text(sizeof(T));
    std::uint64_t value = 0;
    for (const char c : raw) value = (value << 8) | static_cast<unsigned char>(c);
    return static_cast<T>(value);
  }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) failed_ = true;
    if (failed_) return {};
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  std::string_view short_text() { return text(number<std::uint8_t>()); }

  void fail() { failed_ = true; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t left() const { return failed_ ? 0 : rest_.size(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace mw::anti_entropy
