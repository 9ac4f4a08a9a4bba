// frames: the pieces of a native stream: each behind its length, sealed once both ends have a salt.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/envelope.h"
#include "wire/keyring.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::swim::native {

inline constexpr std::size_t frame_max = 4 * 1024 * 1024;
inline constexpr std::size_t salt_size = 16;

// Counted nonces: four zero bytes, then the number.
[[nodiscard]] std::string nonce_of(std::uint64_t number);

// Cuts frames out of bytes as they come.
class frame_cutter {
 public:
  void feed(std::string_view bytes) { bytes_.append(bytes); }
  // Nothing: more bytes are needed, or broken().
  std::optional<std::string> next();
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  std::string bytes_;
  bool broken_ = false;
};

[[nodiscard]] std::string frame(std::string_view body);

// The two first frames: who speaks, with which key, and a salt each.
struct opening {
  std::uint32_t label = 0;
  std::uint32_t key_id = 0;  // 0: no encryption
  std::string salt;
};
[[nodiscard]] std::string encode(const opening& o);
[[nodiscard]] std::optional<opening> decode_opening(std::string_view body);

// One direction of one stream. Numbers are counted, not sent: nothing can be left out or repeated.
class frame_sealer {
 public:
  frame_sealer() = default;
  // `master` empty: frames are open.
  frame_sealer(const std::string& master, std::string_view cluster, std::string_view both_salts,
               bool from_dialler);
  [[nodiscard]] std::string seal(std::string_view body);
  [[nodiscard]] std::optional<std::string> open(std::string_view body);

 private:
  std::string key_;
  std::uint64_t number_ = 0;
};

}  // namespace mw::swim::native
