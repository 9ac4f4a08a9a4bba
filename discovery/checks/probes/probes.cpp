// probes: which kind of look a check takes.
// SPDX-License-Identifier: Apache-2.0
#include "probe.h"
#include "stream_probe.h"
#include "wire/grpc_exchange.h"
#include "wire/http_exchange.h"

#include <utility>

namespace mw::checks {

namespace {

class command_probe final : public probe {
 public:
  command_probe(const host& on, const process_spec& spec, probe_done done)
      : done_(std::move(done)),
        running_(on.processes().start(spec, [this](const result<process_outcome>& ended) {
          const finding told = finding_of(ended);
          const probe_done done_now = std::move(done_);
          done_now(told);
        })) {}

 private:
  probe_done done_;
  process_ptr running_;
};

std::unique_ptr<exchange> talk_of(const check_settings& check, const endpoint& to) {
  const std::string there = to.local ? "localhost" : to_string(to);
  if (check.kind == check_kind::http) {
    const http_settings& h = check.http;
    http_question what;
    what.head = h.method == http_method::head;
    what.path = h.path;
    what.host = h.host.empty() ? there : h.host;
    what.headers = h.headers;
    what.statuses = h.statuses;
    what.warnings = h.warnings;
    what.contains = h.contains;
    what.body_max = static_cast<std::size_t>(h.body_max.count);
    return std::make_unique<http_exchange>(what);
  }
  if (check.kind == check_kind::grpc)
    return std::make_unique<grpc_exchange>(
        grpc_question{check.grpc.service, there, false, check.timeout});
  return nullptr;
}

}  // namespace

std::unique_ptr<probe> start_probe(const host& on, const check_settings& check,
                                   const probe_target& target, probe_done done) {
  if (check.kind != check_kind::exec)
    return std::make_unique<stream_probe>(on, target.at, check.timeout, talk_of(check, target.at),
                                          std::move(done));
  process_spec spec = check.exec.spec(check.timeout);
  if (!target.peer.empty()) {
    spec.environment.push_back("MW_PEER=" + target.peer);
    spec.environment.push_back("MW_ADDRESS=" + target.address);
  }
  return std::make_unique<command_probe>(on, spec, std::move(done));
}

finding finding_of(const result<process_outcome>& ended) {
  if (!ended) return {check_verdict::fail, ended.error().text()};
  std::string_view text = ended->output;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const std::string said = text.empty() ? "" : ": " + std::string(text);
  switch (ended->how) {
    case process_end::exited:
      if (ended->code == 0)
        return {check_verdict::pass, text.empty() ? "exit code 0" : std::string(text)};
      return {ended->code == 1 ? check_verdict::warn : check_verdict::fail,
              "exit code " + std::to_string(ended->code) + said};
    case process_end::signalled:
      return {check_verdict::fail, "ended by signal " + std::to_string(ended->code) + said};
    case process_end::timed_out:
      return {check_verdict::fail,
              "not done after " + to_string(ended->ran / 1ms * 1ms) +
                  (ended->killed ? ", killed" : ", ended") + said,
              true};
    case process_end::output_limit:
      return {check_verdict::fail, "it writes without end" + said, true};
  }
  return {check_verdict::fail, "an end of an unknown kind"};
}

}  // namespace mw::checks
