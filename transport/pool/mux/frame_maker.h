// frame_maker: turns messages into sealed frames, as one link's two sides agreed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/checksum.h"
#include "common/compress/compress.h"
#include "common/frame.h"
#include "common/frame_flags.h"
#include "mux/outbox_queue.h"
#include "mux/stream_writer.h"

#include <mw/message_out.h>
#include <mw/result.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mw::pool {

// What the two sides agreed on. Before the hellos are exchanged: no compression, CRC32C.
struct link_terms {
  wire::checksum sum = wire::checksum::crc32c;
  wire::compression packing = wire::compression::none;         // what we send
  wire::compression agreed_packing = wire::compression::none;  // what may arrive
  std::size_t fragment = 64 * 1024;  // largest part of a message in one frame
  std::size_t message_max = 16 * 1024 * 1024;
  std::size_t compress_from = 1024;
};

// Memory that all links of a lane share while they make frames. Not kept between calls.
struct frame_workshop {
  wire::running_checksum sum;
  std::vector<std::byte> gathered;
  std::vector<std::byte> frame;
  wire::packer packer;
  wire::unpacker unpacker;
};

class frame_maker {
 public:
  frame_maker(const link_terms& terms, frame_workshop& shop) : terms_(terms), shop_(shop) {}

  [[nodiscard]] const link_terms& terms() const { return terms_; }

  // Puts a header in front of the body and a trailer behind it; undo with unseal().
  void seal(wire::frame_head head, message_out& body);
  void unseal(message_out& body) const;

  // The size of a frame with a payload of `size` bytes.
  [[nodiscard]] std::size_t size_of(std::size_t size) const {
    return wire::header_bytes + size + wire::checksum_bytes(terms_.sum);
  }
  // A whole frame with a payload in one piece, to where size_of() bytes are.
  // The payload is that of `body`, which has no references. Frames without an id are the same for
  // all recipients, so that their checksum is counted once.
  void write_whole(wire::frame_head head, message_out& body, std::byte* to) const {
    finish(head);
    const bytes_view payload = body.written();
    const std::size_t checked = wire::header_bytes + payload.size();
    const unsigned bits = wire::flags::of(head);
    wire::flags::write(size_of(payload.size()) - wire::length_bytes, bits, head.id, to);
    if (!payload.empty()) std::memcpy(to + wire::header_bytes, payload.data(), payload.size());
    if (terms_.sum == wire::checksum::none) return;
    const std::uint64_t how =
        std::uint64_t{1} << 32 | static_cast<std::uint64_t>(terms_.sum) << 16 | bits;
    const std::uint64_t* const known = head.id == 0 ? body.remembered(how) : nullptr;
    const std::uint64_t sum =
        known != nullptr ? *known : wire::checksum_of(terms_.sum, {to, checked});
    if (known == nullptr && head.id == 0) body.remember(how, sum);
    wire::write_trailer(terms_.sum, sum, to + checked);
  }

  // A whole small frame, without allocation: control frames.
  struct small_frame {
    static constexpr std::size_t payload_max = 256;
    std::array<std::byte, wire::header_bytes + payload_max + wire::trailer_max> bytes;
    std::size_t size = 0;
    [[nodiscard]] bytes_view view() const { return {bytes.data(), size}; }
  };
  [[nodiscard]] small_frame small(wire::frame_head head, bytes_view payload) const;

  // The body as a message that shares its slices and copies the rest.
  [[nodiscard]] static std::unique_ptr<outgoing> keep(const wire::frame_head& head,
                                                      const message_out& body);

  // All parts of a body in their order: visit(bytes_view, const slice* shared or null).
  template <class Visit>
  static void each_part(const message_out& body, Visit visit) {
    const bytes_view written = body.written();
    std::size_t at = 0;
    for (const message_out::reference& r : body.references()) {
      if (r.at > at) visit(written.subspan(at, r.at - at), nullptr);
      visit(r.bytes.view(), &r.bytes);
      at = r.at;
    }
    if (at < written.size()) visit(written.subspan(at), nullptr);
  }

  // What the next frame of a message costs of the link's window; zero when it is not fragmented.
  [[nodiscard]] std::uint64_t charge(const outgoing& message) const;
  // Writes the next frame, returns its size in bytes.
  std::size_t write_next(outgoing& message, stream& to, stream_writer& writer);

  // Compresses the whole of `body` into the workshop when the terms and the size say so, and when
  // it gets smaller. Empty: it stays as it is. Valid until the next call on this workshop.
  [[nodiscard]] bytes_view packed(const message_out& body);
  // The payload of a compressed frame as it was; within the size of a frame and a ratio of 100.
  [[nodiscard]] result<slice> unpacked(const wire::frame_head& head, bytes_view packed);
  // A frame of such bytes, valid until the next call on this workshop.
  [[nodiscard]] bytes_view frame_of_packed(wire::frame_head head, bytes_view payload);

 private:
  std::size_t write_gathered(outgoing& message, wire::frame_head head, std::size_t count,
                             stream& to, stream_writer& writer);
  [[nodiscard]] bytes_view whole_frame(wire::frame_head head, bytes_view payload);
  void finish(wire::frame_head& head) const { head.checked = terms_.sum != wire::checksum::none; }

  const link_terms& terms_;
  frame_workshop& shop_;
};

// A message that is larger than one frame leaves in fragments.
[[nodiscard]] inline bool needs_fragments(const link_terms& terms, std::size_t size) {
  return size > terms.fragment;
}

}  // namespace mw::pool
