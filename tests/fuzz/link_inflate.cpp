// link_inflate: any bytes unpack to what they say or to a refusal; what was packed comes back.
// SPDX-License-Identifier: Apache-2.0
// links: mw_transport_common
#include "common/compress/compress.h"

#include <mw/assert.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using mw::bytes_view;
using mw::wire::compression;

constexpr std::size_t limit = std::size_t{256} << 10;

void inflate(compression kind, bytes_view packed) {
  mw::wire::unpacker from;
  const auto said = mw::wire::unpacked_size(packed, limit);
  const auto got = from.unpack(kind, packed, limit);
  MW_ASSERT(said.ok() || !got.ok(), "what may not be said may not be unpacked");
  if (!got) return;
  MW_ASSERT(got->size() == *said, "as many bytes as were said");
  MW_ASSERT(got->size() <= limit, "the limit holds");
  MW_ASSERT(got->size() <= mw::wire::ratio_max * packed.size(), "the ratio holds");
}

void there_and_back(compression kind, bytes_view bytes) {
  mw::wire::packer to;
  (void)mw::wire::should_compress(bytes, 1);
  const bytes_view packed = to.pack(kind, bytes);
  if (packed.empty()) return;
  MW_ASSERT(packed.size() < bytes.size(), "packing pays");
  mw::wire::unpacker from;
  const bytes_view after = from.unpack(kind, packed, bytes.size()).value();
  MW_ASSERT(std::equal(after.begin(), after.end(), bytes.begin(), bytes.end()), "comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto kind = (data[0] & 1U) != 0 ? compression::lz4 : compression::zstd;
  const bytes_view rest = std::as_bytes(std::span(data, size)).subspan(1);
  inflate(kind, rest);
  there_and_back(kind, rest);
  return 0;
}
