// bytes: big-endian numbers in and out; reading never goes past the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mw::sealing {

template <class Number>
std::byte* put_number(std::byte* to, std::uint64_t value) {
  for (std::size_t i = sizeof(Number); i-- > 0;)
    *to++ = static_cast<std::byte>(static_cast<std::uint8_t>(value >> (8 * i)));
  return to;
}

template <class Number>
void add_number(std::vector<std::byte>& to, std::uint64_t value) {
  to.resize(to.size() + sizeof(Number));
  put_number<Number>(to.data() + to.size() - sizeof(Number), value);
}
inline void add_bytes(std::vector<std::byte>& to, bytes_view bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

// Remembers the first failure: check ok() or done() once, at the end. What is missing reads as
// zero.
class reader {
 public:
  explicit reader(bytes_view from) : rest_(from) {}

  template <class Number>
  [[nodiscard]] Number number() {
    std::uint64_t value = 0;
    for (const std::byte b : take(sizeof(Number)))
      value = value << 8 | std::to_integer<std::uint64_t>(b);
    return static_cast<Number>(value);
  }
  // Empty when there are not as many.
  [[nodiscard]] bytes_view take(std::size_t count) {
    if (rest_.size() < count) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const bytes_view taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  [[nodiscard]] bytes_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }
  // All read, and nothing is left.
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  bytes_view rest_;
  bool ok_ = true;
};

}  // namespace mw::sealing
