// node_file: the order of things: text, overrides, search path, libraries, composition.
// SPDX-License-Identifier: Apache-2.0
#include "compose/node_file.h"

#include "config/layers/load_config.h"
#include "config/options/option_info.h"

#include <utility>

namespace mw::kernel {
namespace {

// Directories named in the file come first: whoever writes them wants those plug-ins.
std::vector<std::string> search_path_of(const tree_node& root,
                                        const std::vector<std::string>& others) {
  std::vector<std::string> all;
  const tree_node* node = root.find("node");
  const tree_node* listed = node != nullptr ? node->find("plugin_path") : nullptr;
  if (listed != nullptr)
    for (const tree_node& one : listed->children)
      if (one.is_scalar() && !one.scalar.empty()) all.push_back(one.scalar);
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

std::string data_dir_of(const tree_node& root) {
  const tree_node* node = root.find("node");
  return std::string(node != nullptr ? node->text("data_dir", "data") : "data");
}

void add_names(std::vector<std::string>& names, const std::vector<option_info>& options) {
  for (const option_info& option : options) names.push_back(option.name);
}

// The keys of the group that `path` leads to below `options`, from step `first` on.
std::vector<std::string> keys_below(const std::vector<option_info>& options,
                                    const std::vector<std::string>& path, std::size_t first) {
  std::vector<std::string> names;
  if (path.size() == first) {
    add_names(names, options);
    return names;
  }
  std::string dotted;
  for (std::size_t i = first; i < path.size(); ++i) dotted = join_key(dotted, path[i]);
  if (const option_info* group = find_option(options, dotted)) add_names(names, group->children);
  return names;
}

// Which keys may stand where: what MW_SET_ variables need to find theirs.
class key_book {
 public:
  explicit key_book(std::vector<std::string> search_path) : search_path_(std::move(search_path)) {}

  std::vector<std::string> at(const tree_node& root, const std::vector<std::string>& path) {
    if (path.empty()) return {"node", "plugins", "bus"};
    if (path[0] == "node") {
      option_gatherer seen;
      node_section().fields(seen);
      return keys_below(seen.take(), path, 1);
    }
    if (path[0] != "plugins" || path.size() < 2) return {};
    const tree_node* plugins = root.find("plugins");
    const tree_node* stanza = plugins != nullptr ? plugins->find(path[1]) : nullptr;
    return stanza != nullptr ? of_stanza(root, *stanza, path) : std::vector<std::string>();
  }

 private:
  std::vector<std::string> of_stanza(const tree_node& root, const tree_node& stanza,
                                     const std::vector<std::string>& path) {
    option_gatherer seen;
    stanza_section().fields(seen);
    std::vector<std::string> slots;
    // Variables are not replaced yet, so that a type named by one has only the common keys.
    plugin_loader loader(search_path_of(root, search_path_));
    auto outcome = loader.load(stanza.text("use"));
    if (const auto* loaded = std::get_if<const loaded_plugin*>(&outcome)) {
      (*loaded)->descriptor->options(seen);
      for (const contract_need& need : (*loaded)->declared.needs) slots.push_back(need.slot);
    }
    std::vector<std::string> names = keys_below(seen.take(), path, 2);
    if (path.size() == 2) names.insert(names.end(), slots.begin(), slots.end());
    return names;
  }

  std::vector<std::string> search_path_;
};

}  // namespace

node_file open_node_file(node_file_request request) {
  node_file out;
  out.document = std::make_shared<config_document>();
  config_document& document = *out.document;
  config_request wanted;
  wanted.path = std::move(request.path);
  wanted.text = std::move(request.text);
  wanted.variables = std::move(request.variables);
  wanted.flags = std::move(request.flags);
  wanted.known = [book = key_book(request.search_path)](
                     const tree_node& root, const std::vector<std::string>& path) mutable {
    return book.at(root, path);
  };
  document.root = load_config(wanted, document.sources, out.found);
  // Like every relative path of the YAML, those of secrets start at the data directory.
  document.read_secret = [base = data_dir_of(document.root)](const std::string& path) {
    return read_text_file(path.starts_with('/') ? path : base + "/" + path);
  };
  out.loader = std::make_unique<plugin_loader>(search_path_of(document.root, request.search_path));
  out.made = compose(out.document, *out.loader, out.found);
  return out;
}

}  // namespace mw::kernel
