// checksum_xxh3: XXH3-64 by xxhash, and what is built of both kinds; the one file that includes it.
// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#include <mw/assert.h>

#define XXH_STATIC_LINKING_ONLY  // the state's size
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // the library chooses SSE2, AVX2 or AVX-512 when it runs
#else
#include <xxhash.h>
#endif

namespace mw::wire {

struct running_checksum::xxh3_state {
  XXH3_state_t state;
};

running_checksum::running_checksum() = default;
running_checksum::~running_checksum() = default;
running_checksum::running_checksum(running_checksum&&) noexcept = default;
running_checksum& running_checksum::operator=(running_checksum&&) noexcept = default;

std::uint64_t checksum_of(checksum kind, bytes_view bytes) {
  switch (kind) {
    case checksum::none:
      return 0;
    case checksum::crc32c:
      return detail::crc32c(0, bytes);
    case checksum::xxh3:
      return bytes.size() <= detail::xxh3_short_max ? detail::xxh3_short(bytes)
                                                    : XXH3_64bits(bytes.data(), bytes.size());
  }
  return 0;
}

void running_checksum::start(checksum kind) {
  kind_ = kind;
  crc_ = 0;
  if (kind != checksum::xxh3) return;
  if (xxh3_ == nullptr) xxh3_ = std::make_unique<xxh3_state>();
  const XXH_errorcode outcome = XXH3_64bits_reset(&xxh3_->state);
  MW_ASSERT(outcome == XXH_OK, "only a null state is refused");
}

void running_checksum::add(bytes_view bytes) {
  if (kind_ == checksum::crc32c) crc_ = detail::crc32c(crc_, bytes);
  if (kind_ != checksum::xxh3) return;
  if (bytes.empty()) return;
  const auto outcome = XXH3_64bits_update(&xxh3_->state, bytes.data(), bytes.size());
  MW_ASSERT(outcome == XXH_OK, "only a null pointer is refused");
}

std::uint64_t running_checksum::value() const {
  if (kind_ == checksum::xxh3) return XXH3_64bits_digest(&xxh3_->state);
  return crc_;
}

}  // namespace mw::wire
