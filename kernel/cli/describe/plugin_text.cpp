// plugin_text: paragraphs for people who read a terminal.
// SPDX-License-Identifier: Apache-2.0
#include "plugin_text.h"

#include "cli/console.h"
#include "compose/load_document.h"
#include "config/options/option_doc.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::string_view margin = "    ";

std::string_view kind_name(value_kind kind) {
  constexpr std::array<std::string_view, 7> names{
      "bool", "integer", "natural number", "number", "text", "duration", "time"};
  return names[static_cast<std::size_t>(kind)];
}

std::string list_topics(const std::vector<const event_type*>& events) {
  std::string out;
  for (const event_type* one : events) out += (out.empty() ? "" : ", ") + std::string(one->topic);
  return out;
}

std::string need_text(const contract_need& need) {
  if (is_kernel_contract(need.contract)) return need.contract + " (of the node itself)";
  std::string out = need.slot + ": " + need.contract;
  if (!need.wanted.empty()) out += " " + text_of(need.wanted);
  if (need.count == need_count::optional) out += " (optional)";
  if (need.count == need_count::many) out += " (any number)";
  return out;
}

std::string line(std::string_view label, const std::string& text) {
  if (text.empty()) return {};
  return std::string(margin) + padded(label, 12) + text + "\n";
}

std::string head(const loaded_plugin& plugin, bool color) {
  return bold(plugin.type(), color) + " " + plugin.descriptor->version + " (" +
         std::string(name_of(plugin.declared.stable)) + ", " +
         std::string(name_of(plugin.declared.trusted)) +
         (plugin.declared.foreign_io ? ", foreign I/O" : "") + ")\n" +
         wrap(plugin.declared.summary, margin);
}

std::string offers_text(const manifest& declared) {
  std::string out;
  for (const contract_offer& offer : declared.offers) {
    out += (out.empty() ? "" : ", ") + offer.contract;
    if (!offer.has.empty()) out += " " + text_of(offer.has);
  }
  return out;
}

std::string heading(std::string_view text, bool color) {
  return "\n" + bold(text, color) + "\n";
}

std::string slots_text(const manifest& declared, bool color) {
  std::string out;
  for (const contract_need& need : declared.needs)
    if (!is_kernel_contract(need.contract))
      out += "  " + need_text(need) + "\n" + wrap(need.doc, "      ");
  return out.empty() ? out : heading("Slots (keys that name another stanza)", color) + out;
}

std::string events_text(std::string_view title, const std::vector<const event_type*>& events,
                        bool color) {
  if (events.empty()) return {};
  std::string out = heading(title, color);
  for (const event_type* one : events)
    out += "  " + std::string(one->topic) + "\n" + wrap(one->doc, "      ");
  return out;
}

}  // namespace

std::string_view name_of(plugin_stability stability) {
  constexpr std::array<std::string_view, 3> names{"wip", "alpha", "stable"};
  return names[static_cast<std::size_t>(stability)];
}

std::string_view name_of(plugin_trust trust) {
  constexpr std::array<std::string_view, 3> names{"local-only", "authenticated-peer",
                                                  "hostile-peer"};
  return names[static_cast<std::size_t>(trust)];
}

std::string text_of(const capabilities& all) {
  std::string out;
  for (const capability& one : all) {
    out += (out.empty() ? "{" : ", ") + one.name;
    if (one.value != 1) out += " " + std::to_string(one.value);
  }
  return out.empty() ? out : out + "}";
}

std::vector<option_info> options_of(const loaded_plugin& plugin) {
  return describe_plugin(plugin).options;
}

std::string plugin_paragraph(const loaded_plugin& plugin, bool color) {
  const manifest& declared = plugin.declared;
  std::string out = head(plugin, color) + line("provides", offers_text(declared));
  for (const contract_need& need : declared.needs) out += line("uses", need_text(need));
  return out + line("publishes", list_topics(declared.published)) +
         line("subscribes", list_topics(declared.subscribed));
}

std::string plugin_page(const loaded_plugin& plugin, bool color) {
  const manifest& declared = plugin.declared;
  std::string out =
      head(plugin, color) + line("provides", offers_text(declared)) + line("library", plugin.file);
  out += slots_text(declared, color) + events_text("Publishes", declared.published, color) +
         events_text("Subscribes", declared.subscribed, color);
  const std::vector<option_info> options = options_of(plugin);
  out += heading("Options", color);
  out += options.empty() ? "  none besides those that all stanzas have (mw explain stanza)\n"
                         : render_option_docs(options);
  return out;
}

std::string describe_event(const event_type& event, bool color) {
  std::string out = bold(event.topic, color) + "\n" + wrap(event.doc, margin);
  out += heading("Fields (for filters and logs)", color);
  for (const field_info& field : event.fields) {
    out += "  " + std::string(field.name) + ": " + std::string(kind_name(field.kind)) + "\n" +
           wrap(field.doc, "      ");
  }
  return out;
}

void write_event(json_writer& out, const event_type& event) {
  out.begin_object().key("topic").value(event.topic).key("doc").value(event.doc);
  out.key("fields").begin_array();
  for (const field_info& field : event.fields) {
    out.begin_object().key("name").value(field.name);
    out.key("kind").value(kind_name(field.kind)).key("doc").value(field.doc).end_object();
  }
  out.end_array().end_object();
}

}  // namespace mw::kernel::cli
