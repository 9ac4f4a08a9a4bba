// bus_policy: which events an edge carries, and how many may wait on it.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_service.h"
#include "bus/event_bus.h"
#include "bus/filter/filter_syntax.h"

#include <algorithm>
#include <variant>

namespace mw::kernel {
namespace {

bool names(const std::vector<std::string>& list, std::string_view name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

std::string described(const filter_error& error) {
  std::string text = "at byte " + std::to_string(error.offset + 1) + ": " + error.message;
  if (!error.nearest.empty()) text += " (did you mean '" + error.nearest + "'?)";
  return text;
}

}  // namespace

std::optional<edge_policy> event_bus::policy_for(const channel_record& channel,
                                                 const subscription_state& state) {
  if (state.type == nullptr) return tap_policy(channel, state);
  const std::string_view topic = channel.type.topic;
  if (state.type->topic != topic) return std::nullopt;
  bool ruled = false;
  const bus_rule* match = nullptr;
  for (const bus_rule& rule : rules_) {
    if (!topic_matches(rule.on, topic)) continue;
    ruled = true;
    if (match == nullptr && names(rule.from, channel.client) && names(rule.to, state.client))
      match = &rule;
  }
  edge_policy policy;
  if (match == nullptr) return ruled ? std::nullopt : std::optional(std::move(policy));
  policy.full = match->queue.full;
  policy.limit = policy.full == overflow::latest ? 1 : match->queue.size;
  for (const field_info& field : channel.type.fields)
    if (policy.full == overflow::coalesce && field.name == match->queue.key) policy.key = &field;
  if (match->where.empty()) return policy;
  auto compiled = compile_filter(match->where, channel.type.fields);
  if (const auto* error = std::get_if<filter_error>(&compiled)) {
    // The YAML was checked, but a rule on a pattern may meet topics that lack the field.
    fail(state.client, "the bus rule on " + match->on + " cannot filter " + std::string(topic) +
                           ": " + described(*error));
    return std::nullopt;
  }
  policy.where = std::get<filter>(std::move(compiled));
  return policy;
}

// A tap over many topics skips those that its filter makes no sense for.
std::optional<edge_policy> event_bus::tap_policy(const channel_record& channel,
                                                 const subscription_state& state) const {
  if (!topic_matches(state.pattern, channel.type.topic)) return std::nullopt;
  edge_policy policy;
  policy.limit = state.size;
  if (state.where.empty()) return policy;
  auto compiled = compile_filter(state.where, channel.type.fields);
  if (std::holds_alternative<filter_error>(compiled)) return std::nullopt;
  policy.where = std::get<filter>(std::move(compiled));
  return policy;
}

// Refuses a filter that cannot be read, or that fits none of the topics which exist by now.
status event_bus::check_tap(std::string_view topics, std::string_view where) const {
  if (where.empty()) return {};
  const auto parsed = parse_filter(where);
  if (const auto* error = std::get_if<filter_error>(&parsed))
    return {errc::invalid, described(*error)};
  std::string first_misfit;
  for (const channel_ptr& channel : channels_) {
    if (!topic_matches(topics, channel->type.topic)) continue;
    const auto compiled = compile_filter(where, channel->type.fields);
    const auto* error = std::get_if<filter_error>(&compiled);
    if (error == nullptr) return {};
    if (first_misfit.empty()) first_misfit = described(*error);
  }
  if (first_misfit.empty()) return {};
  return {errc::invalid, std::move(first_misfit)};
}

}  // namespace mw::kernel
