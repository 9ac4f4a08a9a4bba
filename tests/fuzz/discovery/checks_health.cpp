// checks_health: fuzzes answers of the gRPC health service.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_checks_objects
#include "wire/health_proto.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)mw::checks::parse_health(text);
  const auto inner = mw::checks::unframed(text);
  if (inner && inner->size() + 5 != text.size()) std::abort();
  if (inner) (void)mw::checks::parse_health(*inner);
  // What we write is a message of its own.
  const std::string request = mw::checks::health_request(text.substr(0, 256));
  const auto back = mw::checks::unframed(request);
  if (!back || !mw::checks::parse_health(*back).ok()) std::abort();
  return 0;
}
