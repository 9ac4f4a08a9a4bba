// encode_refusals: what the encoder says when it refuses a message.
// SPDX-License-Identifier: Apache-2.0
#include "encode.h"

#include <string>

namespace mw::msgpack {

std::byte* encoder::in_field(const group_plan& plan, const step& field) {
  why_.in_field(plan.fields[static_cast<std::size_t>(&field - plan.steps.data())].name);
  return nullptr;
}

std::byte* encoder::in_element(std::size_t index) {
  why_.in_element(index);
  return nullptr;
}

std::byte* encoder::too_deep(std::byte* to) {
  return refuse(out_.size(to), reason::depth,
                "more than " + std::to_string(bounds_.depth) +
                    " lists and groups inside each other; raise `depth` on all nodes");
}

std::byte* encoder::too_many(std::byte* to) {
  return refuse(out_.size(to), reason::nodes,
                "the message has more than " + std::to_string(bounds_.nodes) +
                    " values; send several, or raise `nodes` on all nodes");
}

std::byte* encoder::not_text(std::byte* to) {
  return refuse(out_.size(to), reason::utf8, "the text is not UTF-8; send bytes in a blob field");
}

std::byte* encoder::too_large(std::size_t more) {
  why_.kind = errc::overloaded;
  return refuse(out_.out().size(), reason::size,
                "the message outgrows its limit of " + std::to_string(out_.out().limit()) +
                    " bytes" +
                    (more > head_max ? " with these " + std::to_string(more) : std::string()) +
                    "; send less, or in parts");
}

std::byte* encoder::refuse(std::size_t at, reason why, std::string what) {
  why_.why = why;
  why_.at = at;
  why_.what = std::move(what);
  return nullptr;
}

}  // namespace mw::msgpack
