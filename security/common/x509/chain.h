// chain: whether a chain leads to an authority that is trusted, and the code of the rule it breaks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pem.h"
#include "refusals.h"

namespace mw::x509 {

constexpr std::size_t intermediates_max = 3;
constexpr std::size_t chain_bytes_max = std::size_t{32} << 10;
constexpr int security_level = 2;  // of OpenSSL: 112 bits, no SHA-1

enum class purpose : std::uint8_t { client, server, both };

// Borrowed for the call.
struct chain_question {
  const certificates& shown;    // the leaf first
  const certificates& trusted;  // authorities
  const crls& lists;            // empty: revocation is not looked at
  wall_time now;
  purpose side = purpose::both;
};

// `none` when the chain is good. The judgement is that of a handshake: strict RFC 5280 rules, every
// key and every certificate's time, revocation of each when there are lists. Rules of the leaf's
// name are not its business.
[[nodiscard]] problem judge_chain(const chain_question& asked);

// What OpenSSL's verification error means; profile_broken for all that has no code of its own.
[[nodiscard]] refusal refusal_of_verify_error(int x509_v_error);

}  // namespace mw::x509
