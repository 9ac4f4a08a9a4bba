// settings: the options of the stanza with unit, reason and remedy.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <algorithm>

namespace mw::http {
namespace {

constexpr between byte_range(std::uint64_t low, std::uint64_t high) {
  return {static_cast<double>(low), static_cast<double>(high)};
}
constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

void access_fields(settings& s, field_visitor& v) {
  v.field("listen", s.listen,
          "Address and port, or unix:/path. Loopback by default: people elsewhere need a proxy "
          "with authentication in front.");
  v.field(
      "hosts", s.hosts,
      "Names that requests may give in Host, besides localhost and loopback addresses when "
      "listening on loopback. Empty and not on loopback: any. Wrong: 421 for honest clients, or "
      "web pages reach the node by DNS rebinding.");
  v.field("origins", s.origins,
          "Origins of web pages that may call besides the node's own, such as "
          "https://example.org behind a proxy that rewrites Host. Others get 403.");
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

}  // namespace

void settings::fields(field_visitor& v) {
  access_fields(*this, v);
  size_fields(*this, v);
  time_fields(*this, v);
  v.check("body_memory", body <= body_memory, "must not be below body");
  v.check("feeds", feeds <= connections, "must not be above connections");
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
