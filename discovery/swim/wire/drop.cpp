// drop: the names of reasons, as metrics show them.
// SPDX-License-Identifier: Apache-2.0
#include "wire/envelope.h"

namespace mw::swim {

std::string_view to_string(drop why) noexcept {
  switch (why) {
    case drop::none:
      return "none";
    case drop::malformed:
      return "malformed";
    case drop::plaintext:
      return "plaintext";
    case drop::key:
      return "key";
    case drop::label:
      return "label";
    case drop::checksum:
      return "checksum";
    case drop::replayed:
      return "replayed";
    case drop::stale:
      return "stale";
    case drop::unproved:
      return "unproved";
    case drop::overflow:
      return "overflow";
  }
  return "unknown";
}

}  // namespace mw::swim
