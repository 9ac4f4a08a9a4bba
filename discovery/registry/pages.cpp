// pages: lists are cut at a thousand lines.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <mw/toolkit/json_writer.h>

#include <optional>

namespace mw::registry {
namespace {

constexpr std::size_t lines_max = 1000;

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

void write_ago(json_writer& out, std::string_view key, std::optional<time_point> when,
               time_point now) {
  out.key(key);
  when ? out.value(seconds(now - *when)) : out.null();
}

void write_node(json_writer& out, const node_entry& node, const std::vector<std::string>& names) {
  out.begin_object().key("id").value(node.id).key("zone").value(node.zone);
  out.key("addresses").begin_array();
  for (const std::string& address : node.addresses) out.value(address);
  out.end_array().key("sources").begin_array();
  for (const std::uint32_t source : node.listed_by) out.value(names[source]);
  out.end_array().key("held").value(to_string(node.held)).end_object();
}

void write_source(json_writer& out, const std::string& name, const ledger& state, time_point now) {
  const source_health& health = state.health();
  out.begin_object().key("source").value(name);
  out.key("healthy").value(!health.failing);
  out.key("peers").value(state.listings().size() - state.held());
  out.key("held").value(state.held()).key("errors").value(health.errors);
  write_ago(out, "seconds_since_success", health.last_success, now);
  write_ago(out, "seconds_since_error", health.last_error, now);
  out.key("last_error").value(health.error).end_object();
}

void write_held(json_writer& out, const std::string& name, const listing& one, time_point now) {
  out.begin_object().key("source").value(name).key("address").value(one.facts.address);
  out.key("id").value(one.facts.id).key("because").value(to_string(one.held));
  out.key("gone_for_seconds").value(seconds(now - one.gone_since));
  out.key("believed_in_seconds");
  one.held == held_because::mass_removal ? out.value(seconds(one.until - now)) : out.null();
  out.end_object();
}

}  // namespace

std::string page_of(const std::vector<std::string>& names, const std::vector<ledger>& ledgers,
                    const merged_view& view, time_point now) {
  json_writer out;
  out.begin_object().key("sources").begin_array();
  for (std::size_t i = 0; i < ledgers.size(); ++i) write_source(out, names[i], ledgers[i], now);
  out.end_array().key("conflicts").value(view.conflicts).key("left_out").value(view.left_out);
  out.key("held").begin_array();
  std::size_t lines = 0;
  for (std::size_t i = 0; i < ledgers.size(); ++i)
    for (const listing& one : ledgers[i].listings())
      if (!one.live() && ++lines <= lines_max) write_held(out, names[i], one, now);
  out.end_array().key("peers").begin_array();
  lines = 0;
  for (const node_entry& node : view.nodes)
    if (++lines <= lines_max) write_node(out, node, names);
  return out.end_array().end_object().take();
}

}  // namespace mw::registry
