// refusal: why a message or a key was turned away, as a label of metrics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mw::sealing {

enum class refusal : std::uint8_t {
  // opening
  malformed,
  unknown_key,
  retired_key,
  commitment,
  replayed,
  behind,
  forged,
  too_old,
  unsigned_body,
  bad_signature,
  // sealing
  no_key,
  worn_out,
  bad_context,
  // keys of others
  key_malformed,
  key_wrong_node,
  key_wrong_cluster,
  key_stale,
  key_untrusted,
  key_forged,
  key_too_often,
  key_too_many,
  key_unconfirmed,
  peers_full,
};
inline constexpr std::size_t refusal_count = 23;

// The n-th name belongs to the n-th reason.
inline constexpr std::array<std::string_view, refusal_count> refusal_names{
    "malformed",    "unknown_key",     "retired_key",    "commitment",
    "replayed",     "behind",          "forged",         "too_old",
    "unsigned",     "bad_signature",   "no_key",         "worn_out",
    "bad_context",  "key_malformed",   "key_wrong_node", "key_wrong_cluster",
    "key_stale",    "key_untrusted",   "key_forged",     "key_too_often",
    "key_too_many", "key_unconfirmed", "peers_full"};

}  // namespace mw::sealing
