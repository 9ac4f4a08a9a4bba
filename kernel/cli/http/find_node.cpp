// find_node: by address, by node file, or by what runs here; and the token that belongs to it.
// SPDX-License-Identifier: Apache-2.0
#include "cli/run/node_registry.h"
#include "config/layers/load_config.h"
#include "node_client.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view default_address = "http://127.0.0.1:7480";
constexpr std::size_t token_bytes_max = 4096;
constexpr std::size_t files_max = 1024;

// One http stanza of a node, as it has written it down.
struct card {
  http_address at;
  std::string token_file;
  std::string node;  // its id, as far as known
};

std::string stripped(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.pop_back();
  return text;
}

// "data/admin.address" and "data/admin.token" belong together.
std::vector<card> cards_in(const std::string& data_dir, const std::string& node) {
  std::vector<card> out;
  std::error_code error;
  std::size_t looked_at = 0;
  for (fs::directory_iterator at(data_dir, error), end; !error && at != end; at.increment(error)) {
    if (++looked_at > files_max) break;
    if (at->path().extension() != ".address") continue;
    const auto text = read_text_file(at->path().string(), token_bytes_max);
    if (!text) continue;
    auto address = parse_http_address(stripped(*text));
    if (!address) continue;
    out.push_back(
        {std::move(*address), fs::path(at->path()).replace_extension(".token").string(), node});
  }
  return out;
}

std::vector<card> cards_of(const std::vector<running_node>& nodes) {
  std::vector<card> out;
  for (const running_node& one : nodes)
    for (card& each : cards_in(one.data_dir, one.id)) out.push_back(std::move(each));
  std::sort(out.begin(), out.end(), [](const card& a, const card& b) { return a.at.at < b.at.at; });
  return out;
}

result<std::string> read_token(const std::string& file) {
  MW_TRY(const std::string text, read_text_file(file, token_bytes_max));
  std::string token = stripped(text);
  const bool clean = !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != ',';
  });
  if (!clean)
    return failure(errc::invalid, "'" + file +
                                      "' holds no token: one line of visible "
                                      "characters");
  return token;
}

// What a node's file says about its pages, without loading any plug-in.
struct said_in_file {
  std::string data_dir;
  std::optional<http_address> at;
  std::string token_file;
};

result<said_in_file> read_node_file(const std::string& path, const surroundings& world) {
  config_request request;
  request.path = path;
  request.variables = world.variables;
  request.read_file = [](const std::string& file) { return read_text_file(file); };
  source_set sources;
  diagnostics found;
  const tree_node root = load_config(request, sources, found);
  if (found.has_errors())
    return failure(errc::invalid,
                   "'" + path + "' cannot be used; `mw check " + path + "` says why");
  said_in_file out;
  const tree_node* const node = root.find("node");
  out.data_dir = node != nullptr ? node->text("data_dir", "data") : "data";
  const tree_node* const plugins = root.find("plugins");
  if (plugins == nullptr) return out;
  for (const tree_node& one : plugins->children) {
    if (one.text("use") != "http") continue;
    const std::string scheme = one.text("transport").empty() ? "http://" : "https://";
    std::string listen(one.text("listen", "127.0.0.1:7480"));
    if (!listen.starts_with("unix:")) listen.insert(0, scheme);
    auto at = parse_http_address(listen);
    if (at) out.at = std::move(*at);
    out.token_file = (fs::path(out.data_dir) / one.text("token_file", "admin.token")).string();
    return out;
  }
  return out;
}

// Listening at all addresses is no address to connect to.
http_address reachable(http_address at) {
  if (at.at.host == "0.0.0.0") at.at.host = "127.0.0.1";
  if (at.at.host == "::") at.at.host = "::1";
  return at;
}

result<card> by_node_file(const node_place& where, const surroundings& world) {
  MW_TRY(const said_in_file said, read_node_file(where.node_file, world));
  if (!said.at)
    return failure(errc::not_found, "'" + where.node_file + "' has no plug-in with `use: http`");
  // With port 0 only the node itself knows.
  for (card& each : cards_in(said.data_dir, {}))
    if (fs::path(each.token_file).filename() == fs::path(said.token_file).filename()) return each;
  return card{*said.at, said.token_file, {}};
}

result<card> by_what_runs(const surroundings& world) {
  const std::vector<card> all = cards_of(list_running_nodes(world.variables));
  if (all.size() == 1) return all.front();
  const auto usual = parse_http_address(default_address);
  for (const card& each : all)
    if (answers_at(each.at.at, usual->at)) return each;
  if (all.empty()) return card{*usual, {}, {}};
  std::string list;
  for (const card& each : all)
    list += (list.empty() ? "" : ", ") + to_string(each.at) + " (" + each.node + ")";
  return failure(errc::not_found, "several nodes run here: " + list + "; say which");
}

result<card> by_address(const node_place& where, const surroundings& world) {
  MW_TRY(const http_address asked, parse_http_address(where.admin));
  if (!where.node_file.empty()) {
    MW_TRY(card said, by_node_file(where, world));
    said.at = asked;
    return said;
  }
  for (card& each : cards_of(list_running_nodes(world.variables))) {
    if (!answers_at(each.at.at, asked.at)) continue;
    // A token for TLS is not sent in the clear because a letter was forgotten.
    if (each.at.tls && !asked.tls && where.admin.find("://") == std::string::npos) return each;
    if (each.at.tls != asked.tls) continue;
    each.at = asked;
    return each;
  }
  return card{asked, {}, {}};
}

}  // namespace

result<found_node> find_node(const node_place& where, const surroundings& world) {
  MW_TRY(const card found, !where.admin.empty()       ? by_address(where, world)
                           : !where.node_file.empty() ? by_node_file(where, world)
                                                      : by_what_runs(world));
  found_node out;
  out.at = reachable(found.at);
  if (!where.token_file.empty()) {
    out.token_from = where.token_file;
    MW_TRY(out.token, read_token(where.token_file));
    return out;
  }
  // Nodes without tokens have none; whether one is wanted, the node says.
  if (auto token = read_token(found.token_file); !found.token_file.empty() && token) {
    out.token = std::move(*token);
    out.token_from = found.token_file;
  }
  return out;
}

}  // namespace mw::kernel::cli
