// first_words: what a stranger says who begins a handshake of TLS.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mw::bench {

// A client hello that the mesh takes for good, so that its answer costs the node all it can: a key
// agreement and a signature. Nothing follows it.
[[nodiscard]] std::string first_words_of_tls();

}  // namespace mw::bench
