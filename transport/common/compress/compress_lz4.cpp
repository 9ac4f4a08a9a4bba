// compress_lz4: the one file that includes lz4.
// SPDX-License-Identifier: Apache-2.0
#include "compress_lz4.h"

#include <lz4.h>

namespace mw::wire::detail {
namespace {

// The library counts in int; frames and limits are far below, and nothing depends on it.
bool fits(std::size_t size) {
  return size <= static_cast<std::size_t>(LZ4_MAX_INPUT_SIZE);
}
const char* chars(bytes_view bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}
char* chars(std::span<std::byte> bytes) {
  return reinterpret_cast<char*>(bytes.data());
}

}  // namespace

std::size_t lz4_block::pack(bytes_view from, std::span<std::byte> to) {
  if (!fits(from.size()) || !fits(to.size())) return 0;
  if (state_ == nullptr)
    state_ = std::make_unique<std::byte[]>(static_cast<std::size_t>(LZ4_sizeofState()));
  const int size =
      LZ4_compress_fast_extState(state_.get(), chars(from), chars(to),
                                 static_cast<int>(from.size()), static_cast<int>(to.size()), 1);
  return static_cast<std::size_t>(size);
}

bool lz4_block::unpack(bytes_view from, std::span<std::byte> to) {
  if (!fits(from.size()) || !fits(to.size())) return false;
  const int size = LZ4_decompress_safe(chars(from), chars(to), static_cast<int>(from.size()),
                                       static_cast<int>(to.size()));
  return size >= 0 && static_cast<std::size_t>(size) == to.size();
}

}  // namespace mw::wire::detail
