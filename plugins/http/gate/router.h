// router: from a method and a path to the endpoint that answers, or to why none does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/request.h"
#include "wire/syntax.h"

#include <mw/admin.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::http {

struct route {
  std::optional<admin_endpoint> endpoint;  // none with status 0: the index at "/" is wanted
  refusal why{0, {}};                      // status 0: the endpoint is to be called
  std::string_view allow;                  // the methods that would do
};

// `read` answers GET and HEAD, `action` POST, `feed` GET; OPTIONS says which: 204 with `allow`.
[[nodiscard]] route find_route(const admin_directory& directory, verb method,
                               std::string_view path);

// The methods of the whole server, for `OPTIONS *`.
inline constexpr std::string_view all_methods = "GET, HEAD, POST, OPTIONS";

// The offered path that `path` was most likely meant to be; empty when none is near.
[[nodiscard]] std::string nearest_path(const std::vector<admin_endpoint>& endpoints,
                                       std::string_view path);

// What "/" shows when no plug-in offers it: every endpoint with its kind and summary.
[[nodiscard]] std::string index_body(const std::vector<admin_endpoint>& endpoints);

}  // namespace mw::http
