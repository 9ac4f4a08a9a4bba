// reports: wording of the probes' answers.
// SPDX-License-Identifier: Apache-2.0
#include "reports.h"

#include <mw/toolkit/json_writer.h>

#include <string>
#include <string_view>

namespace mw::probes {
namespace {

std::string_view name_of(node_phase phase) {
  switch (phase) {
    case node_phase::starting:
      return "starting";
    case node_phase::ready:
      return "ready";
    case node_phase::draining:
      return "draining";
    case node_phase::stopped:
      return "stopped";
  }
  return "unknown";
}

bool is_up(const plugin_status& one) {
  return one.phase == plugin_phase::ready || one.phase == plugin_phase::degraded;
}

admin_response text(int status, std::string body) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(body)};
}

// "[-] tcp (transport.tcp, node.yaml:7) starting: waits for 'certs'"
std::string line_for(const plugin_status& one) {
  std::string line = is_up(one) ? "[+] " : one.required ? "[-] " : "[ ] ";
  line += one.name + " (" + one.type + ", " + one.where + ") ";
  line += to_string(one.phase);
  if (!one.reason.empty()) line += ": " + one.reason;
  return line + "\n";
}

}  // namespace

admin_response live() {
  return text(200, "ok\n");
}

admin_response ready(node_phase phase, const std::vector<plugin_status>& plugins, bool verbose) {
  const bool ok = phase == node_phase::ready;
  std::string body;
  for (const plugin_status& one : plugins)
    if (verbose || (!ok && one.required && !is_up(one))) body += line_for(one);
  body += ok ? "ready\n" : "not ready: the node is " + std::string(name_of(phase)) + "\n";
  return text(ok ? 200 : 503, std::move(body));
}

admin_response startup(node_phase phase) {
  if (phase == node_phase::starting) return text(503, "starting\n");
  return text(200, "started\n");
}

admin_response status_json(const node_info& node, node_phase phase,
                           const std::vector<plugin_status>& plugins) {
  json_writer json;
  json.begin_object();
  json.key("id").value(node.id).key("cluster").value(node.cluster).key("zone").value(node.zone);
  json.key("phase").value(name_of(phase));
  json.key("plugins").begin_array();
  for (const plugin_status& one : plugins) {
    json.begin_object();
    json.key("name").value(one.name).key("type").value(one.type).key("where").value(one.where);
    json.key("phase").value(to_string(one.phase)).key("required").value(one.required);
    json.key("reason").value(one.reason);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return {.status = 200, .content_type = "application/json", .body = json.take()};
}

}  // namespace mw::probes
