// decode: msgpack bytes to a message in memory, trusting nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan.h"
#include "reader.h"

#include <mw/message_out.h>

namespace mw::msgpack {

// One message. The walkers return where the value ended, null after a refusal.
class decoder {
 public:
  decoder(const limits& bounds, const payload& bytes, refusal& why)
      : payload_(bytes), from_(bytes.bytes, why), left_(bounds) {}

  // False: `why` says why, and the message is in some valid state.
  [[nodiscard]] bool message(const group_plan& plan, void* object);

 private:
  using place = const std::byte*;

  place group(const group_plan& plan, place at, void* object);
  place fields(const group_plan& plan, place at, void* object);
  place value(const step& how, place at, void* object);
  place nested(const step& how, place at, void* object);
  place list(const step& how, place at, void* object);
  place maybe(const step& how, place at, void* object);
  place begin_array(place at, std::size_t& count);

  place boolean(place at, void* object);
  template <class T>
  place natural(place at, void* object);
  template <class T>
  place integer(place at, void* object);
  template <class T>
  place real(place at, void* object);
  place text(place at, std::string_view& out);
  place blob(place at, bytes_view& out);
  place owned_text(place at, void* object);
  place shared_blob(place at, void* object);

  // Less usual forms and refusals; in a file of their own, so that the walk stays small.
  place more_elements(std::size_t count, place at);
  place array_item(place at, std::size_t& count);
  place natural_item(place at, unsigned width, void* object);
  place integer_item(place at, unsigned width, void* object);
  place real_item(place at, unsigned width, void* object);
  place text_item(place at, std::string_view& out);
  place blob_item(place at, bytes_view& out);
  place boolean_item(place at);
  place not_text(place at);
  place deep(place at);
  place many(place at);
  place large(place at, std::size_t count, std::size_t stride);
  place in_field(const group_plan& plan, const step& field);
  place in_element(std::size_t index);
  place wrong_type(place at, std::string_view wanted, const item& got);

  const payload& payload_;
  source from_;
  budget left_;
};

}  // namespace mw::msgpack
