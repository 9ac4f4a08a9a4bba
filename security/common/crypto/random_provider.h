// random_provider: makes an OpenSSL context draw all its random bytes from a source of ours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/library.h"

namespace mw::crypto {

// So that signatures and blinding come out of the node's randomness, which the simulator seeds.
// Before anything draws; `provider` is unloaded by the caller.
[[nodiscard]] bool add_random_provider(ossl_lib_ctx_st* context, ossl_provider_st*& provider);
// `from` outlives the context. For the calling thread only: others find no randomness and fail.
[[nodiscard]] bool use_random_source(ossl_lib_ctx_st* context, random_source& from);

}  // namespace mw::crypto
