// leaf: fuzzes the way from a certificate to an identity: whatever comes, an identity is canonical.
// SPDX-License-Identifier: Apache-2.0
// links: mw_security_leaf
#include "common/spiffe/leaf.h"

#include "common/spiffe/spiffe_id.h"

#include <cstdint>
#include <cstdlib>

// First byte: which side; the rest is DER, or for odd values above 127 a name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const mw::spiffe::leaf_rules rules{{"mesh.test"},
                                     {mw::spiffe::parse_node_pattern("/node/{id}").value()}};
  const auto side = (data[0] & 1U) != 0 ? mw::peer_side::client : mw::peer_side::server;
  const mw::bytes_view rest = std::as_bytes(std::span(data + 1, size - 1));
  const auto who = data[0] > 127 ? mw::spiffe::judge_name(mw::as_text(rest), rules)
                                 : mw::spiffe::judge_leaf(rest, side, rules);
  if (!who.ok()) {
    if (!mw::x509::code_of(who.wrong.why).starts_with("AUTH")) std::abort();
    return 0;
  }
  if (mw::spiffe::parse(who.value.uri).what != mw::spiffe::fault::none) std::abort();
  if (who.value.uri != "spiffe://mesh.test/node/" + who.value.node) std::abort();
  return 0;
}
