// plugin_json: the same facts for programs.
// SPDX-License-Identifier: Apache-2.0
#include "config/options/option_doc.h"
#include "plugin_text.h"

#include <array>

namespace mw::kernel::cli {
namespace {

void write_capabilities(json_writer& out, const capabilities& all) {
  out.begin_object();
  for (const capability& one : all) out.key(one.name).value(one.value);
  out.end_object();
}

void write_needs(json_writer& out, const std::vector<contract_need>& needs) {
  constexpr std::array<std::string_view, 3> counts{"one", "optional", "many"};
  out.begin_array();
  for (const contract_need& need : needs) {
    out.begin_object().key("slot").value(need.slot).key("contract").value(need.contract);
    out.key("count").value(counts[static_cast<std::size_t>(need.count)]);
    out.key("wants");
    write_capabilities(out, need.wanted);
    out.key("doc").value(need.doc).end_object();
  }
  out.end_array();
}

void write_topics(json_writer& out, std::string_view key,
                  const std::vector<const event_type*>& events) {
  out.key(key).begin_array();
  for (const event_type* one : events) write_event(out, *one);
  out.end_array();
}

}  // namespace

void write_option(json_writer& out, const option_info& option) {
  out.begin_object().key("name").value(option.name).key("doc").value(option.doc);
  out.key("expected").value(option.expected).key("required").value(option.required);
  out.key("live").value(option.live);
  if (!option.default_json.empty()) out.key("default").raw(option.default_json);
  out.key("schema");
  write_option_schema(out, option);
  out.end_object();
}

void write_plugin(json_writer& out, const loaded_plugin& plugin, bool with_options) {
  const manifest& declared = plugin.declared;
  out.begin_object().key("type").value(plugin.type());
  out.key("version").value(plugin.descriptor->version).key("summary").value(declared.summary);
  out.key("stability")
      .value(name_of(declared.stable))
      .key("trust")
      .value(name_of(declared.trusted));
  out.key("foreign_io").value(declared.foreign_io).key("file").value(plugin.file);
  out.key("provides").begin_array();
  for (const contract_offer& offer : declared.offers) {
    out.begin_object().key("contract").value(offer.contract).key("has");
    write_capabilities(out, offer.has);
    out.end_object();
  }
  out.end_array().key("uses");
  write_needs(out, declared.needs);
  write_topics(out, "publishes", declared.published);
  write_topics(out, "subscribes", declared.subscribed);
  if (with_options) {
    out.key("options").begin_array();
    for (const option_info& option : options_of(plugin)) write_option(out, option);
    out.end_array();
  }
  out.end_object();
}

}  // namespace mw::kernel::cli
