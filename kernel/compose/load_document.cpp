// load_document: connects the layers of settings with what the plug-ins say about their options.
// SPDX-License-Identifier: Apache-2.0
#include "compose/load_document.h"

#include <filesystem>
#include <variant>

namespace mw::kernel {
namespace {

using names = std::vector<std::string>;

template <class Section>
std::vector<option_info> options_of_section() {
  Section section;
  option_gatherer gatherer;
  section.fields(gatherer);
  return gatherer.take();
}

// The names below the option that `path` leads to from its step `next` on.
names names_below(const std::vector<option_info>& options, const names& path, std::size_t next) {
  names out;
  if (next == path.size()) {
    for (const option_info& option : options) out.push_back(option.name);
    return out;
  }
  const option_info* option = find_option(options, path[next]);
  if (option == nullptr || option->type->kind != option_kind::group) return out;
  return names_below(option->children, path, next + 1);
}

names stanza_names(const tree_node& root, const names& path, plugin_loader& loader) {
  const tree_node* plugins = root.find("plugins");
  const tree_node* stanza = plugins == nullptr ? nullptr : plugins->find(path[1]);
  if (stanza == nullptr) return {};
  names out = names_below(options_of_section<stanza_section>(), path, 2);
  auto outcome = loader.load(stanza->text("use"));
  const auto* loaded = std::get_if<const loaded_plugin*>(&outcome);
  if (loaded == nullptr) return out;
  const plugin_schema known = describe_plugin(**loaded);
  const names more = names_below(known.options, path, 2);
  out.insert(out.end(), more.begin(), more.end());
  if (path.size() == 2) {
    for (const contract_need& need : known.needs) out.push_back(need.slot);
  }
  return out;
}

names known_names(const tree_node& root, const names& path, plugin_loader& loader) {
  if (path.empty()) return {"node", "plugins", "bus"};
  if (path[0] == "node") return names_below(options_of_section<node_section>(), path, 1);
  if (path[0] == "plugins" && path.size() >= 2) return stanza_names(root, path, loader);
  return {};
}

// The file may name directories with plug-ins of its own; they come first.
void search_listed(const tree_node& root, plugin_loader& loader) {
  const tree_node* node = root.find("node");
  const tree_node* listed = node == nullptr ? nullptr : node->find("plugin_path");
  if (listed == nullptr) return;
  names directories;
  for (const tree_node& one : listed->children)
    if (one.is_scalar() && !one.scalar.empty()) directories.push_back(one.scalar);
  loader.search_first(std::move(directories));
}

}  // namespace

std::shared_ptr<config_document> load_document(config_request request, plugin_loader& loader,
                                               diagnostics& found) {
  auto document = std::make_shared<config_document>();
  const std::filesystem::path folder = std::filesystem::path(request.path).parent_path();
  document->read_secret = [folder](const std::string& path) {
    return read_text_file((folder / path).string());
  };
  request.known = [&loader](const tree_node& root, const names& path) {
    search_listed(root, loader);
    return known_names(root, path, loader);
  };
  document->root = load_config(request, document->sources, found);
  search_listed(document->root, loader);  // now with its ${VARIABLES} replaced
  return document;
}

plugin_schema describe_plugin(const loaded_plugin& plugin) {
  option_gatherer gatherer;
  plugin.descriptor->options(gatherer);
  plugin_schema out{.type = std::string(plugin.type()),
                    .summary = plugin.declared.summary,
                    .options = gatherer.take(),
                    .needs = plugin.declared.needs};
  // Slots that the kernel serves are no keys of a stanza.
  std::erase_if(out.needs, [](const contract_need& n) { return is_kernel_contract(n.contract); });
  return out;
}

node_file_parts describe_installed(plugin_loader& loader) {
  node_file_parts out{.node = options_of_section<node_section>(),
                      .stanza = options_of_section<stanza_section>(),
                      .bus_rule = options_of_section<bus_rule>(),
                      .plugins = {}};
  for (const std::string& type : loader.available()) {
    auto outcome = loader.load(type);
    if (const auto* loaded = std::get_if<const loaded_plugin*>(&outcome)) {
      out.plugins.push_back(describe_plugin(**loaded));
    }
  }
  return out;
}

}  // namespace mw::kernel
