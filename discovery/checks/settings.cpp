// settings: their documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <algorithm>
#include <set>

namespace mw::checks {

namespace {

constexpr std::size_t checks_max = 256;

// Nothing in it may end a line of a request, or a header.
bool is_one_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 32 && c != 127; });
}

bool is_token(std::string_view text) {
  return !text.empty() && is_one_line(text) &&
         text.find_first_of(" \t:,;()<>@\"/[]?={}\\") == std::string_view::npos;
}

bool are_statuses(const std::vector<range>& all) {
  return std::all_of(all.begin(), all.end(), [](const range& r) {
    return r.low >= 100 && r.low <= r.high && r.high <= 599;
  });
}

}  // namespace

void http_settings::fields(field_visitor& v) {
  v.field("method", method, "get, or head, which asks for no body.");
  v.field("path", path, "What is asked for, with its query. Begins with a slash.");
  v.field("host", host, "The Host field; by default the target as it is written.");
  v.field("headers", headers, "Further header fields, such as a token for the checked service.");
  v.field("statuses", statuses,
          "Status codes that are fine, as ranges. Redirects are not followed: to accept them, list "
          "them.");
  v.field("warnings", warnings, "Status codes that are a warning, such as 429.");
  v.field("contains", contains,
          "A text that must be in the body, as it is: no pattern. Empty: any body.");
  v.field("body_max", body_max,
          "Bytes of the body that are read and in which `contains` is looked for.",
          between_of(byte_size{0}, byte_size{1024 * 1024}));
  v.check("path", path.starts_with('/') && is_one_line(path) && path.find(' ') == path.npos,
          "begins with a slash and has no spaces, such as /healthz?full=1");
  v.check("host", is_one_line(host) && host.find(' ') == host.npos,
          "is a name or an address, perhaps with a port");
  v.check("statuses", !statuses.empty() && are_statuses(statuses),
          "holds ranges between 100 and 599, such as [200..299]");
  v.check("warnings", are_statuses(warnings), "holds ranges between 100 and 599, such as [429]");
  v.check("headers",
          std::all_of(headers.begin(), headers.end(),
                      [](const auto& h) { return is_token(h.first) && is_one_line(h.second); }),
          "has names that are HTTP tokens and values of one line");
  v.check("headers",
          std::none_of(headers.begin(), headers.end(),
                       [](const auto& h) {
                         std::string name = h.first;
                         std::transform(name.begin(), name.end(), name.begin(), [](char c) {
                           return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                         });
                         return name == "host" || name == "connection" ||
                                name == "content-length" || name == "transfer-encoding";
                       }),
          "must not set Host (see host), Connection, Content-Length or Transfer-Encoding");
}

void grpc_settings::fields(field_visitor& v) {
  v.field("service", service,
          "The service asked about, such as shop.Orders. Empty: the server as a whole.");
  v.check("service", service.size() <= 256 && is_one_line(service),
          "is a name of at most 256 bytes");
}

