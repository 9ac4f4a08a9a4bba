// target: a request target as one canonical path and its query parameters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::http {

// One spelling only per resource, so that no rule about paths can be passed by writing a path
// differently: "/a/%62" is "/a/b"; "..", ".", "//", "\", NUL, an encoded slash and broken UTF-8 are
// refused; one slash at the end is dropped.
struct target {
  std::string path;  // begins with '/'
  std::vector<std::pair<std::string, std::string>> query;
};

inline constexpr std::size_t query_parameters_max = 64;

// `text` is "/path?query". Failures are `invalid` and quote the part that is wrong.
[[nodiscard]] result<target> parse_target(std::string_view text);

}  // namespace mw::http
