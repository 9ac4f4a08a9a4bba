// reader: bounded reading of a packet: numbers, bytes, and names with pointers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/dns/name.h"

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw::dns {

// A read beyond the end fails for good: check failed() once for a group of reads.
class reader {
 public:
  // Names may point anywhere into `packet`; reading starts at `at` and stops before `end`.
  reader(bytes_view packet, std::size_t at, std::size_t end)
      : packet_(packet), at_(at), end_(end) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return end_ - at_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return number(4); }
  std::string_view bytes(std::size_t count);
  // Pointers have to lead to an earlier place each time, so every name ends; at most 16 of them.
  name read_name();

 private:
  static constexpr int pointers_max = 16;
  std::uint32_t number(std::size_t size);
  name fail() { return failed_ = true, name(); }

  bytes_view packet_;
  std::size_t at_;
  std::size_t end_;
  bool failed_ = false;
};

}  // namespace mw::dns
