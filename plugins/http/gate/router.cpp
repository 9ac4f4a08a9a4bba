// router: looks up, compares methods, and guesses what was meant.
// SPDX-License-Identifier: Apache-2.0
#include "gate/router.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace mw::http {
namespace {

constexpr std::string_view readable = "GET, HEAD, OPTIONS";
constexpr std::string_view actionable = "POST, OPTIONS";

// A 404 must stay cheap: longer paths are not compared.
constexpr std::size_t compared_bytes_max = 64;
constexpr std::size_t distance_max = 3;

// Insertions, deletions and replacements that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, compared_bytes_max + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string_view kind_word(admin_kind kind) {
  switch (kind) {
    case admin_kind::read:
      return "read";
    case admin_kind::action:
      return "action";
    case admin_kind::feed:
      return "feed";
  }
  return "unknown";
}

bool answers(admin_kind kind, verb method) {
  if (kind == admin_kind::action) return method == verb::post;
  return method == verb::get || method == verb::head;
}

refusal no_such_path(const admin_directory& directory, std::string_view path) {
  std::string text = "nothing is offered at " + quoted(path);
  const std::string near = nearest_path(directory.endpoints(), path);
  text += near.empty() ? "; \"/\" lists what is" : "; did you mean " + quoted(near) + "?";
  return {404, std::move(text)};
}

}  // namespace

route find_route(const admin_directory& directory, verb method, std::string_view path) {
  std::optional<admin_endpoint> endpoint = directory.find(path);
  if (!endpoint && path != "/") return {std::nullopt, no_such_path(directory, path), {}};
  const admin_kind kind = endpoint ? endpoint->kind : admin_kind::read;
  route found{std::move(endpoint), {0, {}}, kind == admin_kind::action ? actionable : readable};
  if (method == verb::options)
    found.why = {204, {}};
  else if (!answers(kind, method))
    found.why = {405, std::string(to_string(method)) + " does not fit " + quoted(path) + " (" +
                          std::string(kind_word(kind)) + "); allowed: " + std::string(found.allow)};
  return found;
}

std::string nearest_path(const std::vector<admin_endpoint>& endpoints, std::string_view path) {
  if (path.size() > compared_bytes_max) return {};
  const admin_endpoint* best = nullptr;
  std::size_t least = std::min(distance_max, path.size() / 2) + 1;
  for (const admin_endpoint& each : endpoints) {
    const auto [shorter, longer] = std::minmax({each.path.size(), path.size()});
    if (longer > compared_bytes_max || longer - shorter >= least) continue;
    const std::size_t distance = edit_distance(path, each.path);
    if (distance < least) {
      least = distance;
      best = &each;
    }
  }
  return best == nullptr ? std::string() : best->path;
}

std::string index_body(const std::vector<admin_endpoint>& endpoints) {
  json_writer json;
  json.begin_object().key("endpoints").begin_array();
  for (const admin_endpoint& each : endpoints) {
    json.begin_object();
    json.key("path").value(each.path);
    json.key("kind").value(kind_word(each.kind));
    json.key("summary").value(each.summary);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace mw::http
