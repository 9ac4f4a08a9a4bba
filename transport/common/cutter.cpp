// cutter: whole frames in place; frames in pieces collected, or put where the sink wants them.
// SPDX-License-Identifier: Apache-2.0
#include "cutter.h"

#include "frame_flags.h"

#include <mw/assert.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

namespace mw::wire {
namespace {

bytes_view take_front(bytes_view& bytes, std::size_t count) {
  const bytes_view front = bytes.first(count);
  bytes = bytes.subspan(count);
  return front;
}

}  // namespace

frame_cutter::~frame_cutter() {
  reset();
}

void frame_cutter::reset() {
  memory_.give(std::move(block_));
  if (sum_ != nullptr) memory_.give(std::move(sum_));
  place_ = nullptr;
  have_ = 0;
  total_ = 0;
}

status frame_cutter::feed(bytes_view bytes, frame_sink& sink) {
  if (fault_ != cut_fault::none)
    return {errc::invalid, "bytes after a broken frame: close the link"};
  while (!bytes.empty()) {
    if (have_ == 0) MW_CHECK(cut_whole(bytes, sink));
    if (!bytes.empty()) MW_CHECK(go_on(bytes, sink));
  }
  return {};
}

inline bool frame_cutter::acceptable(const header_fields& fields) const {
  if (fields.length < length_min + trailer_ || fields.length > limits_.frame_max) return false;
  if (((fields.flags & flags::checked) != 0) != (trailer_ != 0)) return false;
  const bool kind = flags::unknown_kind(fields.flags);
  if (flags::unknown_compression(fields.flags) && !kind) return false;
  const bool news = kind || (fields.flags & flags::reserved) != 0;
  return !news || (fields.flags & flags::critical) == 0;
}

// `frame` is all of it, header and trailer included. Inlined: each small frame passes here.
[[gnu::always_inline]] inline status frame_cutter::deliver(const header_fields& fields,
                                                           bytes_view frame, checksum sum,
                                                           std::size_t trailer, frame_sink& sink) {
  if (sum != checksum::none) {
    const std::uint64_t counted = checksum_of(sum, frame.first(frame.size() - trailer));
    const std::uint64_t said = read_trailer(sum, frame.data() + frame.size() - trailer);
    if (said != counted) [[unlikely]]
      return refuse_corrupt(fields, said, counted);
  }
  if (flags::unknown_kind(fields.flags)) [[unlikely]] {
    ++ignored_;
    return {};
  }
  auto outcome = sink.on_frame(flags::head(fields.flags, fields.id),
                               frame.subspan(header_bytes, frame.size() - header_bytes - trailer));
  if (!outcome) [[unlikely]]
    fault_ = cut_fault::sink;
  return outcome;
}

// The path of nearly all frames.
status frame_cutter::cut_whole(bytes_view& bytes, frame_sink& sink) {
  while (bytes.size() >= header_bytes) {
    const header_fields fields = flags::read(bytes.data());
    if (!acceptable(fields)) [[unlikely]]
      return refuse(fields);
    const std::size_t total = length_bytes + fields.length;
    if (bytes.size() < total) return {};
    const bytes_view frame = take_front(bytes, total);
    if (auto outcome = deliver(fields, frame, limits_.sum, trailer_, sink); !outcome) [[unlikely]]
      return outcome;
  }
  return {};
}

// Takes bytes of a frame that is not whole; at least one, unless there is none.
status frame_cutter::go_on(bytes_view& bytes, frame_sink& sink) {
  if (have_ < header_bytes) {
    const bytes_view taken = take_front(bytes, std::min(bytes.size(), header_bytes - have_));
    std::memcpy(edges_.data() + have_, taken.data(), taken.size());
    have_ += taken.size();
    if (have_ < header_bytes) return {};
    MW_CHECK(open(bytes, sink));
  }
  return place_ != nullptr ? fill_place(bytes, sink) : collect(bytes, sink);
}

// The header is whole; `here` follows it.
status frame_cutter::open(bytes_view here, frame_sink& sink) {
  const header_fields fields = flags::read(edges_.data());
  if (!acceptable(fields)) return refuse(fields);
  total_ = length_bytes + fields.length;
  sum_kind_ = limits_.sum;
  const std::size_t size = payload_end() - header_bytes;
  // However little is missing: what is collected is copied here, and once more by the sink.
  if (size < place_from || flags::unknown_kind(fields.flags)) return {};
  place_ = sink.place_for(flags::head(fields.flags, fields.id), size, here);
  if (place_ == nullptr || sum_kind_ == checksum::none) return {};
  sum_ = memory_.take_checksum();
  sum_->start(sum_kind_);
  sum_->add(bytes_view(edges_).first(header_bytes));
  return {};
}

status frame_cutter::collect(bytes_view& bytes, frame_sink& sink) {
  const std::size_t count = std::min(bytes.size(), total_ - have_);
  const bool in_place = block_.bytes != nullptr && bytes.data() == block_.bytes.get() + have_;
  if (!in_place) {
    make_room(have_ + count);
    if (count != 0) std::memcpy(block_.bytes.get() + have_, bytes.data(), count);
  }
  bytes = bytes.subspan(count);
  have_ += count;
  if (have_ < total_) return {};
  // The sink may change the limits: this frame is done before it is delivered.
  cutter_memory::block done = std::exchange(block_, {});
  const bytes_view frame(done.bytes.get(), total_);
  reset();
  auto outcome =
      deliver(flags::read(frame.data()), frame, sum_kind_, checksum_bytes(sum_kind_), sink);
  memory_.give(std::move(done));
  return outcome;
}

status frame_cutter::fill_place(bytes_view& bytes, frame_sink& sink) {
  if (have_ < payload_end()) {
    const bytes_view taken = take_front(bytes, std::min(bytes.size(), payload_end() - have_));
    std::byte* to = place_ + (have_ - header_bytes);
    if (taken.data() != to && !taken.empty()) std::memcpy(to, taken.data(), taken.size());
    if (sum_ != nullptr) sum_->add({to, taken.size()});
    have_ += taken.size();
  }
  if (have_ < payload_end()) return {};
  const bytes_view trailer = take_front(bytes, std::min(bytes.size(), total_ - have_));
  std::memcpy(edges_.data() + header_bytes + (have_ - payload_end()), trailer.data(),
              trailer.size());
  have_ += trailer.size();
  return have_ < total_ ? status{} : deliver_placed(sink);
}

status frame_cutter::deliver_placed(frame_sink& sink) {
  const header_fields fields = flags::read(edges_.data());
  const std::size_t size = payload_end() - header_bytes;
  const std::uint64_t counted = sum_ != nullptr ? sum_->value() : 0;
  const std::uint64_t said = read_trailer(sum_kind_, edges_.data() + header_bytes);
  reset();
  if (said != counted) return refuse_corrupt(fields, said, counted);
  auto outcome = sink.on_placed(flags::head(fields.flags, fields.id), size);
  if (!outcome) fault_ = cut_fault::sink;
  return outcome;
}

// Room for `size` bytes that have arrived. Blocks double, so that each byte is moved about once.
void frame_cutter::make_room(std::size_t size) {
  if (size <= block_.capacity) return;
  if (size > cutter_memory::kept_max) size = std::min(total_, 2 * size);
  grow(size);
}

void frame_cutter::grow(std::size_t size) {
  cutter_memory::block larger = memory_.take(size);
  const std::byte* from = block_.bytes != nullptr ? block_.bytes.get() : edges_.data();
  std::memcpy(larger.bytes.get(), from, have_);
  memory_.give(std::move(block_));
  block_ = std::move(larger);
}

std::span<std::byte> frame_cutter::read_into() {
  if (total_ == 0 || fault_ != cut_fault::none) return {};
  if (place_ != nullptr) {
    const std::size_t missing = payload_end() - std::min(payload_end(), have_);
    if (missing < place_from) return {};
    return {place_ + (have_ - header_bytes), missing};
  }
  if (total_ - have_ < place_from) return {};
  if (block_.capacity < have_ + place_from) {
    const std::size_t twice = 2 * have_;
    const std::size_t size =
        std::min(total_, twice <= cutter_memory::kept_max ? std::bit_floor(twice) : twice);
    if (size < have_ + place_from) return {};
    grow(size);
  }
  return {block_.bytes.get() + have_, std::min(block_.capacity, total_) - have_};
}

status frame_cutter::refuse(const header_fields& fields) {
  const std::size_t trailer = checksum_bytes(limits_.sum);
  const std::string length = std::to_string(fields.length);
  if (fields.length > limits_.frame_max)
    return fail(cut_fault::too_long, errc::invalid,
                "a frame of " + length + " bytes; this link takes " +
                    std::to_string(limits_.frame_max) +
                    " at most, as its hello says: is the peer of this cluster and protocol?");
  if (((fields.flags & flags::checked) != 0) != (trailer != 0))
    return fail(cut_fault::unchecked, errc::invalid,
                trailer != 0 ? "a frame without checksum; this link agreed on " +
                                   std::string(to_string(limits_.sum)) + " for each frame"
                             : "a frame with a checksum; this link agreed on none");
  if (fields.length < length_min + trailer)
    return fail(cut_fault::too_short, errc::invalid,
                "a frame of " + length + " bytes; header and checksum alone take " +
                    std::to_string(length_min + trailer) +
                    ": the peer has lost count of its bytes");
  return fail(cut_fault::unknown_critical, errc::unsupported,
              "a frame with flags " + std::to_string(fields.flags) +
                  " that this version does not know and must not ignore: update this node, or "
                  "switch the feature off at the peer");
}

status frame_cutter::refuse_corrupt(const header_fields& fields, std::uint64_t said,
                                    std::uint64_t counted) {
  const frame_head head = flags::head(fields.flags, fields.id);
  return fail(cut_fault::corrupt, errc::disconnected,
              "a frame of kind " + std::string(to_string(head.kind)) + " and id " +
                  std::to_string(head.id) + " was changed on its way: its checksum says " +
                  std::to_string(said) + ", its bytes give " + std::to_string(counted) +
                  "; the link starts anew, look for broken hardware when this happens again");
}

status frame_cutter::fail(cut_fault fault, errc kind, std::string text) {
  reset();
  fault_ = fault;
  return {kind, std::move(text)};
}

std::string_view to_string(cut_fault fault) noexcept {
  static constexpr std::array<std::string_view, 7> names{
      "none", "too_short", "too_long", "unchecked", "corrupt", "unknown_critical", "sink"};
  return names[static_cast<std::size_t>(fault)];
}

}  // namespace mw::wire
