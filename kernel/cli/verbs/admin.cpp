// admin: `mw admin` and `mw token`, the admin pages of a running node from a shell.
// SPDX-License-Identifier: Apache-2.0
#include "cli/http/node_client.h"
#include "verbs.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr flag timeout_flag{"--timeout", "DURATION", "How long to wait for an answer. Default 5s."};
constexpr flag post_flag{"--post", "", "Act instead of read, when there is no JSON to send."};
constexpr flag follow_flag{"--follow", "", "The page is a feed: print each event as one line."};
constexpr flag header_flag{"--header", "", "Print the whole header line, for curl -H."};
constexpr flag show_path_flag{"--path", "", "Print the name of the file instead of its content."};
constexpr std::array admin_flags{admin_flag, node_file_flag, token_file_flag, ca_flag,    cert_flag,
                                 key_flag,   timeout_flag,   post_flag,       follow_flag};
constexpr std::array token_flags{admin_flag, header_flag, show_path_flag};

exit_code refuse(std::string_view verb, const failure& why, console& io) {
  io.complain("mw " + std::string(verb) + ": " + printable(why.text()) + "\n");
  return why.kind() == errc::invalid ? exit_code::usage : exit_code::cannot_run;
}

exit_code follow(const node_place& where, const std::string& path, surroundings& world) {
  const status ended =
      follow_node(where, world, path, [&](std::string_view event, std::string_view data) {
        world.io.say(printable(std::string(event) + " " + std::string(data)) + "\n");
        world.io.flush();
        return world.io.all_written();
      });
  return ended ? exit_code::ok : refuse("admin", ended.error(), world.io);
}

exit_code run_admin(const arguments& given, surroundings& world) {
  node_place where = place_from(given);
  const auto limit = parse_duration(given.text("--timeout", "5s"));
  if (!limit || *limit <= duration::zero())
    return refuse("admin", {errc::invalid, "--timeout takes a duration such as 5s"}, world.io);
  where.limit = *limit;
  const std::string path = given.operands.empty() ? "/" : given.operands.front();
  if (!path.starts_with('/') || path.find_first_of(" \r\n") != std::string::npos)
    return refuse("admin", {errc::invalid, "'" + path + "' is no path; write it like /status"},
                  world.io);
  if (given.has("--follow")) return follow(where, path, world);
  const std::string body = given.operands.size() > 1 ? given.operands[1] : "";
  const auto node = find_node(where, world);
  if (!node) return refuse("admin", node.error(), world.io);
  const auto answer = ask_node(*node, where, path, body, !body.empty() || given.has("--post"));
  if (!answer) return refuse("admin", answer.error(), world.io);
  if (answer->status < 300) {
    world.io.say(answer->body + (answer->body.ends_with('\n') ? "" : "\n"));
    return exit_code::ok;
  }
  const std::string message = message_in(answer->body);
  world.io.complain("mw admin: " + std::to_string(answer->status) + " " +
                    printable(message.empty() ? answer->body : message) + "\n");
  return exit_code::no;
}

exit_code run_token(const arguments& given, surroundings& world) {
  node_place where = place_from(given);
  if (!given.operands.empty()) where.node_file = given.operands.front();
  const auto node = find_node(where, world);
  if (!node) return refuse("token", node.error(), world.io);
  if (node->token.empty())
    return refuse("token",
                  {errc::not_found, "there is no token for " + to_string(node->at) +
                                        ": the node does not run, belongs to another user, or has "
                                        "another `auth` than token"},
                  world.io);
  std::string out = node->token;
  if (given.has("--header")) out.insert(0, "Authorization: Bearer ");
  if (given.has("--path")) out = node->token_from;
  world.io.say(out + "\n");
  return exit_code::ok;
}

}  // namespace

extern const verb admin_verb{
    "admin",
    "[PATH] [JSON]",
    0,
    2,
    "read or act on an admin page of a running node",
    "Asks a running node for an admin page and prints it; PATH is `/` by default, which lists all "
    "pages. With JSON, or with --post, it acts. The node and its token are found by themselves "
    "when it runs here as this user. Exit code 0 when the answer is good, 1 when the node says no, "
    "3 when it does not answer or does not let us in.",
    "mw admin\nmw admin /metrics --admin 127.0.0.1:7481\nmw admin /events --follow",
    admin_flags,
    run_admin};

extern const verb token_verb{
    "token",
    "[FILE]",
    0,
    1,
    "print the token of a running node",
    "Prints the token that opens the admin pages of the node that runs from FILE, of the one at "
    "--admin, or of the one that runs here as this user. Each start draws a new one. Whoever has "
    "it "
    "may do everything there: do not put it where others can read it.",
    "curl -H \"$(mw token --header)\" http://127.0.0.1:7480/metrics\nmw token node.yaml --path",
    token_flags,
    run_token};

}  // namespace mw::kernel::cli
