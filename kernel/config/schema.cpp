// schema: the sections of a node file, and one definition a plug-in type, chosen by `use:`.
// SPDX-License-Identifier: Apache-2.0
#include "schema.h"

#include "options/option_doc.h"

#include <algorithm>

namespace mw::kernel {
namespace {

std::string definition_of(const plugin_schema& plugin) {
  return "stanza." + plugin.type;
}

void write_names(json_writer& out, std::string_view description) {
  out.begin_object().key("description").value(description);
  out.key("anyOf").begin_array();
  out.begin_object().key("type").value("string").end_object();
  out.begin_object().key("type").value("array").key("items").begin_object();
  out.key("type").value("string").end_object().end_object();
  out.end_array().end_object();
}

void write_slot(json_writer& out, const contract_need& need) {
  const std::string text = need.doc + " The name of a stanza that provides " + need.contract + ".";
  out.key(need.slot);
  if (need.count == need_count::many) return write_names(out, text);
  out.begin_object().key("description").value(text).key("type").value("string").end_object();
}

void write_use(json_writer& out, const std::vector<plugin_schema>& plugins) {
  out.key("use").begin_object().key("description").value("The type of the plug-in.");
  out.key("enum").begin_array();
  for (const plugin_schema& plugin : plugins) out.value(plugin.type);
  out.end_array().end_object();
}

// A stanza with `use:` of this type: the common keys, the slots and the options, and nothing else.
void write_definition(json_writer& out, const plugin_schema& plugin, const node_file_parts& parts) {
  std::vector<option_info> options = parts.stanza;
  options.insert(options.end(), plugin.options.begin(), plugin.options.end());
  out.begin_object().key("type").value("object");
  out.key("description").value(plugin.summary);
  write_options_schema(out, options, [&] {
    for (const contract_need& need : plugin.needs) {
      // A plug-in may read the names in a slot as an option, too: then that describes the key.
      const bool is_option =
          std::any_of(options.begin(), options.end(),
                      [&](const option_info& one) { return one.name == need.slot; });
      if (!is_option) write_slot(out, need);
    }
  });
  out.end_object();
}

// Any stanza: a known type, and for each type its definition.
void write_stanza(json_writer& out, const node_file_parts& parts) {
  out.begin_object().key("type").value("object");
  out.key("properties").begin_object();
  write_use(out, parts.plugins);
  out.end_object();
  out.key("required").begin_array().value("use").end_array();
  out.key("allOf").begin_array();
  for (const plugin_schema& plugin : parts.plugins) {
    out.begin_object().key("if").begin_object();
    out.key("properties").begin_object().key("use").begin_object().key("const").value(plugin.type);
    out.end_object().end_object();
    out.key("required").begin_array().value("use").end_array().end_object();
    out.key("then").begin_object().key("$ref").value("#/$defs/" + definition_of(plugin));
    out.end_object().end_object();
  }
  out.end_array().end_object();
}

void write_sections(json_writer& out, const node_file_parts& parts) {
  out.key("properties").begin_object();
  out.key("node").begin_object().key("description").value("The node itself.");
  out.key("type").value("object");
  write_options_schema(out, parts.node);
  out.end_object();
  out.key("plugins").begin_object().key("description").value("Stanzas by their names.");
  out.key("type").value("object").key("additionalProperties");
  write_stanza(out, parts);
  out.end_object();
  out.key("bus").begin_object().key("description").value("Rules for the edges of the event bus.");
  out.key("type").value("array").key("items").begin_object().key("type").value("object");
  write_options_schema(out, parts.bus_rule);
  out.end_object().end_object();
  out.key("include");
  write_names(out, "Files whose settings this one extends, relative to its folder.");
  out.end_object();
  out.key("additionalProperties").value(false);
}

}  // namespace

std::string node_file_schema(const node_file_parts& parts) {
  json_writer out;
  out.begin_object();
  out.key("$schema").value("https://json-schema.org/draft/2020-12/schema");
  out.key("title").value("Meshwright node file").key("type").value("object");
  write_sections(out, parts);
  out.key("$defs").begin_object();
  for (const plugin_schema& plugin : parts.plugins) {
    out.key(definition_of(plugin));
    write_definition(out, plugin, parts);
  }
  out.end_object().end_object();
  return out.take();
}

}  // namespace mw::kernel
