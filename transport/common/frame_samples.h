// frame_samples: whole frames to test with, and a sink that remembers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checksum.h"
#include "frame.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mw::wire::samples {

using byte_string = std::vector<std::byte>;

inline byte_string bytes_of(std::size_t size, unsigned seed) {
  byte_string bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>((i * 131 + seed * 17 + (i >> 8)) & 0xff);
  return bytes;
}

// Appends a frame as a correct sender writes it.
inline void append_frame(byte_string& to, frame_head head, bytes_view payload, checksum sum) {
  head.checked = sum != checksum::none;
  const std::size_t start = to.size();
  to.resize(start + header_bytes);
  write_header(head, payload.size(), sum, to.data() + start);
  to.insert(to.end(), payload.begin(), payload.end());
  const std::uint64_t value = checksum_of(sum, bytes_view(to).subspan(start));
  to.resize(to.size() + checksum_bytes(sum));
  write_trailer(sum, value, to.data() + to.size() - checksum_bytes(sum));
}

struct seen_frame {
  frame_head head;
  byte_string payload;
  friend bool operator==(const seen_frame&, const seen_frame&) = default;
};

// Remembers frames in order. With `places` set it offers a place for each large one.
class remembering_sink : public frame_sink {
 public:
  explicit remembering_sink(bool places = false) : places_(places) {}
  virtual ~remembering_sink() = default;

  std::vector<seen_frame> frames;
  std::size_t placed = 0;
  std::size_t asked = 0;

  status on_frame(const frame_head& head, bytes_view payload) override {
    frames.push_back({head, {payload.begin(), payload.end()}});
    return {};
  }
  std::byte* place_for(const frame_head& /*head*/, std::size_t size, bytes_view /*here*/) override {
    ++asked;
    if (!places_) return nullptr;
    place_ = std::make_unique_for_overwrite<std::byte[]>(size);
    return place_.get();
  }
  status on_placed(const frame_head& head, std::size_t size) override {
    ++placed;
    frames.push_back({head, {place_.get(), place_.get() + size}});
    return {};
  }

 private:
  std::unique_ptr<std::byte[]> place_;
  bool places_;
};

}  // namespace mw::wire::samples
