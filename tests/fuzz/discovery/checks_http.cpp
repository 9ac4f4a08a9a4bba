// checks_http: fuzzes answers of HTTP servers: every cut means the same, and bounds hold.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_checks_objects
#include "wire/http_exchange.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using mw::checks::http_answer;

struct seen {
  mw::checks::answer_state state;
  int status;
  std::string body;
  friend bool operator==(const seen&, const seen&) = default;
};

// What comes after the end of an answer is not the answer's business.
seen read(std::string_view text, std::size_t piece) {
  http_answer answer(false, 100);
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const auto now = answer.feed(text.substr(at, piece));
    if (answer.body().size() > 100) std::abort();
    if (now != mw::checks::answer_state::more) return {now, answer.status(), answer.body()};
  }
  const auto last = answer.end();
  return {last, answer.status(), answer.body()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const seen bytewise = read(text, 1);
  if (read(text, 3) != bytewise && bytewise.state != mw::checks::answer_state::whole) std::abort();
  mw::checks::http_question what;
  what.contains = "ok";
  mw::checks::http_exchange talk(what);
  if (!talk.feed(text)) talk.end();
  const std::string& output = talk.outcome().output;
  if (output.empty() || output.size() > 400) std::abort();
  const bool clean = std::all_of(output.begin(), output.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 32 && static_cast<unsigned char>(c) < 127;
  });
  if (!clean) std::abort();
  return 0;
}
