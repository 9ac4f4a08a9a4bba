// explain: one small function for each kind of name, tried in turn.
// SPDX-License-Identifier: Apache-2.0
#include "explain.h"

#include "bus/bus_rules.h"
#include "cli/console.h"
#include "compose/composition.h"
#include "config/codes/codes.h"
#include "config/nearest.h"
#include "config/options/option_doc.h"
#include "plugin_text.h"

#include <algorithm>
#include <set>

namespace mw::kernel::cli {
namespace {

template <class Section>
std::vector<option_info> options_in() {
  option_gatherer seen;
  Section().fields(seen);
  return seen.take();
}

// The parts of a node file that every node has; "stanza" stands for the keys all plug-ins share.
struct section {
  std::string_view name;
  std::string_view doc;
  std::vector<option_info> options;
};

std::vector<section> sections() {
  return {{"node", "The settings of the node itself, under `node:`.", options_in<node_section>()},
          {"stanza", "The keys that every stanza under `plugins:` has besides its plug-in's own.",
           options_in<stanza_section>()},
          {"bus", "One item of the list `bus:`, which narrows, filters and bounds events.",
           options_in<bus_rule>()}};
}

// The topic or contract without its version.
std::string_view base(std::string_view versioned) {
  return versioned.substr(0, versioned.rfind('/'));
}

std::optional<explanation> explain_code(std::string_view name) {
  const code_entry* entry = find_code(name);
  if (entry == nullptr) return std::nullopt;
  json_writer out;
  out.begin_object().key("kind").value("code").key("code").value(entry->id);
  out.key("title").value(entry->title).key("explanation").value(entry->explanation);
  out.key("wrong").value(entry->wrong).key("right").value(entry->right).end_object();
  return explanation{render_code(*entry), out.take()};
}

explanation explain_option(const std::string& of, const option_info& option) {
  json_writer out;
  out.begin_object().key("kind").value("option").key("of").value(of).key("option");
  write_option(out, option);
  return {render_option(option), out.end_object().take()};
}

std::optional<explanation> explain_section(std::string_view name, bool color) {
  const std::string_view first = name.substr(0, name.find('.'));
  for (const section& one : sections()) {
    if (one.name != first) continue;
    if (first.size() != name.size()) {
      const option_info* option = find_option(one.options, name.substr(first.size() + 1));
      if (option == nullptr) return std::nullopt;
      return explain_option(std::string(one.name), *option);
    }
    json_writer out;
    out.begin_object().key("kind").value("section").key("name").value(one.name);
    out.key("doc").value(one.doc).key("options").begin_array();
    for (const option_info& option : one.options) write_option(out, option);
    out.end_array().end_object();
    return explanation{bold(one.name, color) + "\n" + wrap(one.doc, "    ") + "\n" +
                           render_option_docs(one.options),
                       out.take()};
  }
  return std::nullopt;
}

std::optional<explanation> explain_slot(const loaded_plugin& plugin, std::string_view slot) {
  for (const contract_need& need : plugin.declared.needs) {
    if (need.slot != slot || is_kernel_contract(need.contract)) continue;
    json_writer out;
    out.begin_object().key("kind").value("slot").key("of").value(plugin.type());
    out.key("slot").value(need.slot).key("contract").value(need.contract);
    out.key("doc").value(need.doc).end_object();
    return explanation{need.slot + ": the name of a stanza that provides " + need.contract + " " +
                           text_of(need.wanted) + "\n" + wrap(need.doc, "    "),
                       out.take()};
  }
  return std::nullopt;
}

// "transport.tcp", or "transport.tcp.listen": types and options both may have dots.
std::optional<explanation> explain_type(std::string_view name, const installed_plugins& installed,
                                        bool color) {
  for (const loaded_plugin* one : installed.plugins) {
    if (one->type() == name) {
      json_writer out;
      out.begin_object().key("kind").value("plugin").key("plugin");
      write_plugin(out, *one, true);
      return explanation{plugin_page(*one, color), out.end_object().take()};
    }
    if (!name.starts_with(std::string(one->type()) + ".")) continue;
    const std::string_view path = name.substr(one->type().size() + 1);
    const auto own = options_of(*one);
    if (const option_info* option = find_option(own, path))
      return explain_option(std::string(one->type()), *option);
    const auto common = options_in<stanza_section>();
    if (const option_info* option = find_option(common, path))
      return explain_option("stanza", *option);
    if (auto slot = explain_slot(*one, path)) return slot;
  }
  return std::nullopt;
}

using event_list = std::vector<const event_type*> manifest::*;

std::string types_with(const installed_plugins& installed, event_list which,
                       const event_type& event) {
  std::string out;
  for (const loaded_plugin* one : installed.plugins)
    for (const event_type* type : one->declared.*which)
      if (type->topic == event.topic) out += " " + std::string(one->type());
  return out.empty() ? " no installed plug-in" : out;
}

std::optional<explanation> explain_event(std::string_view name, const installed_plugins& installed,
                                         bool color) {
  for (const loaded_plugin* one : installed.plugins) {
    for (const event_list which : {&manifest::published, &manifest::subscribed}) {
      for (const event_type* type : one->declared.*which) {
        if (type->topic != name && base(type->topic) != name) continue;
        json_writer out;
        out.begin_object().key("kind").value("event").key("event");
        write_event(out, *type);
        return explanation{describe_event(*type, color) + "\npublished by" +
                               types_with(installed, &manifest::published, *type) +
                               "\nsubscribed by" +
                               types_with(installed, &manifest::subscribed, *type) + "\n",
                           out.end_object().take()};
      }
    }
  }
  return std::nullopt;
}

std::optional<explanation> explain_contract(std::string_view name,
                                            const installed_plugins& installed, bool color) {
  std::string full;
  std::set<std::string> providers;
  std::set<std::string> users;
  const auto is = [&](const std::string& contract) {
    if (contract != name && base(contract) != name) return false;
    full = contract;
    return true;
  };
  for (const loaded_plugin* one : installed.plugins) {
    for (const contract_offer& offer : one->declared.offers)
      if (is(offer.contract)) providers.emplace(one->type());
    for (const contract_need& need : one->declared.needs)
      if (is(need.contract)) users.emplace(one->type());
  }
  if (full.empty()) return std::nullopt;
  if (is_kernel_contract(full)) providers.emplace("(the node itself)");
  json_writer out;
  out.begin_object().key("kind").value("contract").key("contract").value(full);
  std::string text = bold(full, color) + "\n";
  const auto list = [&](std::string_view label, const std::set<std::string>& types) {
    text += "    " + padded(label, 12);
    out.key(label).begin_array();
    for (const std::string& type : types) text += " " + type, out.value(type);
    out.end_array();
    text += types.empty() ? " no installed plug-in\n" : "\n";
  };
  list("provided_by", providers);
  list("used_by", users);
  return explanation{text, out.end_object().take()};
}

}  // namespace

std::optional<explanation> explain(std::string_view name, const installed_plugins& installed,
                                   bool color) {
  if (auto code = explain_code(name)) return code;
  if (auto found = explain_section(name, color)) return found;
  if (auto type = explain_type(name, installed, color)) return type;
  if (auto event = explain_event(name, installed, color)) return event;
  return explain_contract(name, installed, color);
}

std::vector<std::string> explained_names(const installed_plugins& installed) {
  const std::vector<std::string> codes = all_codes();
  std::set<std::string> names(codes.begin(), codes.end());
  for (const section& one : sections()) names.emplace(one.name);
  for (const loaded_plugin* one : installed.plugins) {
    names.emplace(one->type());
    for (const event_list which : {&manifest::published, &manifest::subscribed})
      for (const event_type* type : one->declared.*which) names.emplace(base(type->topic));
    for (const contract_offer& offer : one->declared.offers) names.insert(offer.contract);
    for (const contract_need& need : one->declared.needs) names.insert(need.contract);
  }
  return {names.begin(), names.end()};
}

std::string nearest_name(std::string_view name, const installed_plugins& installed) {
  std::vector<std::string> names = explained_names(installed);
  const auto add = [&](std::string_view of, const std::vector<option_info>& options) {
    if (!name.starts_with(std::string(of) + ".")) return;
    for (const option_info& one : options) names.push_back(std::string(of) + "." + one.name);
  };
  for (const section& one : sections()) add(one.name, one.options);
  for (const loaded_plugin* one : installed.plugins) {
    add(one->type(), options_of(*one));
    add(one->type(), options_in<stanza_section>());
  }
  return nearest(name, names);
}

}  // namespace mw::kernel::cli
