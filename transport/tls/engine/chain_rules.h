// chain_rules: which chains of certificates are accepted: kinds of keys first, signatures last.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/openssl.h"
#include "engine/refusals.h"

#include <mw/types.h>

namespace mw::tls {

inline constexpr int intermediates_max = 3;
inline constexpr int chain_bytes_max = 32 * 1024;

// What each context gives to its store of trust: the depth, the strictness, revocation.
void set_rules(X509_VERIFY_PARAM* of, bool revocation);

// Verifies what `with` was prepared for, at the time `now`; on failure the error in it is set so
// that OpenSSL sends the fitting alert. Keys that would be dear to check are refused unchecked.
[[nodiscard]] verdict verify_chain(X509_STORE_CTX* with, wall_time now);

// Why verification said `error`, one of X509_V_ERR_….
[[nodiscard]] refusal refusal_of(int error);

// The URI name of a leaf; of one without a URI its subject. Empty: there is nothing usable.
[[nodiscard]] std::string name_of(const X509& leaf);
[[nodiscard]] wall_time end_of(const X509& certificate);

}  // namespace mw::tls
