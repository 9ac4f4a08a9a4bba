// sealed_message: envelopes and key messages of strangers: nothing is opened, little is said.
// SPDX-License-Identifier: Apache-2.0
// links: sealer_world security_sealer_objects
#include "testing/world.h"

#include <mw/assert.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using mw::sealing::testing::world;

bool same(mw::bytes_view a, mw::bytes_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

void check_forms(mw::bytes_view input) {
  if (const auto claim = mw::sealing::read_claim(input))
    MW_ASSERT(same(mw::sealing::write_claim(*claim), input), "a claim has one form only");
  if (const auto said = mw::sealing::read_announcement(input))
    MW_ASSERT(same(mw::sealing::write_announcement(*said), input), "an announcement, too");
  if (const auto said = mw::sealing::read_have(input))
    MW_ASSERT(same(mw::sealing::write_have(*said), input), "and a have");
  if (const auto view = mw::sealing::read_envelope(input))
    MW_ASSERT(same(mw::sealing::write_head(view->head), view->head_bytes), "and a head");
}

// Made once: agreeing costs more than all the rest.
world& agreed() {
  static world* const w = [] {
    auto* const made = new world;  // NOLINT: lives as long as the process
    made->boot("a");
    made->boot("b");
    made->connect("a", "b");
    made->settle();
    return made;
  }();
  return *w;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mw::bytes_view input(reinterpret_cast<const std::byte*>(data), size);
  check_forms(input);
  world& w = agreed();
  MW_ASSERT(!w.core("b").open({"a", "b", "service", {}, false}, input, w.at.now),
            "nobody forges an envelope");
  w.at.now = w.at.now + mw::duration(1'000'000'000);
  w.core("b").receive("a", input, w.at);
  w.core("b").receive("stranger", input, w.at);
  MW_ASSERT(w.core("b").take_outputs().size() <= 6, "few answers");
  std::size_t pairs = 0;
  w.core("b").each_peer([&](const mw::sealing::peer& p) { pairs += p.pairs.size(); });
  MW_ASSERT(pairs <= 1, "no keys from what nobody has signed");
  return 0;
}
