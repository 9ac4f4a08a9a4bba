// refusal: the sentence that people read.
// SPDX-License-Identifier: Apache-2.0
#include "refusal.h"

namespace mw::msgpack {

std::string_view short_name(std::string_view type_name) {
  if (type_name.find('<') != std::string_view::npos) return type_name;
  const std::size_t colons = type_name.rfind("::");
  return colons == std::string_view::npos ? type_name : type_name.substr(colons + 2);
}

failure refusal::as_failure(std::string_view type_name) const {
  std::string text(type_name.empty() ? "message" : short_name(type_name));
  text += path;
  text += " at byte " + std::to_string(at) + ": " + what;
  return {kind, std::move(text)};
}

}  // namespace mw::msgpack
