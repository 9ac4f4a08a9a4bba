// from_json: JSON text to message bytes, by field names when the type is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_text.h"
#include "plan.h"
#include "writer.h"

#include <optional>

namespace mw::msgpack {

// The reverse of json_printer, and stricter than it has to be: what is not understood is refused.
// Fields at the end may be left out, optional ones anywhere. Positions are those in the JSON.
class json_scanner {
 public:
  json_scanner(std::string_view json, const limits& bounds, message_out& out, refusal& why)
      : json_(json, bounds, why),
        bounds_(bounds),
        out_(out),
        depth_(bounds.depth),
        nodes_(bounds.nodes),
        why_(why) {}

  // False: `why` says why, and `out` is to be cleared. `plan` may be null.
  [[nodiscard]] bool message(const group_plan* plan);

 private:
  using index = std::size_t;
  // The integers from -`below` to `above`.
  struct extent {
    std::uint64_t below;
    std::uint64_t above;
  };

  bool value(index i, const step* how);
  bool plain(index i);
  bool typed(index i, const step& how);
  bool special(index i);
  bool elements(index i, const step* how);
  bool pairs(index i);
  bool group(index i, const group_plan& plan);
  bool fields(index i, const group_plan& plan, const std::vector<index>& given);
  bool positions(index i, const group_plan& plan);
  bool more(index i);
  bool integer(index i, const extent& bounds);
  bool real(index i, op code);
  bool boolean(index i);
  bool text(index i);
  bool blob(index i);

  [[nodiscard]] static extent extent_of(op code);
  [[nodiscard]] const token& at(index i) const { return json_.tokens()[i]; }
  [[nodiscard]] bool is_number(index i, bool with_point) const;
  // The value behind the only key of an object, when that key is `name`.
  [[nodiscard]] std::optional<index> only_member(index i, std::string_view name) const;

  bool begin(std::size_t count, index i, bool is_map);
  bool put(index i, const std::byte* from, std::size_t size);
  bool wanted(index i, std::string_view what);
  bool refuse(index i, reason because, std::string what);

  json_text json_;
  const limits& bounds_;
  message_out& out_;
  std::size_t depth_;
  std::size_t nodes_;
  refusal& why_;
};

}  // namespace mw::msgpack
