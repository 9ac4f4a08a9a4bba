// messages: what traffic probes say to each other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace traffic {

// One of a numbered series; `exactly` chooses the guarantee it travels under.
struct note {
  std::uint8_t exactly = 0;
  std::uint64_t number = 0;
  mw::bytes_view ballast;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&note::exactly>("exactly", "1: exactly once, 0: at least."),
                          mw::field<&note::number>("number", "Counts up, for each peer."),
                          mw::field<&note::ballast>("ballast", "Nothing of interest."));
  }
};

// The notes that were acknowledged towards the sender of this.
struct claim {
  std::uint8_t exactly = 0;
  std::vector<std::uint64_t> numbers;
  static constexpr auto fields() {
    return mw::field_list(
        mw::field<&claim::exactly>("exactly", "Of which guarantee."),
        mw::field<&claim::numbers>("numbers", "Acknowledged; part of all, for bounded messages."));
  }
};
struct verdict {
  std::uint64_t missing = 0;
  std::uint64_t doubled = 0;
  static constexpr auto fields() {
    return mw::field_list(
        mw::field<&verdict::missing>("missing", "Acknowledged, but never seen here."),
        mw::field<&verdict::doubled>("doubled", "Seen here more than once."));
  }
};

// Items of a stream, and what the other end made of it.
struct item {
  std::uint64_t place = 0;
  mw::bytes_view ballast;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&item::place>("place", "0, 1, 2 ..."),
                          mw::field<&item::ballast>("ballast", "Nothing of interest."));
  }
};
struct tally {
  std::uint64_t items = 0;
  std::uint8_t in_order = 1;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&tally::items>("items", "How many came."),
                          mw::field<&tally::in_order>("in_order", "0: some were out of place."));
  }
};

// A question, and its answer, which is the same.
struct question {
  std::uint64_t number = 0;
  std::uint64_t patience = 0;
  static constexpr auto fields() {
    return mw::field_list(
        mw::field<&question::number>("number", "Of the asker."),
        mw::field<&question::patience>("patience", "Nanoseconds until it is to be answered."));
  }
};

// One call of a chain.
struct link_of_chain {
  std::uint64_t depth = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&link_of_chain::depth>("depth", "1, 2, 3 ..."));
  }
};

// Bytes that are not all alike, and the same for the same size: damage shows.
inline void fill_ballast(std::vector<std::byte>& out, std::size_t size) {
  out.resize(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>((i * 31 + size) >> 3);
}
inline bool is_ballast(mw::bytes_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != static_cast<std::byte>((i * 31 + bytes.size()) >> 3)) return false;
  return true;
}

}  // namespace traffic
