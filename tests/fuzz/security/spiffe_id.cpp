// spiffe_id: fuzzes the grammar of identities: what is taken is canonical, byte for byte.
// SPDX-License-Identifier: Apache-2.0
// links: mw_security_spiffe
#include "common/spiffe/spiffe_id.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto got = mw::spiffe::parse(text);
  if (got.what != mw::spiffe::fault::none) {
    if (got.at > text.size() || !got.domain.empty()) std::abort();
    return 0;
  }
  if (text.size() > mw::spiffe::id_size_max) std::abort();
  if ("spiffe://" + std::string(got.domain) + std::string(got.path) != text) std::abort();
  const std::string path(got.path);
  for (const char* part : {"//", "/./", "/../", "%", "?", "#", "@", ":", "*"})
    if (path.find(part) != std::string::npos) std::abort();
  if (path.size() < 2 || path.ends_with('/') || path.ends_with("/.") || path.ends_with("/.."))
    std::abort();
  return 0;
}
