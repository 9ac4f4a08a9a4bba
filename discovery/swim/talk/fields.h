// fields: walking a MessagePack map by the names of its entries.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "talk/messages.h"
#include "wire/pack.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace mw::swim::talk {

// `each` gets every name and returns false for those it does not know. False: broken.
template <class Each>
bool each_field(unpacker& in, Each each) {
  const std::size_t entries = in.map();
  for (std::size_t i = 0; i < entries && !in.failed(); ++i)
    if (const std::string_view name = in.raw(); !each(name)) in.skip();
  return !in.failed();
}

inline constexpr std::size_t node_name_max = 255;
inline constexpr std::size_t known_members_max = 65'536;

[[nodiscard]] inline std::string begin(kind k) {
  return std::string(1, static_cast<char>(k));
}
// The body behind the byte of its kind; empty when it is another kind.
[[nodiscard]] inline std::string_view body(std::string_view bytes, kind k) {
  if (bytes.size() < 2 || static_cast<kind>(bytes.front()) != k) return {};
  return bytes.substr(1);
}

}  // namespace mw::swim::talk
