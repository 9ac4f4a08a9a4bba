// host: the timer shorthands and the small out-of-line parts of the service headers.
// SPDX-License-Identifier: Apache-2.0
#include <mw/host.h>
#include <mw/node_services.h>
#include <mw/toolkit/hash.h>
#include <mw/toolkit/json_writer.h>

namespace mw {

timer host::after(duration delay, function<void()> fire) const {
  timer t = s_.time->make_timer(std::move(fire), false);
  t->arm(delay);
  return t;
}

timer host::every(duration period, function<void()> fire) const {
  timer t = s_.time->make_timer(std::move(fire), true);
  t->arm(period);
  return t;
}

timer host::make_timer(function<void()> fire) const {
  return s_.time->make_timer(std::move(fire), false);
}

std::uint64_t event_type::schema() const {
  std::uint64_t hash = hash_text(topic);
  for (const field_info& field : fields) {
    hash = hash_mix(hash, hash_text(field.name));
    hash = hash_mix(hash, static_cast<std::uint64_t>(field.kind));
  }
  return hash_mix(hash, (size << 8) | align);
}

std::string_view to_string(plugin_phase phase) noexcept {
  switch (phase) {
    case plugin_phase::waiting:
      return "waiting";
    case plugin_phase::starting:
      return "starting";
    case plugin_phase::ready:
      return "ready";
    case plugin_phase::degraded:
      return "degraded";
    case plugin_phase::failed:
      return "failed";
    case plugin_phase::draining:
      return "draining";
    case plugin_phase::stopped:
      return "stopped";
  }
  return "unknown";
}

std::string_view admin_request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

namespace {

int http_status(errc kind) {
  switch (kind) {
    case errc::invalid:
      return 400;
    case errc::denied:
      return 403;
    case errc::not_found:
      return 404;
    case errc::overloaded:
      return 503;
    case errc::timed_out:
      return 504;
    case errc::disconnected:
      return 502;
    case errc::unsupported:
      return 501;
    case errc::internal:
      return 500;
  }
  return 500;
}

void write_field(json_writer& json, const field_info& field, const void* event) {
  const field_value value = field.get(event);
  json.key(field.name);
  switch (value.kind) {
    case value_kind::boolean:
      json.value(value.boolean);
      break;
    case value_kind::integer:
      json.value(value.integer);
      break;
    case value_kind::natural:
      json.value(value.natural);
      break;
    case value_kind::real:
      json.value(value.real);
      break;
    case value_kind::text:
      json.value(value.text);
      break;
    case value_kind::span_of_time:
      json.value(to_string(duration(value.integer)));
      break;
    case value_kind::moment:
      json.value(to_string(wall_time{duration(value.integer)}));
      break;
  }
}

}  // namespace

admin_response admin_failure(const failure& why) {
  json_writer json;
  json.begin_object();
  json.key("error").value(to_string(why.kind()));
  json.key("message").value(why.text());
  json.end_object();
  return {
      .status = http_status(why.kind()), .content_type = "application/json", .body = json.take()};
}

std::string to_json(const tapped_event& event) {
  json_writer json;
  json.begin_object();
  json.key("at").value(to_string(event.at));
  json.key("topic").value(event.type.topic);
  json.key("from").value(event.publisher);
  json.key("event").begin_object();
  for (const field_info& field : event.type.fields) write_field(json, field, event.event);
  json.end_object();
  json.end_object();
  return json.take();
}

}  // namespace mw
