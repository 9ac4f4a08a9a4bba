// deny_list: what is read is written again byte by byte, and says nothing about who signed it.
// SPDX-License-Identifier: Apache-2.0
// links: mw_denylist
#include "common/denylist/denylist.h"

#include <mw/assert.h>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace deny = mw::denylist;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = deny::parse(text);
  if (!list) {
    MW_ASSERT(list.error().kind() == mw::errc::invalid, "a text can only be wrong");
    return 0;
  }
  MW_ASSERT(print(*list) == text, "a signature covers every byte");
  MW_ASSERT(list->entries.size() <= deny::entries_max, "the bound holds");
  for (const deny::entry& one : list->entries)
    MW_ASSERT(find(*list, one.kind == deny::entry_kind::serial ? one.value : "",
                   one.kind == deny::entry_kind::key ? one.value : "",
                   one.kind == deny::entry_kind::id ? one.value : "") == &one,
              "entries are in order");
  MW_ASSERT(!deny::signers().verify(*list), "nobody may sign");
  return 0;
}