void command_settings::fields(field_visitor& v) {
  v.field("command", command,
          "Program and arguments, as they are: no shell, no search. The program is an absolute "
          "path.");
  v.field("environment", environment, "All that the command gets; nothing is inherited.");
  v.field("directory", directory, "Where it runs. By default the node's data directory.");
  v.field("grace", grace, "Between SIGTERM at the time limit and SIGKILL.", between_of(0s, 1min));
  v.field("output_max", output_max,
          "Bytes of its output that are kept. 1 MiB more is read and dropped; who writes still "
          "more is ended.",
          between_of(byte_size{0}, byte_size{64 * 1024}));
  v.field(
      "memory", memory,
      "Address space of each of its processes; runtimes that reserve much (Java) need more. 0B: "
      "the system's limit.",
      between_of(byte_size{0}, byte_size{std::uint64_t{1} << 40U}));
  v.field("cpu", cpu, "Computing time of each of its processes, in whole seconds. 0s: no limit.",
          between_of(0s, 1h));
  v.field("processes", processes,
          "Processes of the user it runs as, all together; root is not bound by it. 0: no limit.",
          between(0, 1'000'000), unit("processes"));
  v.field("user", user, "Number of the user it runs as; only root may change it. -1: the node's.",
          between(-1, 4'294'967'294.0), unit("user id"));
  v.field("group", group, "Number of its group; others are given up. -1: the node's.",
          between(-1, 4'294'967'294.0), unit("group id"));
  v.check("command", command.empty() || command.front().starts_with('/'),
          "begins with the absolute path of a program, such as /usr/local/bin/check");
  v.check("environment",
          std::none_of(environment.begin(), environment.end(),
                       [](const auto& e) {
                         return e.first.empty() || e.first.find('=') != std::string::npos;
                       }),
          "has names without =");
}

process_spec command_settings::spec(duration time_limit) const {
  process_spec out;
  out.argv = command;
  for (const auto& [name, value] : environment) out.environment.push_back(name + "=" + value);
  out.directory = directory;
  if (user >= 0) out.user = static_cast<std::uint32_t>(user);
  if (group >= 0) out.group = static_cast<std::uint32_t>(group);
  out.time_limit = time_limit;
  out.grace = grace;
  out.output_max = static_cast<std::size_t>(output_max.count);
  out.limits.memory = memory;
  out.limits.cpu = cpu;
  out.limits.processes = processes;
  return out;
}

void restart_settings::fields(field_visitor& v) {
  v.field("run", run, "The command that shall bring it back. Needs allow_exec.");
  v.field("time_limit", time_limit, "How long it may take.", between_of(100ms, 10min));
  v.field("budget", budget, "So often within the window; then only a person helps.",
          between(1, 100), unit("runs"));
  v.field("window", window, "In which the budget counts.", between_of(1s, 168h));
  v.field("again", again, "While the check stays critical: how long until the next run.",
          between_of(1s, 24h));
}

void check_settings::fields_of_time(field_visitor& v) {
  v.field("interval", interval,
          "From one look to the next. ttl: without a verdict for so long it is critical.",
          between_of(100ms, 24h));
  v.field("jitter", jitter,
          "Share of the interval by which each look is earlier or later, so that many nodes do "
          "not look at once.",
          between(0, 0.5), unit("of 1"));
  v.field("timeout", timeout, "A look that takes longer has failed; commands are ended.",
          between_of(10ms, 10min));
  v.field("failures", failures,
          "Failed looks in a row that make it critical. 1 takes every hiccup seriously. Not for "
          "ttl: who pushes has decided.",
          between(1, 100), unit("looks"));
  v.field("passes", passes, "Good looks in a row after which it is no longer critical.",
          between(1, 100), unit("looks"));
}

void check_settings::fields_of_outcome(field_visitor& v) {
  v.field("weight", weight, "How much it counts in the score of its subject.", between(0.01, 1000),
          unit("of the sum"));
  v.field("critical", critical, "Whether the score is 0 as soon as this check alone is critical.");
  v.field("evidence", evidence,
          "of: peers: whether failure detectors hear the outcome as that of a probe.");
  v.field("alert", alert, "Whether alert.raised/1 and alert.cleared/1 tell of it, too.");
  v.field("ramp", ramp,
          "After a recovery its share climbs from a tenth to all within this time, so that load "
          "comes back slowly. 0s: at once.",
          between_of(0s, 1h));
}

void check_settings::fields(field_visitor& v) {
  v.field("name", name, "Its name in pages, events and metrics; unlike the other ones.", required);
  v.field("kind", kind,
          "tcp (a connection), http (an answer), grpc (grpc.health.v1), exec (a command), ttl "
          "(verdicts are pushed).",
          required);
  v.field("of", of, "Whose health it is: node (this one, or `subject`), or peers (each of them).");
  v.field("subject", subject, "of: node: a service or another name. By default this node's id.");
  v.field("target", target, "tcp, http, grpc, of: node: where to look.");
  v.field("port", port, "of: peers: the port at each peer's address. 0: the port it is known by.",
          between(0, 65'535));
  fields_of_time(v);
  fields_of_outcome(v);
  v.field("http", http, "Options of kind http.");
  v.field("grpc", grpc, "Options of kind grpc.");
  v.field("exec", exec,
          "Options of kind exec. Exit code 0 is a pass, 1 a warning, all else a failure. of: "
          "peers: MW_PEER and MW_ADDRESS are in its environment.");
  v.field("restart", restart, "A command that is run when the check becomes critical.");
  check(v);
}

void check_settings::check(field_visitor& v) const {
  v.check("name", is_token(name) && name.size() <= 64,
          "has 1 to 64 letters, digits and marks without spaces, such as api");
  const bool over_network =
      kind == check_kind::tcp || kind == check_kind::http || kind == check_kind::grpc;
  const bool here = of == check_of::node;
  v.check("target",
          !over_network || !here || (!target.empty() && (target.local || target.port > 0)),
          "says where to look, such as 127.0.0.1:8080: this kind connects");
  v.check("target", target.empty() || (over_network && here),
          "belongs to tcp, http and grpc checks of this node; peers have addresses (see port)");
  v.check("subject", here || subject.empty(), "is the peer itself with of: peers");
  v.check("subject", is_one_line(subject) && subject.size() <= 256,
          "is a name of at most 256 bytes");
  v.check("port", !here || port == 0, "is for of: peers; a node has a target");
  v.check("evidence", !evidence || !here, "is for of: peers");
  v.check("exec", (kind == check_kind::exec) == !exec.command.empty(),
          "has a command with kind exec, and only there");
  v.check("timeout", timeout <= interval || kind == check_kind::ttl,
          "must not be longer than the interval");
}

void settings::fields(field_visitor& v) {
  v.field("checks", checks, "What is looked at.", required);
  v.field("allow_exec", allow_exec,
          "Whether this stanza may run commands. Not by default: a configuration that only looks "
          "shall not be able to run programs.");
  v.field("concurrent", concurrent, "Looks under way at a time; others wait for their turn.",
          between(1, 64), unit("looks"));
  v.field("targets", targets,
          "Checks of all subjects together; for peers beyond it there are none, which is counted.",
          between(1, 100'000), unit("checks"));
  v.field("warning_share", warning_share, "What a warning counts, where a pass counts 1.",
          between(0, 1), unit("of 1"));
  v.field("hysteresis", hysteresis, "Smaller moves of a score are not told; 0 and 1 always are.",
          between(0, 0.5), unit("of 1"));
  v.field("repeat", repeat, "Scores below 1 are told again so often, for those who started later.",
          between_of(1s, 1h));
  std::set<std::string_view> names;
  for (const check_settings& one : checks) names.insert(one.name);
  v.check("checks", !checks.empty() && checks.size() <= checks_max, "holds 1 to 256 checks");
  v.check("checks", names.size() == checks.size(), "must have different names");
  const bool runs = std::any_of(checks.begin(), checks.end(), [](const check_settings& one) {
    return one.kind == check_kind::exec || !one.restart.run.command.empty();
  });
  v.check("allow_exec", allow_exec || !runs,
          "must be true for checks of kind exec and for restart: without it no command is run");
}

std::vector<check_rules> settings::rules(const std::string& node) const {
  std::vector<check_rules> out;
  for (const check_settings& one : checks) {
    check_rules r;
    r.name = one.name;
    r.of_peers = one.of == check_of::peers;
    r.subject = one.subject.empty() ? node : one.subject;
    r.pushed = one.kind == check_kind::ttl;
    r.interval = one.interval;
    r.jitter = one.jitter;
    r.levels = {one.failures, one.passes};
    r.weight = one.weight;
    r.decisive = one.critical;
    r.ramp = one.ramp;
    r.restarts = !one.restart.run.command.empty();
    r.restart_budget = one.restart.budget;
    r.restart_window = one.restart.window;
    r.restart_again = one.restart.again;
    out.push_back(std::move(r));
  }
  return out;
}

board_rules settings::bounds() const {
  return {concurrent, targets, warning_share, hysteresis};
}

}  // namespace mw::checks
