// frame: what one message or fragment looks like on a link; layout in ../WIRE.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/channel.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>

namespace mw::wire {

// Four bits of the flags. Numbers are on the wire: never change one.
enum class frame_kind : std::uint8_t {
  hello = 0,
  confirm = 1,  // the transcript's hash: ends the handshake
  one_way = 2,
  request = 3,
  request_item = 4,
  request_end = 5,
  reply_item = 6,
  reply = 7,
  refusal = 8,
  cancel = 9,
  credit = 10,  // payload: u32 bytes; id 0: of the link
  ping = 11,    // payload: up to 16 bytes, echoed by pong
  pong = 12,
  goodbye = 13,  // payload: u8 kind, text; the sender takes no new exchanges and closes when done
  reset = 14,    // one exchange is dropped by the side that answers or reassembles; as goodbye
};

enum class compression : std::uint8_t { none, lz4, zstd };
enum class checksum : std::uint8_t { none, crc32c, xxh3 };  // as negotiated: 0, 4 or 8 bytes

struct frame_head {
  frame_kind kind = frame_kind::one_way;
  compression packed = compression::none;
  bool checked = false;  // a checksum follows the payload
  bool more = false;     // more fragments of the same message follow
  bool first = true;     // the message's first fragment; with `more` its payload starts with the
                         // message's whole size as u32
  mw::priority priority = mw::priority::normal;
  bool critical = false;  // whoever does not understand this frame must close the link
  std::uint64_t id = 0;

  friend bool operator==(const frame_head&, const frame_head&) = default;
};

inline constexpr std::size_t header_bytes = 14;  // length u32, flags u16, id u64; big-endian
inline constexpr std::size_t length_bytes = 4;   // the length counts what follows itself
inline constexpr std::size_t length_min = header_bytes - length_bytes;
inline constexpr std::size_t trailer_max = 8;
inline constexpr std::size_t frame_max = std::size_t{16} << 20;  // length field's largest value

[[nodiscard]] constexpr std::size_t checksum_bytes(checksum sum) {
  return sum == checksum::none ? 0 : sum == checksum::crc32c ? 4 : 8;
}

// Writes the header for a payload of `size` bytes (trailer not counted) to `to`. The checksum goes
// over the header and the payload: see write_trailer() in checksum.h.
void write_header(const frame_head& head, std::size_t size, checksum sum, std::byte* to);

// The header's three fields as they stand there, before anything is believed.
struct header_fields {
  std::uint32_t length = 0;
  std::uint16_t flags = 0;
  std::uint64_t id = 0;
};
[[nodiscard]] header_fields read_header(const std::byte* from);

// What flags mean. Reserved bits are ignored here.
[[nodiscard]] frame_head head_of(const header_fields& fields);

// What this version does not know. A frame of such a kind, or with reserved bits, must be ignored
// or, when it is critical, must end the link.
[[nodiscard]] bool known_kind(std::uint16_t flags);
[[nodiscard]] bool known_bits(std::uint16_t flags);
[[nodiscard]] bool known_compression(std::uint16_t flags);

[[nodiscard]] std::string_view to_string(frame_kind kind) noexcept;
[[nodiscard]] std::string_view to_string(compression kind) noexcept;
[[nodiscard]] std::string_view to_string(checksum kind) noexcept;

// Where cut frames go. Calls come from within frame_cutter::feed(); none of them may feed, move or
// destroy the cutter. To end the link, return a failure: feed() stops and returns it.
class frame_sink {
 public:
  // A whole frame with its checksum verified; `payload` is valid during the call. A failure ends
  // the link and comes back from feed().
  virtual status on_frame(const frame_head& head, bytes_view payload) = 0;
  // A frame has begun whose payload of `size` bytes, at least `place_from`, is not all here yet:
  // where to put it, or null when the cutter should collect it. The place stays valid until
  // on_placed() or the end of the link. The size is only what the peer says: a place must be
  // covered by credit that was given, or be memory that costs nothing until it is written. `here`
  // is the part of the payload that has arrived already: possibly nothing; it is copied to the
  // place.
  virtual std::byte* place_for(const frame_head& head, std::size_t size, bytes_view here) = 0;
  // The place is filled and verified.
  virtual status on_placed(const frame_head& head, std::size_t size) = 0;

 protected:
  ~frame_sink() = default;
};

}  // namespace mw::wire
