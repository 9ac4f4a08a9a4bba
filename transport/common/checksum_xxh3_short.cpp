// checksum_xxh3_short: XXH3-64 of short inputs, inlined: dispatch takes as long as the sum.
// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#define XXH_INLINE_ALL
#define XXH_FORCE_MEMORY_ACCESS 1  // packed loads: each memcpy of eight bytes became a call
#include <xxhash.h>

namespace mw::wire::detail {

std::uint64_t xxh3_short(bytes_view bytes) {
  const std::size_t size = bytes.size();
  if (size > xxh3_short_max) __builtin_unreachable();  // leaves the code for long ones out
  return XXH3_64bits(bytes.data(), size);
}

}  // namespace mw::wire::detail
