// cutter: cuts frames out of the bytes of a link, in place where they are whole.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cutter_memory.h"
#include "frame.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mw::wire {

// What a link allows. The default is what holds until the hellos are exchanged.
struct cutter_limits {
  std::size_t frame_max = 4096;     // largest value of a length field
  checksum sum = checksum::crc32c;  // each frame carries it; `none`: no frame carries any
};

// A payload of this size or more goes where it belongs; the sink says where. From so much missing
// on it is read there, too, without a copy.
inline constexpr std::size_t place_from = 4096;

// Why a cutter gave up, for metrics.
enum class cut_fault : std::uint8_t {
  none,
  too_short,         // the length field says less than a header
  too_long,          // it says more than the limit
  unchecked,         // no checksum where there must be one, or one where there is none
  corrupt,           // the checksum says that bytes have changed
  unknown_critical,  // a kind, flag or compression that this version does not know
  sink,              // on_frame() or on_placed() failed
};
[[nodiscard]] std::string_view to_string(cut_fault fault) noexcept;

// One direction of one link. Between frames it owns no memory; within one it owns at most twice
// what has arrived of it.
class frame_cutter {
 public:
  explicit frame_cutter(cutter_memory& memory) : memory_(memory) {}
  ~frame_cutter();
  frame_cutter(const frame_cutter&) = delete;
  frame_cutter& operator=(const frame_cutter&) = delete;

  // Gives each frame that is whole now to the sink. A failure is final: the link must be closed,
  // and each later call fails too. `invalid`: the peer broke the format or a limit;
  // `disconnected`: bytes have changed on their way; `unsupported`: a critical frame of a newer
  // version; or what the sink returned.
  status feed(bytes_view bytes, frame_sink& sink);

  // Where the next bytes should be read to: the rest of a frame of which at least `place_from`
  // bytes are missing, otherwise empty. feed() recognises bytes that are in this place already.
  // Valid until the next call of feed() or read_into().
  [[nodiscard]] std::span<std::byte> read_into();

  // Holds from the next frame on; may be called in on_frame().
  void set_limits(const cutter_limits& limits) {
    limits_ = limits;
    trailer_ = checksum_bytes(limits.sum);
  }
  [[nodiscard]] const cutter_limits& limits() const { return limits_; }

  // A frame is half here. Its bytes so far, and how many it has in all (zero before the header is
  // whole), so that the owner can end a link whose frames do not get on.
  [[nodiscard]] bool inside_frame() const { return have_ != 0; }
  [[nodiscard]] std::size_t arrived() const { return have_; }
  [[nodiscard]] std::size_t expected() const { return total_; }

  [[nodiscard]] cut_fault fault() const { return fault_; }
  [[nodiscard]] std::uint64_t ignored() const { return ignored_; }  // frames of unknown kinds

 private:
  status cut_whole(bytes_view& bytes, frame_sink& sink);
  status deliver(const header_fields& fields, bytes_view frame, checksum sum, std::size_t trailer,
                 frame_sink& sink);
  status go_on(bytes_view& bytes, frame_sink& sink);
  status open(bytes_view here, frame_sink& sink);
  status collect(bytes_view& bytes, frame_sink& sink);
  status fill_place(bytes_view& bytes, frame_sink& sink);
  status deliver_placed(frame_sink& sink);
  void make_room(std::size_t size);
  void grow(std::size_t size);
  void reset();

  [[nodiscard]] std::size_t payload_end() const { return total_ - checksum_bytes(sum_kind_); }
  [[nodiscard]] bool acceptable(const header_fields& fields) const;
  status refuse(const header_fields& fields);
  status refuse_corrupt(const header_fields& fields, std::uint64_t said, std::uint64_t counted);
  status fail(cut_fault fault, errc kind, std::string text);

  cutter_memory& memory_;
  cutter_limits limits_;
  std::size_t trailer_ = checksum_bytes(limits_.sum);  // of the next frame

  // Of the frame that is half here.
  std::array<std::byte, header_bytes + trailer_max>
      edges_{};  // header, then trailer of a placed one
  std::size_t have_ = 0;
  std::size_t total_ = 0;  // zero until the header is whole
  cutter_memory::block block_;
  std::byte* place_ = nullptr;
  std::unique_ptr<running_checksum> sum_;  // of a placed one
  checksum sum_kind_ = checksum::none;     // what held when its header was whole

  std::uint64_t ignored_ = 0;
  cut_fault fault_ = cut_fault::none;
};

}  // namespace mw::wire
