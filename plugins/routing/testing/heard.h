// heard: what the tests hear of calls and services.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "testing/fake_cluster.h"

#include <memory>
#include <string>
#include <vector>

namespace mw::routing {

// One answer, as text: "reply b: hello", "refusal b: not_found", "end 2/3/1".
[[nodiscard]] inline std::string line_of(const answer& a) {
  const std::string from(a.from);
  switch (a.what) {
    case answer::kind::item:
      return "item " + from + ": " + std::string(as_text(a.body.bytes));
    case answer::kind::reply:
      return "reply " + from + ": " + std::string(as_text(a.body.bytes));
    case answer::kind::refusal:
      return "refusal " + from + ": " + std::string(to_string(a.error->kind()));
    case answer::kind::end:
      break;
  }
  return "end " + std::to_string(a.counts.asked) + "/" + std::to_string(a.counts.replied) + "/" +
         std::to_string(a.counts.failed) +
         (a.error != nullptr ? " " + std::string(to_string(a.error->kind())) : std::string());
}

// Collects the answers of one call. Outlives the call.
struct heard {
  std::vector<std::string> lines;
  std::vector<std::string> errors;
  bool last = false;

  [[nodiscard]] function<void(const answer&)> listener() {
    return [this](const answer& a) {
      if (last) lines.push_back("an answer after the last");
      lines.push_back(line_of(a));
      if (a.error != nullptr) errors.push_back(a.error->text());
      last = a.last;
    };
  }
};

// Calls with a text.
inline result<call_ref> ask(engine& from, route where, std::string_view body, heard& into) {
  message_out out;
  write_text(out, body);
  return from.call(where, out, into.listener());
}
inline route to_service(engine& from, std::string_view name) {
  return {.service = from.open(name).value()};
}

// Answers each request with "<node>:<body>".
inline registration_ptr serve_echo(fake_node& node, std::string_view name) {
  return node
      ->serve(name, {},
              [&node](const incoming& in) {
                if (in.what != incoming::kind::request) return;
                message_out out;
                write_text(out, node.id + ":" + std::string(as_text(in.body.bytes)));
                (void)node->answer(in.reply, out, true, {});
              })
      .value();
}

}  // namespace mw::routing
