// compose: reads the sections and loads what the stanzas name.
// SPDX-License-Identifier: Apache-2.0
#include "compose/compose.h"

#include <algorithm>
#include <set>

namespace mw::kernel {
namespace {

option_context context_of(config_document& document, diagnostics& found) {
  return {document.sources, found,
          [&document](const std::string& path) { return document.read_secret(path); }};
}

void keep(std::vector<effective_value>& all, const option_reader& reader) {
  all.insert(all.end(), reader.values().begin(), reader.values().end());
}

// "node.yaml:12" of "node.yaml:12:3": people look for lines.
std::string line_of(const source_set& sources, const span& where) {
  std::string text = sources.describe(where);
  return text.substr(0, text.rfind(':'));
}

// Names end up in metrics labels, file names and key paths.
void check_name(const tree_node& child, diagnostics& found) {
  const bool plain =
      child.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos &&
      child.key.size() <= 64;
  if (plain && child.key != "node") return;
  found.error("WIR0013", child.key_where, "'" + child.key + "' cannot be the name of a plug-in")
      .at_key("plugins." + child.key)
      .expecting("1 to 64 of a-z, 0-9, _ and -, and not 'node', which stands for the node itself");
}

const loaded_plugin* load_type(const tree_node& stanza_map, const stanza_section& common,
                               plugin_loader& loader, diagnostics& found) {
  if (common.use.empty()) return nullptr;
  auto outcome = loader.load(common.use);
  if (auto* loaded = std::get_if<const loaded_plugin*>(&outcome)) return *loaded;
  const auto& failed = std::get<load_failure>(outcome);
  found.error(failed.code, stanza_map.find("use")->where(), failed.message)
      .at_key("plugins." + stanza_map.key + ".use")
      .suggesting(failed.nearest)
      .helping(failed.help);
  return nullptr;
}

void read_stanza(const tree_node& child, compose_result& out, plugin_loader& loader,
                 diagnostics& found) {
  check_name(child, found);
  option_context context = context_of(*out.node.document, found);
  option_reader reader(context, &child, "plugins." + child.key, child.key_where);
  stanza made;
  made.name = child.key;
  made.where = line_of(out.node.document->sources, child.key_where);
  made.settings = &child;
  made.common.fields(reader);
  made.plugin = child.is_map() ? load_type(child, made.common, loader, found) : nullptr;
  if (made.plugin != nullptr) {
    made.plugin->descriptor->options(reader);
    // What the kernel serves itself leaves no choice: a key for it would change nothing.
    for (const contract_need& need : made.plugin->declared.needs)
      if (!is_kernel_contract(need.contract)) reader.allow(need.slot);
    reader.finish();
  }
  if (child.is_map() && made.common.lane >= out.node.node.lanes) {
    const tree_node* lane = child.find("lane");
    found
        .error("WIR0009", lane != nullptr ? lane->where() : child.key_where,
               "lane " + std::to_string(made.common.lane) + " does not exist: the node has " +
                   std::to_string(out.node.node.lanes))
        .at_key("plugins." + child.key + ".lane")
        .helping("lanes count from 0; raise node.lanes to have more");
  }
  keep(out.values, reader);
  out.node.stanzas.push_back(std::move(made));
}

}  // namespace

void read_sections(compose_result& out, plugin_loader& loader, diagnostics& found) {
  config_document& document = *out.node.document;
  option_context context = context_of(document, found);
  option_reader top(context, &document.root, "");
  for (const char* key : {"node", "plugins", "bus", "include"}) top.allow(key);
  top.finish();
  const tree_node* node = document.root.find("node");
  const span start{1, 1, 1, 0};
  option_reader reader(context, node, "node", node != nullptr ? node->key_where : start);
  out.node.node.fields(reader);
  reader.finish();
  keep(out.values, reader);

  const tree_node* plugins = document.root.find("plugins");
  if (plugins == nullptr || plugins->is_null()) {
    found.error("WIR0001", plugins != nullptr ? plugins->key_where : start, "there are no plug-ins")
        .at_key("plugins")
        .helping("add a map of plug-ins, for example  plugins: { hello: { use: greeter } }");
    return;
  }
  if (!plugins->is_map()) {
    found
        .error("WIR0001", plugins->where(), "`plugins` is " + std::string(to_string(plugins->kind)))
        .at_key("plugins")
        .expecting("a map from names to stanzas: hello: { use: greeter }");
    return;
  }
  for (const tree_node& child : plugins->children) read_stanza(child, out, loader, found);
}

compose_result compose(std::shared_ptr<config_document> document, plugin_loader& loader,
                       diagnostics& found) {
  compose_result out;
  out.node.document = std::move(document);
  if (out.node.document->root.is_null() && found.has_errors())
    return out;  // a syntax error says it all
  read_sections(out, loader, found);
  wire(out.node, loader, found);
  read_bus(out, found);
  order_stanzas(out.node, found);
  return out;
}

}  // namespace mw::kernel
