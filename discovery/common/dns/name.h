// name: domain names as they are on the wire, without pointers; compared without regard to case.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace mw::dns {

// Labels with their lengths in front and the empty one at the end: "\3www\2mw\0". A service
// instance may hold any bytes, so text forms escape dots, backslashes and what cannot be printed.
class name {
 public:
  static constexpr std::size_t wire_max = 255;
  static constexpr std::size_t label_max = 63;

  name() : wire_(1, '\0') {}  // the root

  // "www.example.org", the last dot may be there or not; `\.` and `\046` are escapes. `invalid`
  // for labels that are empty or over 63 bytes and names over 255.
  [[nodiscard]] static result<name> parse(std::string_view text);

  // Adds a label behind those that are there. False: the name would be too long; it is as before.
  [[nodiscard]] bool append(std::string_view label);

  [[nodiscard]] const std::string& wire() const { return wire_; }
  [[nodiscard]] bool is_root() const { return wire_.size() == 1; }
  // The first label; empty for the root.
  [[nodiscard]] std::string_view first() const;
  // Without the first label.
  [[nodiscard]] name parent() const;
  // True when this is `zone` or below it.
  [[nodiscard]] bool below(const name& zone) const;
  // Text that parse() takes, without the dot at the end; "." for the root.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const name& a, const name& b) { return compare(a, b) == 0; }
  friend std::weak_ordering operator<=>(const name& a, const name& b) {
    return compare(a, b) <=> 0;
  }

 private:
  static int compare(const name& a, const name& b);
  std::string wire_;
};

}  // namespace mw::dns
