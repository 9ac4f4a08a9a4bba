// hello: what each side says first: who it is, what it can do, how much it takes; ../../WIRE.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/frame.h"

#include <mw/result.h>
#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mw::wire {

// Versions of the link format that this code speaks.
inline constexpr std::uint16_t version_low = 1;
inline constexpr std::uint16_t version_high = 1;

// A set of values of `checksum` or `compression`: bit n stands for value n. Bits of values that are
// not known here are kept and never chosen.
template <class Kind>
struct kind_set {
  std::uint8_t bits = 0;

  constexpr kind_set() = default;
  template <class... Kinds>
  constexpr explicit kind_set(Kind one, Kinds... others) {
    add(one);
    (add(others), ...);
  }
  constexpr void add(Kind kind) { bits |= bit(kind); }
  constexpr void remove(Kind kind) { bits &= static_cast<std::uint8_t>(~bit(kind)); }
  [[nodiscard]] constexpr bool has(Kind kind) const { return (bits & bit(kind)) != 0; }
  friend bool operator==(const kind_set&, const kind_set&) = default;

 private:
  static constexpr std::uint8_t bit(Kind kind) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
  }
};
using checksum_set = kind_set<checksum>;
using compression_set = kind_set<compression>;
// "none, crc32c"; unknown bits as numbers.
[[nodiscard]] std::string to_string(checksum_set set);
[[nodiscard]] std::string to_string(compression_set set);

struct hello {
  std::uint16_t low = version_low;
  std::uint16_t high = version_high;
  std::string node;     // required, at most name_max bytes
  std::string cluster;  // required
  std::string zone;     // may be empty, as may be all without "required"
  std::string datacenter;
  std::string listen;      // where others can dial this node
  std::string codec;       // required; format and version, as codec::format() says
  std::uint64_t life = 0;  // chosen anew at each start of the node
  checksum_set checksums{checksum::crc32c, checksum::xxh3};  // never empty
  compression_set compressions{compression::none};           // `none` is always part of it
  // What this side takes. A message in bytes as it is before compression.
  std::uint32_t frame_max = std::uint32_t{128} << 10;  // largest value of a length field
  std::uint32_t message_max = std::uint32_t{16} << 20;
  std::uint32_t stream_window = std::uint32_t{256} << 10;
  std::uint32_t link_window = std::uint32_t{1} << 20;
  std::uint32_t exchanges = 4096;     // open ones that the other side may have
  std::array<std::byte, 16> nonce{};  // random, new for each link

  friend bool operator==(const hello&, const hello&) = default;
};

inline constexpr std::size_t name_max = 128;
inline constexpr std::size_t listen_max = 300;
// Before the hellos are exchanged, nothing is known of the peer: frames are small and checked.
inline constexpr std::size_t hello_frame_max = 4096;
// Whoever offers less than this cannot be talked to.
inline constexpr std::uint32_t frame_max_least = 4096;
inline constexpr std::uint32_t window_least = 4096;

// The payload of a hello frame. `invalid` when a value is outside its bounds, naming it.
[[nodiscard]] result<std::vector<std::byte>> write_hello(const hello& what);

// Reads any bytes. `invalid`: not a hello, a field twice, missing or out of bounds, bytes behind
// the end; `unsupported`: a critical field that this version does not know. Unknown other fields
// are skipped. Texts from it hold no control characters and are valid UTF-8.
[[nodiscard]] result<hello> read_hello(bytes_view payload);

}  // namespace mw::wire
