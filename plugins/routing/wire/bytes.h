// bytes: big-endian numbers in and out of messages; reading never goes past the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace mw::routing {

// Writes a number at `to` and returns where the next one goes.
template <class Number>
[[nodiscard]] std::byte* write_number(std::byte* to, std::type_identity_t<Number> value) {
  for (std::size_t i = sizeof(Number); i-- > 0;)
    *to++ = static_cast<std::byte>(static_cast<std::uint8_t>(value >> (8 * i)));
  return to;
}

// Remembers the first failure: check ok() once, at the end. What could not be read is zero.
class reader {
 public:
  explicit reader(bytes_view from) : rest_(from) {}

  template <class Number>
  [[nodiscard]] Number number() {
    if (rest_.size() < sizeof(Number)) return fail(), Number{0};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
      value = value << 8 | std::to_integer<std::uint64_t>(rest_[i]);
    rest_ = rest_.subspan(sizeof(Number));
    return static_cast<Number>(value);
  }
  // A text behind its length in one byte; borrowed.
  [[nodiscard]] std::string_view short_text() {
    const auto size = number<std::uint8_t>();
    if (rest_.size() < size) return fail(), std::string_view{};
    const std::string_view text = as_text(rest_.first(size));
    rest_ = rest_.subspan(size);
    return text;
  }
  [[nodiscard]] bytes_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }
  // All read, and nothing is left.
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  void fail() { ok_ = false, rest_ = {}; }
  bytes_view rest_;
  bool ok_ = true;
};

}  // namespace mw::routing
