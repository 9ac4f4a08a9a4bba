// push_pull: everything a memberlist node knows, as it is exchanged over streams.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <mw/result.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim::serf {

struct push_pull {
  bool join = false;
  std::vector<member_state> members;
  std::string user_state;  // of serf
};

// With the byte of their kind in front.
[[nodiscard]] std::string encode(const push_pull& p);
[[nodiscard]] result<push_pull> decode_push_pull(std::string_view bytes);
[[nodiscard]] std::string encode_error(std::string_view text);
[[nodiscard]] std::string decode_error(std::string_view bytes);
// A message of a user on a stream; nothing when it is broken.
[[nodiscard]] std::optional<std::string> decode_stream_user(std::string_view bytes);

}  // namespace mw::swim::serf
