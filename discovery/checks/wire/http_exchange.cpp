// http_exchange: redirects are answers like others: nobody follows them.
// SPDX-License-Identifier: Apache-2.0
#include "http_exchange.h"

#include <algorithm>

namespace mw::checks {

namespace {

bool holds(const std::vector<range>& all, int status) {
  const auto code = static_cast<std::uint64_t>(status);
  return std::any_of(all.begin(), all.end(),
                     [code](const range& r) { return r.low <= code && code <= r.high; });
}

}  // namespace

http_exchange::http_exchange(const http_question& what)
    : what_(what), answer_(what.head, what.body_max) {
  output_ = std::string(what_.head ? "HEAD " : "GET ") + what_.path +
            " HTTP/1.1\r\nHost: " + what_.host +
            "\r\nUser-Agent: meshwright-check\r\nAccept: */*\r\nConnection: close\r\n";
  for (const auto& [name, value] : what_.headers) output_ += name + ": " + value + "\r\n";
  output_ += "\r\n";
}

bool http_exchange::feed(std::string_view bytes) {
  return judge(answer_.feed(bytes));
}

void http_exchange::end() {
  (void)judge(answer_.end());
}

bool http_exchange::judge(answer_state now) {
  if (now == answer_state::more) return false;
  if (now == answer_state::refused) return finish(check_verdict::fail, answer_.why());
  const std::string said = "HTTP " + std::to_string(answer_.status());
  if (holds(what_.warnings, answer_.status())) return finish(check_verdict::warn, said);
  if (!holds(what_.statuses, answer_.status()))
    return finish(check_verdict::fail, said + ", which is not one of the expected");
  const bool found = answer_.body().find(what_.contains) != std::string::npos;
  if (what_.contains.empty() || found) return finish(check_verdict::pass, said);
  const bool cut = now == answer_state::cut;
  return finish(check_verdict::fail,
                said + ", but " + quoted(what_.contains) + " is not in " +
                    (cut ? "the first " + std::to_string(what_.body_max) + " bytes of its body"
                         : "its body, which begins " + quoted(answer_.body(), 40)),
                cut);
}

}  // namespace mw::checks
