// state_message: what peers say about shared state, and snapshots: one form each, bounds kept.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_anti_entropy_objects
#include "core/comparison.h"
#include "core/snapshot.h"

#include <mw/assert.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

namespace ae = mw::anti_entropy;

void check_message(std::string_view bytes) {
  const auto read = ae::decode(bytes);
  if (!read) return;
  MW_ASSERT(ae::encode(*read) == bytes, "a message has one form only");
}

// A node that takes it twice is what it was after the first time, and within its bounds.
void check_answer(std::string_view bytes) {
  const ae::table_limits limits{.entries_max = 4,
                                .bytes_max = 8192,
                                .writers_max = 4,
                                .forget_after = mw::duration(1'000'000'000)};
  ae::table entries(limits, {"n1", 1});
  MW_ASSERT(entries.set("a", "1").ok() && entries.add("c", 2).ok(), "two entries fit");
  ae::standing place(limits.forget_after, ae::rank::resident, {});
  ae::party here{entries, place};
  const auto first = ae::answer(here, bytes, {});
  MW_ASSERT(!first || first->size() <= ae::message_max, "answers are bounded");
  const std::uint64_t root = entries.digests_tree().root();
  (void)ae::answer(here, bytes, {});
  MW_ASSERT(entries.digests_tree().root() == root, "once is as good as twice");
  MW_ASSERT(entries.size() <= 4 && entries.bytes() <= 8192, "bounds hold");
  ae::comparison asking(here);
  const auto next = asking.take(bytes, {});
  MW_ASSERT(!next || !*next || (*next)->size() <= ae::message_max, "questions are bounded");
}

void check_snapshot(std::string_view bytes) {
  const auto read = ae::parse_snapshot(bytes);
  if (!read) return;
  (void)ae::to_bytes(*read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_message(bytes);
  check_answer(bytes);
  check_snapshot(bytes);
  return 0;
}
