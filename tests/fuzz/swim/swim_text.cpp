// swim_text: fuzzes the snapshot, the keyring file, base64, addresses and patterns of filters.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_swim_objects
#include "core/snapshot.h"
#include "talk/pattern.h"
#include "wire/bytes.h"
#include "wire/keyring.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = mw::swim::parse_snapshot(text);
  const auto again = mw::swim::parse_snapshot(mw::swim::to_text(read.what));
  if (again.what.members.size() != read.what.members.size()) std::abort();
  if (const auto ring = mw::swim::parse_keyring_file(text)) {
    const auto back = mw::swim::parse_keyring_file(mw::swim::keyring_file(*ring));
    if (!back || back->keys() != ring->keys()) std::abort();
  }
  if (const auto bytes = mw::swim::from_base64(text); bytes && mw::swim::base64(*bytes) != text)
    std::abort();
  const std::string ip = mw::swim::ip_bytes(text);
  if (!ip.empty() && mw::swim::ip_bytes(mw::swim::ip_text(ip)).empty()) std::abort();
  const std::size_t half = size / 2;
  (void)mw::swim::talk::matches(text.substr(0, half), text.substr(half));
  return 0;
}
