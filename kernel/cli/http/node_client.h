// node_client: asks the admin pages of a running node; finds the node and its token by itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.h"
#include "http_client.h"

#include <mw/function.h>
#include <mw/result.h>
#include <mw/tool.h>

#include <array>
#include <string>
#include <string_view>

namespace mw::kernel::cli {

// What the user said about the node. All may be empty: then it is the one node of this user that
// runs on this machine, or the one that listens at http://127.0.0.1:7480.
struct node_place {
  std::string admin;       // address
  std::string node_file;   // the YAML it runs from
  std::string token_file;  // instead of the one that the node has written
  tls_files files;
  duration limit = 5s;
};

inline constexpr flag admin_flag{
    "--admin", "ADDRESS",
    "The admin address of the node: http://127.0.0.1:7480, https://127.0.0.1:7480 or unix:/path. "
    "Default: the node of this user that runs here."};
inline constexpr flag node_file_flag{
    "--node-file", "FILE",
    "The file of the running node: it says where it listens and keeps its "
    "token."};
inline constexpr flag token_file_flag{
    "--token-file", "FILE", "The token to show. Default: the one that the node has written."};
inline constexpr flag ca_flag{
    "--admin-ca", "FILE",
    "Authorities (PEM) that an https address is checked against. Default: the "
    "system's."};
inline constexpr flag cert_flag{"--admin-cert", "FILE",
                                "Our certificate (PEM), for nodes with auth: mtls."};
inline constexpr flag key_flag{"--admin-key", "FILE",
                               "The key (PEM) of --admin-cert. Default: that file."};
inline constexpr std::array node_flags{admin_flag, node_file_flag, token_file_flag,
                                       ca_flag,    cert_flag,      key_flag};

// Without the limit, which the caller's own flag says.
[[nodiscard]] node_place place_from(const arguments& given);

// A node that was found: where it is, and what opens it.
struct found_node {
  http_address at;
  std::string token;       // empty: none was found
  std::string token_from;  // which file
};
// `invalid`: an address or file cannot be used; `not_found`: several nodes run, or none as named.
[[nodiscard]] result<found_node> find_node(const node_place& where, const surroundings& world);

// An empty `body` is GET, else POST. `disconnected`, `timed_out`: no node answers; `denied`: it
// does not let us, with what to do about it; `overloaded`: too many wrong tokens. Other statuses
// come back as they are.
[[nodiscard]] result<node_answer> ask_node(const node_place& where, const surroundings& world,
                                           std::string_view path, std::string_view body);
[[nodiscard]] result<node_answer> ask_node(const found_node& node, const node_place& where,
                                           std::string_view path, std::string_view body, bool post);

// Follows a feed until `each` returns false, or the node ends it, which is success.
[[nodiscard]] status follow_node(
    const node_place& where, const surroundings& world, std::string_view path,
    const function<bool(std::string_view event, std::string_view data)>& each);

// The text of `message` in an error of a node; empty when it is none.
[[nodiscard]] std::string message_in(const std::string& body);

}  // namespace mw::kernel::cli
