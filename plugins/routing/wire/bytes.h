// bytes: big-endian numbers in and out of messages; reading never goes past the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

namespace mw::routing {

// To the order of the wire and back; one instruction.
template <class Number>
[[nodiscard]] constexpr Number big_endian(Number value) {
  if constexpr (std::endian::native == std::endian::big || sizeof(Number) == 1) return value;
  if constexpr (sizeof(Number) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(Number) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(Number) == 8) return __builtin_bswap64(value);
}

// Writes a number at `to` and returns where the next one goes.
template <class Number>
[[nodiscard]] std::byte* write_number(std::byte* to, std::type_identity_t<Number> value) {
  value = big_endian(value);
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

// The number at `from`, where there are enough bytes.
template <class Number>
[[nodiscard]] Number read_number(const std::byte* from) {
  Number value;
  std::memcpy(&value, from, sizeof value);
  return big_endian(value);
}

// Remembers the first failure: check ok() once, at the end. What could not be read is zero.
class reader {
 public:
  explicit reader(bytes_view from) : rest_(from) {}

  template <class Number>
  [[nodiscard]] Number number() {
    if (rest_.size() < sizeof(Number)) return fail(), Number{0};
    Number value;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.subspan(sizeof value);
    return big_endian(value);
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
