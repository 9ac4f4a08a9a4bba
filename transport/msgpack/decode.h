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
  decoder(const limits& bounds, const payload& bytes)
      : payload_(bytes), from_(bytes.bytes), left_(bounds) {}

  // False: why() says why, and the message is in some valid state.
  [[nodiscard]] bool message(const group_plan& plan, void* object);
  [[nodiscard]] refusal& why() { return from_.why; }

 private:
  const std::byte* group(const group_plan& plan, const std::byte* at, void* object);
  const std::byte* value(const step& how, const std::byte* at, void* object);
  const std::byte* list(const step& how, const std::byte* at, void* object);
  const std::byte* maybe(const step& how, const std::byte* at, void* object);
  const std::byte* begin_array(const std::byte* at, std::size_t& count);
  const std::byte* more_elements(std::size_t count, const std::byte* at);

  const std::byte* boolean(const std::byte* at, void* object);
  template <class T>
  const std::byte* natural(const std::byte* at, void* object);
  template <class T>
  const std::byte* integer(const std::byte* at, void* object);
  template <class T>
  const std::byte* real(const std::byte* at, void* object);
  const std::byte* real_item(const std::byte* at, double& out);
  const std::byte* text(const std::byte* at, std::string_view& out);
  const std::byte* blob(const std::byte* at, bytes_view& out);

  const std::byte* natural_item(const std::byte* at, std::uint64_t largest, std::uint64_t& out);
  const std::byte* integer_item(const std::byte* at, std::int64_t largest, std::int64_t& out);
  const std::byte* wrong_type(const std::byte* at, std::string_view wanted, const item& got);

  const payload& payload_;
  source from_;
  budget left_;
};

}  // namespace mw::msgpack
