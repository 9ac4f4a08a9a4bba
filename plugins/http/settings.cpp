// settings: the options of the stanza with unit, reason and remedy.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include "gate/access.h"
#include "wire/target.h"

#include <algorithm>
#include <set>

namespace mw::http {
namespace {

constexpr between byte_range(std::uint64_t low, std::uint64_t high) {
  return {static_cast<double>(low), static_cast<double>(high)};
}
constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::size_t tokens_max = 64;
constexpr std::size_t open_max = 64;

void access_fields(settings& s, field_visitor& v) {
  v.field("listen", s.listen,
          "Address and port, or unix:/path. Loopback by default. Elsewhere tokens can be read on "
          "the way unless `transport` names a transport.tls stanza.");
  v.field("hosts", s.hosts,
          "Names that requests may give in Host, `*.example.org` for all below one, `*` for any. "
          "Always welcome: localhost and loopback addresses when listening on loopback, bare "
          "addresses elsewhere. Wrong: 421 for honest clients, or web pages reach the node by DNS "
          "rebinding.");
  v.field("origins", s.origins,
          "Origins of web pages that may call besides the node's own, such as "
          "https://example.org behind a proxy that rewrites Host. Others get 403.");
}

void proof_fields(settings& s, field_visitor& v) {
  v.field("auth", s.auth,
          "How callers prove who they are. token: a bearer token. mtls: a client certificate, over "
          "a `transport` that asks for one; tokens of `tokens` do, too. off: they do not, which is "
          "refused where others than this machine reach the node.");
  v.field("token_file", s.token_file,
          "Where the token of this start is written, for its owner alone; the address is written "
          "beside it. Relative to data_dir. Two http stanzas of a node need two.");
  v.field("tokens", s.tokens, "More tokens, for people and scrapers elsewhere.");
  v.field("identities", s.identities,
          "auth: mtls: identities of certificates and what they may do, `read` or `act`; `/*` at "
          "the end takes all below. Empty: the policy alone decides, and there must be one.");
  v.field("open", s.open,
          "Paths that anybody may read without a proof, `/*` at the end for all below. Query "
          "parameters of strangers are ignored. The probes by default, because supervisors carry "
          "no tokens; actions are never open.");
  v.field("failures_max", s.failures_max,
          "Wrong proofs of one address (IPv6: one /64) within `cool_down`; then 429 until it is "
          "over, except for the token in `token_file`, which nobody can guess.",
          between{1, 1000}, unit{"attempts"});
  v.field("cool_down", s.cool_down_window,
          "How long wrong proofs are remembered, and at most how long an address has to wait.",
          between_of(1s, 24h));
}

void size_fields(settings& s, field_visitor& v) {
  v.field("connections", s.connections,
          "Connections at a time. At the bound the one that waits longest for its peer is closed, "
          "or the new one gets 503. Each idle one costs about 1 KiB.",
          between{1, 65536}, unit{"connections"});
  v.field("feeds", s.feeds,
          "Connections that may be event streams or WebSockets at a time; more get 503. Keep it "
          "below `connections`, or listeners lock requests out.",
          between{0, 65536}, unit{"connections"});
  v.field("request_line", s.request_line,
          "Longest request line; longer ones get 414. 8KiB is what browsers and proxies allow.",
          byte_range(64, 64 * kib));
  v.field("headers", s.headers, "All header lines of a request together; more gets 431.",
          byte_range(256, 256 * kib));
  v.field("header_count", s.header_count, "Header lines of a request; more gets 431.",
          between{4, 1024}, unit{"lines"});
  v.field("body", s.body, "Longest request body; longer ones get 413 before they are read.",
          byte_range(0, 64 * mib));
  v.field("body_memory", s.body_memory,
          "Bodies of all requests in hand together; more gets 503, whoever sends it. Bounds what "
          "many slow senders can hold.",
          byte_range(64 * kib, 64 * 1024 * mib));
  v.field("websocket_message", s.websocket_message,
          "Longest message a WebSocket client may send; longer ones close it with 1009.",
          byte_range(125, 16 * mib));
  v.field(
      "send_limit", s.send_limit,
      "Bytes that may wait for a slow reader. A feed drops messages beyond it; a response waits. "
      "Multiplied by `connections` it bounds the memory that slow readers can hold.",
      byte_range(4 * kib, 64 * mib));
}

void time_fields(settings& s, field_visitor& v) {
  const between allowed = between_of(10ms, 1h);
  v.field("header_deadline", s.header_deadline,
          "From the first byte of a request, or from connecting, to the end of its headers; then "
          "408. Short, because slow headers are the cheapest attack.",
          allowed);
  v.field("body_deadline", s.body_deadline,
          "From the end of the headers to the end of the body; then 408. Must allow `body` bytes "
          "over the slowest honest link.",
          allowed);
  v.field("request_deadline", s.request_deadline,
          "How long an endpoint may take to answer; then 503, and the late answer is dropped.",
          allowed);
  v.field("write_deadline", s.write_deadline,
          "How long a peer may take no byte of what waits for it before it is cut off.", allowed);
  v.field("idle_timeout", s.idle_timeout, "How long a connection may stay open between requests.",
          allowed);
  v.field("heartbeat", s.heartbeat,
          "Time between signs of life on feeds. A WebSocket peer that is silent for two of them is "
          "gone. Must be shorter than the idle timeout of proxies on the way.",
          allowed);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == text.npos;
}

// What cannot be said about one field alone.
void check_proofs(const settings& s, field_visitor& v) {
  const bool reachable = !s.listen.local && !is_loopback(s.listen.host);
  v.check(
      "auth", s.auth != auth_mode::off || !reachable,
      "must not be off where others reach the node: listen on a loopback address or unix:/path, "
      "or write auth: token");
  v.check("identities", s.identities.empty() || s.auth == auth_mode::mtls,
          "are names in certificates: they need auth: mtls");
  v.check("tokens", s.tokens.size() <= tokens_max, "must not be more than 64");
  v.check("tokens", s.tokens.empty() || s.auth != auth_mode::off, "mean nothing with auth: off");
  std::set<std::string_view> names{own_token_name};
  for (const token_setting& each : s.tokens) {
    v.check("tokens", is_name(each.name), "need names of 1 to 64 of a-z 0-9 _ -");
    v.check("tokens", names.insert(each.name).second,
            "need different names; `admin` is the node's own token");
    const std::size_t size = each.value.reveal().size();
    v.check("tokens",
            size >= token_table::secret_bytes_min && size <= token_table::secret_bytes_max &&
                is_bearer_token(each.value.reveal()),
            "need secrets of 16 to 512 visible characters without blanks and commas, such as "
            "`openssl rand -hex 32` prints");
  }
  v.check("open", s.open.size() <= open_max, "must not be more than 64 paths");
  for (const std::string& path : s.open) {
    const auto parsed =
        parse_target(path.ends_with("/*") ? path.substr(0, path.size() - 1) + "x" : path);
    v.check("open", parsed.ok() && (path.ends_with("/*") || parsed->path == path),
            "are absolute paths as the index lists them, without query");
    v.check("open", path != "/*", "must not open everything: that is auth: off");
  }
  v.check("token_file", !s.token_file.text.empty(), "must not be empty");
}

}  // namespace

void token_setting::fields(field_visitor& v) {
  v.field("name", name, "Who uses it, for logs and the policy, which knows it as token:NAME.",
          required);
  v.field("secret", value, "The token: 16 characters or more, by reference.", required);
  v.field("role", may, "read: look. act: change things, too.");
}

void settings::fields(field_visitor& v) {
  access_fields(*this, v);
  proof_fields(*this, v);
  size_fields(*this, v);
  time_fields(*this, v);
  v.check("body_memory", body <= body_memory, "must not be below body");
  v.check("feeds", feeds <= connections, "must not be above connections");
  check_proofs(*this, v);
}

gate_rules settings::gate() const {
  gate_rules rules;
  rules.mode = auth;
  for (const token_setting& each : tokens) rules.tokens.add({each.name, each.value, each.may});
  rules.identities = identities;
  rules.open = path_list(open);
  rules.patience.failures_max = failures_max;
  rules.patience.window = cool_down_window;
  return rules;
}

request_limits settings::limits() const {
  request_limits limits;
  limits.request_line_bytes = request_line.count;
  limits.header_bytes = headers.count;
  limits.header_count = header_count;
  limits.body_bytes = body.count;
  return limits;
}

duration settings::sweep_period() const {
  const duration shortest = std::min(
      {header_deadline, body_deadline, request_deadline, write_deadline, idle_timeout, heartbeat});
  return std::clamp<duration>(shortest / 4, 10ms, 1s);
}

}  // namespace mw::http
