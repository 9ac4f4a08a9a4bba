// swim_lzw: fuzzes the compression: what is written comes back, what is read is bounded.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_swim_objects
#include "wire/lzw.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t most = 100'000;
  if (const auto out = mw::swim::lzw_expand(text, most); out && out->size() > most) std::abort();
  if (mw::swim::lzw_expand(mw::swim::lzw_compress(text), size) != text) std::abort();
  return 0;
}
