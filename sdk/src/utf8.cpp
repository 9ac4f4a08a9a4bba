// utf8: the table of well-formed sequences, checked byte by byte.
// SPDX-License-Identifier: Apache-2.0
#include <mw/toolkit/utf8.h>

namespace mw {
namespace {

bool in(std::string_view text, std::size_t index, unsigned low, unsigned high) {
  const auto byte = static_cast<unsigned char>(text[index]);
  return byte >= low && byte <= high;
}

bool tail(std::string_view text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i)
    if (!in(text, i, 0x80, 0xBF)) return false;
  return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  // The second byte's range excludes overlong forms, surrogates and values above U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return in(text, 1, low, high) && tail(text, 2, length) ? length : 0;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace mw
