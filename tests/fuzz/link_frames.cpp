// link_frames: any bytes, cut anywhere and read to their place, give what they give as a whole.
// SPDX-License-Identifier: Apache-2.0
// links: mw_transport_common
#include "common/cutter.h"
#include "common/frame_samples.h"

#include <mw/assert.h>
#include <mw/random.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using mw::bytes_view;
using mw::wire::checksum;
using mw::wire::samples::byte_string;

constexpr std::size_t limit = std::size_t{64} << 10;

struct outcome {
  std::vector<mw::wire::samples::seen_frame> frames;
  mw::wire::cut_fault fault = mw::wire::cut_fault::none;
  std::string text;
  std::size_t arrived = 0;
  std::uint64_t ignored = 0;
  friend bool operator==(const outcome&, const outcome&) = default;
};

// Random bytes have no right checksums: gives them to the frames, so that what is behind is seen.
void seal(byte_string& bytes, checksum sum) {
  const std::size_t trailer = mw::wire::checksum_bytes(sum);
  for (std::size_t at = 0; bytes.size() - at >= mw::wire::header_bytes;) {
    const auto head = mw::wire::read_header(bytes.data() + at);
    const std::size_t total = mw::wire::length_bytes + head.length;
    if (total < mw::wire::header_bytes + trailer || total > bytes.size() - at) return;
    bytes[at + 5] |= std::byte{0x40};
    const bytes_view covered = bytes_view(bytes).subspan(at, total - trailer);
    mw::wire::write_trailer(sum, mw::wire::checksum_of(sum, covered),
                            bytes.data() + at + total - trailer);
    at += total;
  }
}

class link_side {
 public:
  link_side(checksum sum, bool places) : sink_(places) { cutter_.set_limits({limit, sum}); }

  bool feed(bytes_view bytes) {
    mw::status fed = cutter_.feed(bytes, sink_);
    if (!fed) text_ = fed.error().text();
    const std::size_t allowed = std::max(2 * cutter_.arrived(), mw::wire::cutter_memory::smallest);
    MW_ASSERT(memory_.held() <= (cutter_.inside_frame() ? allowed : 0),
              "memory grows with what has arrived");
    return fed.ok();
  }
  std::span<std::byte> read_into() {
    const auto place = cutter_.read_into();
    MW_ASSERT(place.empty() || place.size() >= mw::wire::place_from, "small places do not pay");
    return place;
  }
  outcome end() {
    return {std::move(sink_.frames), cutter_.fault(), text_, cutter_.arrived(), cutter_.ignored()};
  }

 private:
  mw::wire::cutter_memory memory_;
  mw::wire::frame_cutter cutter_{memory_};
  mw::wire::samples::remembering_sink sink_;
  std::string text_;
};

outcome in_pieces(bytes_view bytes, checksum sum, mw::random_stream random) {
  link_side side(sum, random.chance(0.5));
  const std::size_t most = std::size_t{1} << random.below(17);
  while (!bytes.empty()) {
    const auto place = side.read_into();
    const std::size_t count = std::min<std::size_t>(bytes.size(), 1 + random.below(most));
    const std::size_t direct = std::min(count, place.size());
    std::copy_n(bytes.begin(), direct, place.begin());
    if (!side.feed(bytes_view(place).first(direct))) break;
    if (!side.feed(bytes.subspan(direct, count - direct))) break;
    bytes = bytes.subspan(count);
  }
  return side.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto sum = static_cast<checksum>(data[0] % 3);
  const bytes_view rest = std::as_bytes(std::span(data, size)).subspan(2);
  byte_string bytes(rest.begin(), rest.end());
  if (sum != checksum::none && (data[0] & 0x80U) != 0) seal(bytes, sum);
  link_side whole(sum, false);
  (void)whole.feed(bytes);
  const outcome expected = whole.end();
  mw::random_stream random(data[1]);
  for (int i = 0; i < 3; ++i)
    MW_ASSERT(in_pieces(bytes, sum, mw::random_stream(random.next())) == expected,
              "the cut does not matter");
  return 0;
}
