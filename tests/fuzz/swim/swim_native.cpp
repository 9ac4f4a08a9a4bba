// swim_native: fuzzes native packets, single messages, the texts of comparisons, cards.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_swim_objects
#include "claims/statement.h"
#include "native/codec.h"
#include "native/comparison.h"
#include "native/envelope.h"

#include <cstdint>
#include <cstdlib>

namespace native = mw::swim::native;

namespace {

template <class Decode>
void same_again(std::string_view text, Decode decode) {
  const auto once = decode(text);
  if (!once) return;
  const std::string written = encode(*once);
  const auto twice = decode(written);
  if (!twice || encode(*twice) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const native::codec codec;
  if (const auto m = native::decode(text)) {
    const std::string written = codec.encode(*m);
    const auto again = native::decode(written);
    if (!again || codec.encode(*again) != written) std::abort();
  }
  same_again(text, native::decode_probe);
  same_again(text, native::decode_compare);
  same_again(text, native::decode_groups);
  same_again(text, native::decode_entries);
  same_again(text, native::decode_records);
  same_again(text, native::decode_want_cards);
  same_again(text, native::decode_cards);
  same_again(text, mw::swim::claims::decode_card);
  // A packet whose header and sum are right, with these bytes as its parts.
  mw::swim::keyring none;
  std::uint64_t fresh = 1;
  const auto next = [&fresh] { return ++fresh; };
  native::envelope from({"a", "demo", &none, 1, {}}, next);
  native::envelope to({"b", "demo", &none, 2, {}}, next);
  const mw::endpoint at{"10.0.0.1", 7946, false};
  const std::string part(text.substr(0, 60'000));
  const auto opened = to.open(from.close({at, "", {part}, false}, {}), at, {});
  if (!opened.messages.empty()) std::abort();  // nothing counts before a proof
  (void)to.open(text, at, {});
  return 0;
}
