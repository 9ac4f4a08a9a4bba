// stream_cutter: finds where one message of a memberlist stream ends, whatever pieces it comes in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::swim::serf {

// Each byte is looked at once: dripping input costs no more than a whole message.
class stream_cutter {
 public:
  static constexpr std::size_t size_max = 4 * 1024 * 1024;
  static constexpr std::size_t members_max = 65'536;

  enum class state : std::uint8_t { more, whole, broken };
  // `labelled`: a label may stand in front.
  explicit stream_cutter(bool labelled) : at_label_(labelled) {}

  state feed(std::string_view bytes);
  // When whole: the label, and the message behind it.
  [[nodiscard]] std::string_view label() const {
    return std::string_view(bytes_).substr(0, label_);
  }
  [[nodiscard]] std::string_view text() const { return std::string_view(bytes_).substr(label_); }

 private:
  state step();
  state take_label();
  state take_head();
  state take_items();
  state take_body_size();
  // Skips MessagePack items; false: bytes are missing, or it is broken.
  bool skip_item();

  enum class phase : std::uint8_t { label, head, items, header, tail, done };
  std::string bytes_;
  bool at_label_;
  bool broken_ = false;
  phase phase_ = phase::label;
  std::size_t label_ = 0;        // bytes of the label itself, kept in front
  std::size_t at_ = 0;           // looked at so far
  std::size_t header_from_ = 0;  // where the map that tells sizes begins
  std::uint64_t items_ = 0;      // MessagePack items still to be skipped
  std::uint64_t tail_ = 0;       // plain bytes after them
};

}  // namespace mw::swim::serf
