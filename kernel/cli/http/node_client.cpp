// node_client: asks, and turns refusals into what the user can do about them.
// SPDX-License-Identifier: Apache-2.0
#include "node_client.h"

#include "config/yaml/yaml_load.h"

namespace mw::kernel::cli {
namespace {

http_question question(const found_node& node, const node_place& where, std::string_view path) {
  http_question what;
  what.to = node.at;
  what.to.path = path;
  what.token = node.token;
  what.files = where.files;
  return what;
}

std::string said(const http_answer& answer) {
  const std::string message = message_in(answer.body);
  return message.empty() ? std::string() : ": " + message;
}

failure no_token(const found_node& node) {
  return {errc::denied, to_string(node.at) +
                            " wants a token, and none was found. Run this as the user of the node, "
                            "or say --node-file FILE or --token-file FILE"};
}

// Statuses that mean "not for you".
status check(const http_answer& answer, const found_node& node) {
  const std::string who = to_string(node.at);
  switch (answer.status) {
    case 401:
      if (node.token.empty()) return no_token(node);
      return {errc::denied, who + " does not accept the token in '" + node.token_from +
                                "'. It draws a new one at each start: was another node meant?"};
    case 403:
      return {errc::denied, who + " refuses" + said(answer)};
    case 421:
      return {errc::denied, who + " is not called that" + said(answer)};
    case 429:
      return {errc::overloaded, who + " does not listen for a while" + said(answer)};
    default:
      return {};
  }
}

failure nobody(const failure& why, const found_node& node) {
  return {why.kind(), "no node answers at " + to_string(node.at) + ": " + why.text() +
                          "; is it running, with `use: http` in its file?"};
}

bool is_absence(errc kind) {
  return kind == errc::disconnected || kind == errc::timed_out || kind == errc::not_found;
}

}  // namespace

node_place place_from(const arguments& given) {
  node_place where;
  where.admin = given.text("--admin");
  where.node_file = given.text("--node-file");
  where.token_file = given.text("--token-file");
  where.files = {given.text("--admin-ca"), given.text("--admin-cert"), given.text("--admin-key")};
  if (where.files.key.empty()) where.files.key = where.files.cert;
  return where;
}

std::string message_in(const std::string& body) {
  source_set sources;
  diagnostics found;
  const source_id id = sources.add(source_kind::file, "answer", body);
  const tree_node root = load_yaml(id, sources, found);  // JSON is YAML
  return found.has_errors() ? std::string() : std::string(root.text("message"));
}

result<node_answer> ask_node(const found_node& node, const node_place& where, std::string_view path,
                             std::string_view body, bool post) {
  http_question what = question(node, where, path);
  what.post = post;
  what.body = body;
  auto answer = ask_http(what, where.limit);
  if (!answer)
    return is_absence(answer.error().kind()) ? nobody(answer.error(), node) : answer.error();
  MW_CHECK(check(*answer, node));
  return node_answer{answer->status, std::move(answer->body)};
}

result<node_answer> ask_node(const node_place& where, const surroundings& world,
                             std::string_view path, std::string_view body) {
  MW_TRY(const found_node node, find_node(where, world));
  return ask_node(node, where, path, body, !body.empty());
}

status follow_node(const node_place& where, const surroundings& world, std::string_view path,
                   const function<bool(std::string_view event, std::string_view data)>& each) {
  MW_TRY(const found_node node, find_node(where, world));
  // Feeds give a sign of life each `heartbeat`; who is silent for two minutes has gone.
  const duration silence = std::max<duration>(where.limit, 120s);
  const auto answer = follow_http(question(node, where, path), silence, each);
  if (!answer)
    return is_absence(answer.error().kind()) ? nobody(answer.error(), node) : answer.error();
  MW_CHECK(check(*answer, node));
  if (answer->status == 200 && answer->body.empty()) return {};
  return {answer->status == 404 ? errc::not_found : errc::unsupported,
          to_string(node.at) + std::string(path) + " is no feed" + said(*answer)};
}

}  // namespace mw::kernel::cli
