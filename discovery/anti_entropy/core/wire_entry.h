// wire_entry: the bytes of one entry, in messages and in the snapshot.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/packing/packing.h"
#include "core/model.h"

namespace mw::anti_entropy {

using packing::byte_reader;
using packing::put;
using packing::put_short;

inline constexpr std::size_t entry_bytes_min = 1 + 2 + 2;
inline constexpr std::size_t age_bytes = 4;

// All but the age: what digests are made of.
void put_state(std::string& out, const entry& one);
void put_entry(std::string& out, const entry& one);
// Fails the reader for whatever breaks an invariant of model.h or one of its bounds.
[[nodiscard]] entry read_entry(byte_reader& in);

}  // namespace mw::anti_entropy
