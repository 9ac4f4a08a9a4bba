// encode: a message in memory to msgpack bytes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bounds.h"
#include "plan.h"
#include "refusal.h"
#include "writer.h"

#include <mw/message_out.h>

namespace mw::msgpack {

// One message. The walkers return where they ended, null after a refusal.
class encoder {
 public:
  encoder(const limits& bounds, message_out& out, refusal& why)
      : bounds_(bounds), out_(out), depth_(bounds.depth), nodes_(bounds.nodes), why_(why) {}

  // False: `why` says why, and `out` is to be cleared.
  [[nodiscard]] bool message(const group_plan& plan, const void* object);

 private:
  std::byte* group(const group_plan& plan, std::byte* to, const void* object);
  std::byte* fields(const group_plan& plan, std::byte* to, const void* object);
  std::byte* value(const step& how, std::byte* to, const void* object);
  std::byte* nested(const step& how, std::byte* to, const void* object);
  std::byte* list(const step& how, std::byte* to, const void* object);
  std::byte* maybe(const step& how, std::byte* to, const void* object);
  std::byte* text(std::byte* to, std::string_view content);
  std::byte* blob(std::byte* to, bytes_view content);
  std::byte* shared_blob(std::byte* to, const slice& content);
  std::byte* begin_array(std::byte* to, std::size_t count);

  // Refusals; in a file of their own, so that the walk stays small. All return null.
  std::byte* in_field(const group_plan& plan, const step& field);
  std::byte* in_element(std::size_t index);
  std::byte* too_deep(std::byte* to);
  std::byte* too_many(std::byte* to);
  std::byte* too_large(std::size_t more);
  std::byte* not_text(std::byte* to);
  std::byte* refuse(std::size_t at, reason why, std::string what);

  const limits& bounds_;
  writer out_;
  std::size_t depth_;  // arrays that may still be opened
  std::size_t nodes_;  // values that may still be written
  refusal& why_;
};

}  // namespace mw::msgpack
