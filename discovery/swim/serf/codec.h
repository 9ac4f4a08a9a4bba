// codec: memberlist's messages as MessagePack maps, each behind one byte that tells its kind.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <optional>
#include <string>
#include <string_view>

namespace mw::swim::serf {

enum class kind : std::uint8_t {
  ping = 0,
  indirect_ping = 1,
  ack = 2,
  suspect = 3,
  alive = 4,
  dead = 5,
  push_pull = 6,
  compound = 7,
  user = 8,
  compress = 9,
  encrypt = 10,
  nack = 11,
  crc = 12,
  error = 13,
};

class codec final : public message_codec {
 public:
  // `layers`: bytes that what is around a packet takes (label, encryption, checksum).
  explicit codec(std::size_t layers) : layers_(layers) {}
  [[nodiscard]] std::string encode(const message& m) const override;
  [[nodiscard]] std::size_t packet_room() const override { return 1400 - layers_; }
  [[nodiscard]] std::size_t part_overhead() const override { return 2; }

 private:
  std::size_t layers_;
};

// One message without what is around it. Nothing when it is not one of memberlist's, or broken.
[[nodiscard]] std::optional<message> decode(std::string_view bytes);

// What serf puts into acknowledgements: one byte, then a coordinate.
[[nodiscard]] std::string encode_coordinate(const coordinate& c);
[[nodiscard]] std::optional<coordinate> decode_coordinate(std::string_view bytes);

}  // namespace mw::swim::serf
