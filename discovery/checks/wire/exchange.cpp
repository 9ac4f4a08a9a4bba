// exchange: texts of strangers for people.
// SPDX-License-Identifier: Apache-2.0
#include "exchange.h"

namespace mw::checks {

std::string quoted(std::string_view peer_text, std::size_t limit) {
  std::string out = "'";
  for (const char c : peer_text.substr(0, limit)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 32 || byte > 126 ? '?' : c;
  }
  return out + (peer_text.size() > limit ? "...'" : "'");
}

}  // namespace mw::checks
