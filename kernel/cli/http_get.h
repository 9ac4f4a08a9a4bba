// http_get: one question to a node's HTTP endpoint, for verbs that look at a running node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>
#include <mw/types.h>

#include <string>
#include <string_view>

namespace mw::kernel::cli {

struct http_answer {
  int status = 0;
  std::string body;
};

// Host, port and path of "http://127.0.0.1:7480/status"; scheme and path may be left out.
struct http_target {
  std::string host;
  std::string port;
  std::string path;  // "/..."; empty when left out
};
[[nodiscard]] result<http_target> parse_http_target(std::string_view text);

// Blocks for at most `limit`. Nothing is kept of answers over 8 MiB.
[[nodiscard]] result<http_answer> http_get(const http_target& target, duration limit);

// Takes a whole answer apart; `invalid` when it is none or was cut off.
[[nodiscard]] result<http_answer> parse_http_answer(std::string_view text);

}  // namespace mw::kernel::cli
