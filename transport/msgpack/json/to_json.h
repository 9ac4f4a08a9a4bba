// to_json: any message as JSON, with names where the type is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan.h"
#include "reader.h"

#include <mw/toolkit/json_writer.h>

namespace mw::msgpack {

// The form: lists as arrays, groups as objects by field name when their type is known. What JSON
// lacks is an object with one key:
//   {"$bytes":"aGk="}   a blob, in base64
//   {"$real":"nan"}     nan, inf or -inf
//   {"$map":[[k,v]]}    a map; this codec writes none, others may
// and "$more":[…] in an object holds what a newer peer added. Reals have a point or an exponent,
// integers have not and are exact up to 64 bits.
class json_printer {
 public:
  json_printer(const limits& bounds, bytes_view bytes, refusal& why)
      : from_(bytes, why), left_(bounds) {}

  // False: `why` says why. `plan` may be null.
  [[nodiscard]] bool message(const group_plan* plan);
  [[nodiscard]] std::string take() { return json_.take(); }

 private:
  const std::byte* value(const std::byte* at, const step* how);
  const std::byte* elements(const std::byte* at, std::size_t count, const step* how);
  const std::byte* group(const std::byte* at, std::size_t count, const group_plan& plan);
  const std::byte* pairs(const std::byte* at, std::size_t count);
  const std::byte* inside(const std::byte* at, const item& it, const step* how);
  void real(const item& it);
  bool text(const std::byte* at, const item& it);

  source from_;
  budget left_;
  json_writer json_;
};

}  // namespace mw::msgpack
