// tree: buckets are sums, so that the order of entries does not matter; above are hashes of hashes.
// SPDX-License-Identifier: Apache-2.0
#include "core/tree.h"

#include <mw/toolkit/hash.h>

#include <algorithm>

namespace mw::anti_entropy {

namespace {

std::uint64_t hash_of(const digests& all) {
  std::uint64_t out = fan_out;
  for (const std::uint64_t one : all) out = hash_mix(out, one);
  return out;
}

std::uint64_t share_of(std::uint64_t key, std::uint64_t digest) {
  return digest == 0 ? 0 : hash_mix(key, digest);
}

}  // namespace

tree::tree() {
  branches_.fill(hash_of({}));
  root_ = hash_of(branches_);
}

void tree::change(std::uint64_t key, std::uint64_t before, std::uint64_t after) {
  const std::size_t bucket = bucket_of(key);
  const std::size_t branch = bucket / fan_out;
  buckets_[bucket] += share_of(key, after) - share_of(key, before);
  branches_[branch] = hash_of(buckets(branch));
  root_ = hash_of(branches_);
}

digests tree::buckets(std::size_t branch) const {
  digests out{};
  std::copy_n(buckets_.begin() + static_cast<std::ptrdiff_t>(branch * fan_out), fan_out,
              out.begin());
  return out;
}

}  // namespace mw::anti_entropy
