// fields: walking a MessagePack map by the names of its entries.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/pack.h"

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

// The body behind the byte of its kind; empty when it is another kind.
[[nodiscard]] inline std::string_view body_of(std::string_view bytes, std::uint8_t kind) {
  if (bytes.size() < 2 || static_cast<std::uint8_t>(bytes.front()) != kind) return {};
  return bytes.substr(1);
}

}  // namespace mw::swim::talk
