// http_client: questions to a node's HTTP endpoint, for verbs and tools; blocking, one at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipe.h"

#include <mw/function.h>
#include <mw/types.h>

#include <string>
#include <string_view>

namespace mw::kernel::cli {

struct http_question {
  http_address to;  // its path is asked; "/" when it is empty
  std::string body;
  bool post = false;
  std::string token;  // empty: none is shown
  tls_files files;
};

struct http_answer {
  int status = 0;
  std::string body;
};

// Blocks for at most `limit`. Nothing is kept of answers over 64 MiB.
[[nodiscard]] result<http_answer> ask_http(const http_question& what, duration limit);

// Follows an event stream until `each` returns false or the node ends it. `limit` bounds the wait
// for the first line and every silence: nodes give a sign of life on their own. An answer that is
// no stream comes back whole; status 200 with an empty body: the stream ended.
[[nodiscard]] result<http_answer> follow_http(
    const http_question& what, duration limit,
    const function<bool(std::string_view event, std::string_view data)>& each);

// Takes a whole answer apart; `invalid` when it is none, `disconnected` when it was cut off.
[[nodiscard]] result<http_answer> parse_http_answer(std::string_view text);

}  // namespace mw::kernel::cli
