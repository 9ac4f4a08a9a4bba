// credential_files: PEM of certificates, keys and revocation lists, and the judgement of a chain.
// SPDX-License-Identifier: Apache-2.0
// links: mw_x509
#include "common/x509/chain.h"
#include "common/x509/facts.h"
#include "common/x509/keys.h"

#include <mw/assert.h>

#include <cstddef>
#include <cstdint>

namespace {

namespace x509 = mw::x509;

void look_at(const x509::certificates& all) {
  for (const auto& one : all) {
    const x509::facts facts = x509::facts_of(*one);
    MW_ASSERT(facts.subject.size() <= 4 * x509::name_bytes_max + 3, "names are bounded");
    const auto again = x509::read_certificates(x509::pem_of(*one), x509::refusal::no_certificate);
    MW_ASSERT(again.ok() && x509::der_of(*again.value.front()) == x509::der_of(*one),
              "what is written is read again");
  }
}

}  // namespace

// The text is everything at once: certificates that are shown and trusted, lists, and a key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto blocks = x509::read_blocks(text);
  const auto certificates = x509::read_certificates(text, x509::refusal::no_certificate);
  const auto lists = x509::read_crls(text);
  const auto key = x509::read_key(text);
  if (!blocks.ok()) {
    MW_ASSERT(!certificates.ok() && !lists.ok() && !key.ok(), "damage is damage for all");
    return 0;
  }
  if (key.ok()) static_cast<void>(x509::judge_key(*key.value));
  if (!certificates.ok()) return 0;
  look_at(certificates.value);
  const mw::wall_time now{std::chrono::hours(24 * 365 * 50)};
  const auto found =
      x509::judge_chain({certificates.value, certificates.value, lists.value, now,
                         size % 2 == 0 ? x509::purpose::both : x509::purpose::client});
  MW_ASSERT(found.why == x509::refusal::none || !to_string(found).empty(), "codes have words");
  return 0;
}
