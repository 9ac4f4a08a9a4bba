// reader: see reader.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/reader.h"

namespace mw::dns {

std::uint32_t reader::number(std::size_t size) {
  if (failed_ || left() < size) return failed_ = true, 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8U | std::to_integer<std::uint32_t>(packet_[at_ + i]);
  at_ += size;
  return value;
}

std::string_view reader::bytes(std::size_t count) {
  if (failed_ || left() < count) return failed_ = true, std::string_view();
  const std::string_view out = as_text(packet_.subspan(at_, count));
  at_ += count;
  return out;
}

name reader::read_name() {
  name out;
  std::size_t at = at_;
  std::size_t limit = end_;  // of what this part of the name may touch
  std::size_t lowest = at_;  // pointers lead below this
  bool jumped = false;
  for (int pointers = 0; !failed_;) {
    if (at >= limit) return fail();
    const auto length = std::to_integer<std::uint8_t>(packet_[at]);
    if ((length & 0xc0U) == 0xc0U) {
      if (at + 2 > limit || ++pointers > pointers_max) return fail();
      const std::size_t to = (length & 0x3fU) << 8U | std::to_integer<std::size_t>(packet_[at + 1]);
      if (!jumped) at_ = at + 2;
      if (to >= lowest) return fail();
      jumped = true;
      limit = lowest;  // a part ends where the name that points to it begins
      lowest = at = to;
      continue;
    }
    if (length > name::label_max || at + 1 + length > limit) return fail();
    if (length == 0) {
      if (!jumped) at_ = at + 1;
      return out;
    }
    if (!out.append(as_text(packet_.subspan(at + 1, length)))) return fail();
    at += std::size_t{1} + length;
  }
  return fail();
}

}  // namespace mw::dns
