// frame_maker: headers, trailers, fragments.
// SPDX-License-Identifier: Apache-2.0
#include "mux/frame_maker.h"

#include "common/frame_payload.h"

#include <mw/assert.h>

#include <algorithm>
#include <cstring>

namespace mw::pool {

using wire::header_bytes;

void frame_maker::seal(wire::frame_head head, message_out& body) {
  finish(head);
  const std::size_t size = body.size();
  wire::write_header(head, size, terms_.sum, body.push_front(header_bytes));
  const std::size_t trailer = wire::checksum_bytes(terms_.sum);
  if (trailer == 0) return;
  std::uint64_t value = 0;
  if (body.references().empty()) {
    value = wire::checksum_of(terms_.sum, body.written());
  } else {
    shop_.sum.start(terms_.sum);
    each_part(body, [this](bytes_view part, const slice*) { shop_.sum.add(part); });
    value = shop_.sum.value();
  }
  wire::write_trailer(terms_.sum, value, body.push_back(trailer));
}

void frame_maker::unseal(message_out& body) const {
  body.drop_back(wire::checksum_bytes(terms_.sum));
  body.drop_front(header_bytes);
}

frame_maker::small_frame frame_maker::small(wire::frame_head head, bytes_view payload) const {
  MW_ASSERT(payload.size() <= small_frame::payload_max, "control frames are small");
  small_frame frame;
  finish(head);
  wire::write_header(head, payload.size(), terms_.sum, frame.bytes.data());
  if (!payload.empty())
    std::memcpy(frame.bytes.data() + header_bytes, payload.data(), payload.size());
  frame.size = header_bytes + payload.size();
  if (head.checked) {
    const std::uint64_t value = wire::checksum_of(terms_.sum, frame.view());
    wire::write_trailer(terms_.sum, value, frame.bytes.data() + frame.size);
    frame.size += wire::checksum_bytes(terms_.sum);
  }
  return frame;
}

std::unique_ptr<outgoing> frame_maker::keep(const wire::frame_head& head, const message_out& body) {
  auto message = std::make_unique<outgoing>();
  message->head = head;
  message->size = body.size();
  message->parts.reserve(2 * body.references().size() + 1);
  each_part(body, [&](bytes_view part, const slice* shared) {
    message->parts.push_back(shared != nullptr ? *shared : slice::copy_of(part));
  });
  return message;
}

std::uint64_t frame_maker::charge(const outgoing& message) const {
  if (!needs_fragments(terms_, message.size) || message.paid) return 0;
  return std::min(terms_.fragment, message.size - message.sent);
}

std::size_t frame_maker::write_next(outgoing& message, stream& to, stream_writer& writer) {
  wire::frame_head head = message.head;
  const std::size_t count = std::min(terms_.fragment, message.size - message.sent);
  head.first = message.sent == 0;
  head.more = message.sent + count < message.size;
  if (terms_.packing != wire::compression::none)
    return write_gathered(message, head, count, to, writer);
  finish(head);
  std::array<std::byte, header_bytes + wire::fragment_size_bytes> front;
  std::size_t front_size = header_bytes;
  if (head.first && head.more) {
    wire::write_u32(static_cast<std::uint32_t>(message.size), front.data() + header_bytes);
    front_size += wire::fragment_size_bytes;
  }
  wire::write_header(head, front_size - header_bytes + count, terms_.sum, front.data());
  const bytes_view front_bytes(front.data(), front_size);
  shop_.sum.start(terms_.sum);
  if (head.checked) shop_.sum.add(front_bytes);
  writer.put(to, front_bytes);
  for (std::size_t left = count; left > 0;) {
    slice piece = message.next(left);
    left -= piece.size();
    if (head.checked) shop_.sum.add(piece.view());
    writer.put(to, std::move(piece));
  }
  const std::size_t trailer = wire::checksum_bytes(terms_.sum);
  if (trailer > 0) {
    std::array<std::byte, wire::trailer_max> back;
    wire::write_trailer(terms_.sum, shop_.sum.value(), back.data());
    writer.put(to, bytes_view(back.data(), trailer));
  }
  return front_size + count + trailer;
}

// ---- compression -------------------------------------------------------------------------------

bytes_view frame_maker::packed(const message_out& body) {
  bytes_view whole = body.written();
  if (!body.references().empty()) {
    shop_.gathered.clear();
    each_part(body, [this](bytes_view part, const slice*) {
      shop_.gathered.insert(shop_.gathered.end(), part.begin(), part.end());
    });
    whole = shop_.gathered;
  }
  if (!wire::should_compress(whole, terms_.compress_from)) return {};
  return shop_.packer.pack(terms_.packing, whole);
}

bytes_view frame_maker::frame_of_packed(wire::frame_head head, bytes_view payload) {
  head.packed = terms_.packing;
  return whole_frame(head, payload);
}

bytes_view frame_maker::whole_frame(wire::frame_head head, bytes_view payload) {
  finish(head);
  const std::size_t trailer = wire::checksum_bytes(terms_.sum);
  std::vector<std::byte>& frame = shop_.frame;
  frame.resize(header_bytes + payload.size() + trailer);
  wire::write_header(head, payload.size(), terms_.sum, frame.data());
  std::memcpy(frame.data() + header_bytes, payload.data(), payload.size());
  if (trailer > 0) {
    const bytes_view checked(frame.data(), header_bytes + payload.size());
    wire::write_trailer(terms_.sum, wire::checksum_of(terms_.sum, checked),
                        frame.data() + checked.size());
  }
  return frame;
}

// A fragment that may get smaller has to be in one piece first.
std::size_t frame_maker::write_gathered(outgoing& message, wire::frame_head head, std::size_t count,
                                        stream& to, stream_writer& writer) {
  std::vector<std::byte>& all = shop_.gathered;
  all.clear();
  if (head.first && head.more) {
    all.resize(wire::fragment_size_bytes);
    wire::write_u32(static_cast<std::uint32_t>(message.size), all.data());
  }
  for (std::size_t left = count; left > 0;) {
    const slice piece = message.next(left);
    left -= piece.size();
    all.insert(all.end(), piece.view().begin(), piece.view().end());
  }
  bytes_view packed;
  if (wire::should_compress(all, terms_.compress_from))
    packed = shop_.packer.pack(terms_.packing, all);
  const bytes_view frame = packed.empty() ? whole_frame(head, all) : frame_of_packed(head, packed);
  writer.put(to, frame);
  return frame.size();
}

result<slice> frame_maker::unpacked(const wire::frame_head& head, bytes_view packed) {
  if (head.packed != terms_.agreed_packing)
    return {errc::invalid,
            "compressed as " + std::string(to_string(head.packed)) + ", which was not agreed on"};
  MW_TRY(const std::size_t size, wire::unpacked_size(packed, terms_.message_max));
  buffer_block* const block = allocate_block(size);
  slice whole(block, 0, size);
  MW_CHECK(shop_.unpacker.unpack(head.packed, packed, {block->data(), size}));
  return whole;
}

}  // namespace mw::pool
