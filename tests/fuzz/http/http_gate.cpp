// http_gate: no request of a stranger passes the gate, whatever is in it; failures stay bounded.
// SPDX-License-Identifier: Apache-2.0
// links: http_objects
#include "gate/gatekeeper.h"
#include "wire/request_parser.h"
#include "wire/target.h"

#include <mw/assert.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::http {
namespace {

// Longer than any input of a run repeats by chance.
const std::string own = "5d41402abc4b2a76b9719d911017c592-5d41402abc4b2a76b9719d911017c592";

gate_rules rules_for(auth_mode mode) {
  gate_rules rules;
  rules.mode = mode;
  rules.tokens.add({"admin", mw::secret(own), role::act, true});
  rules.identities = {{"spiffe://mesh/ops/*", role::read}};
  rules.open = path_list({"/livez", "/open/*"});
  rules.patience.addresses_max = 4;
  return rules;
}

void judge(const request& asked, std::string_view path, auth_mode mode) {
  gatekeeper keeper(
      rules_for(mode),
      {.knocked = [](refused, std::string_view, const visitor&, bool) {},
       .denied = [](const mw::access&, const mw::decision&) { return std::string(); }});
  for (int i = 0; i < 8; ++i) {
    const mw::endpoint remote{"10.0.0." + std::to_string(i), 1};
    const admission_ticket ticket = keeper.judge(asked, path, {remote, {}}, {});
    const bool looks =
        asked.method == verb::get || asked.method == verb::head || asked.method == verb::options;
    const bool open = path == "/livez" || path.starts_with("/open/");
    MW_ASSERT(ticket.why.status != 0 || (ticket.stranger && looks && open),
              "only open reads pass without a proof");
    MW_ASSERT(keeper.knocks().addresses <= 4, "memory is bounded");
  }
}

}  // namespace

void judge_bytes(std::string_view text) {
  (void)mw::http::cool_down_key({std::string(text.substr(0, 64)), 1});
  if (text.find(own) != std::string_view::npos) return;
  const request_limits limits;
  request_parser parser(limits);
  parse_step step = parser.feed(text);
  if (step.event == parse_event::head) step = parser.feed(text.substr(step.consumed));
  if (step.event != parse_event::complete) return;
  const auto where = parse_target(parser.current().target());
  if (!where) return;
  judge(parser.current(), where->path, auth_mode::token);
  judge(parser.current(), where->path, auth_mode::mtls);
}

}  // namespace mw::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mw::http::judge_bytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
