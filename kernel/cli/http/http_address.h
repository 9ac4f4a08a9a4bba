// http_address: where a node's admin pages are: "https://127.0.0.1:7480", "unix:/run/mw.sock".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>
#include <mw/types.h>

#include <string>
#include <string_view>

namespace mw::kernel::cli {

struct http_address {
  endpoint at;
  bool tls = false;
  std::string path;  // "/..."; empty when left out
};

// Scheme and path may be left out; without a scheme it is http. `invalid` with an example.
[[nodiscard]] result<http_address> parse_http_address(std::string_view text);

// Without the path.
[[nodiscard]] std::string to_string(const http_address& address);

// What the Host line says.
[[nodiscard]] std::string host_line(const http_address& address);

// Whether a node that listens at `listening` answers at `asked`: all loopback names are one, and
// 0.0.0.0 answers at each of them.
[[nodiscard]] bool answers_at(const endpoint& listening, const endpoint& asked);

}  // namespace mw::kernel::cli
