// reader: the next value in a run of bytes, whatever it is, never beyond the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bounds.h"
#include "refusal.h"

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace mw::msgpack {

enum class wire : std::uint8_t {
  nil,
  boolean,
  natural,   // not negative, whatever form it had
  negative,  // the bits of an int64
  real32,
  real64,
  text,
  blob,
  array,
  map
};
[[nodiscard]] std::string_view name_of(wire kind);

// The head of a value. For texts and blobs the content lies behind it and is complete; arrays and
// maps may claim no more values than bytes are left.
struct item {
  wire kind = wire::nil;
  std::uint64_t number = 0;  // the value; length of texts and blobs; count of arrays and maps

  [[nodiscard]] double real() const;  // of real32 and real64
  // "a list of 3", "300": for refusals.
  [[nodiscard]] std::string as_text() const;
};

// Where the bytes begin and end, and what has been refused.
struct source {
  const std::byte* begin;
  const std::byte* end;
  refusal& why;

  source(bytes_view bytes, refusal& faults)
      : begin(bytes.data()), end(bytes.data() + bytes.size()), why(faults) {}

  [[nodiscard]] std::size_t left(const std::byte* at) const {
    return static_cast<std::size_t>(end - at);
  }
  // Notes the reason; returns null, which is what walkers return then.
  const std::byte* refuse(const std::byte* at, reason because, std::string what);
  // What lies behind a whole message does not belong there.
  const std::byte* refuse_rest(const std::byte* at);
};

// Reads the head at `at` and returns where it ends.
[[nodiscard]] const std::byte* read_item(source& from, const std::byte* at, item& out);

// What the rest of a message may still hold.
struct budget {
  std::size_t depth;
  std::size_t nodes;
  std::size_t decoded;
  const limits* bounds;

  explicit budget(const limits& from)
      : depth(from.depth), nodes(from.nodes), decoded(from.decoded), bounds(&from) {}
};
[[nodiscard]] std::string too_deep(const limits& bounds);
[[nodiscard]] std::string too_many(const limits& bounds);

// Passes over one whole value of any kind. Returns where it ends.
[[nodiscard]] const std::byte* skip(source& from, const std::byte* at, budget& left);

}  // namespace mw::msgpack
