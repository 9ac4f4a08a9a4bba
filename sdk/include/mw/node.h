// node: a node inside an application, composed from YAML and run on a thread of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/bus.h>
#include <mw/contract.h>
#include <mw/function.h>
#include <mw/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

struct node_setup {
  std::vector<std::string> plugin_path;  // directories with plug-in libraries, searched first
  std::vector<std::string> sets;         // as `--set`: "plugins.http.listen=127.0.0.1:0"
};

// Link meshwright::meshwright. All calls but the factories may come from any thread; handlers run
// on the node's lane 0 and must not block.
class __attribute__((visibility("default"))) node {
 public:
  // `invalid` with all diagnostics as text when the YAML is wrong. Nothing runs yet.
  static result<std::unique_ptr<node>> from_file(const std::string& path, node_setup setup = {});
  static result<std::unique_ptr<node>> from_text(const std::string& yaml, node_setup setup = {});
  ~node();  // stops

  // Starts, and returns when the node is ready. `timed_out` or the reason why it ended otherwise;
  // then it is stopped already.
  status start(duration deadline = 30s);
  // Drains and stops; returns when everything is down, with the failure that ended the node, if
  // any. Not from a handler.
  status stop();
  // The same without waiting for drains: what is under way is lost.
  status stop_at_once();

  // Runs `task` on lane 0, soon. Refused (false) once the node has stopped.
  bool post(function<void()> task);

  // The contract that the plug-in `stanza` provides, or null. Only inside post() and handlers.
  template <contract_type Contract>
  [[nodiscard]] Contract* contract(std::string_view stanza) {
    return static_cast<Contract*>(find_contract(stanza, Contract::contract));
  }

  // As the publisher "app": rules of the `bus:` section can name it.
  template <class Event>
  bool publish(Event event) {
    return post([this, event = std::move(event)] { publish_now(event_type_of<Event>, &event); });
  }
  // Until the node stops; as the subscriber "app". Before start(), so that nothing is missed.
  template <class Event, class Handler>
  void on(Handler handler) {
    listen(event_type_of<Event>, [handler = std::move(handler)](const void* event) mutable {
      handler(*static_cast<const Event*>(event));
    });
  }

 private:
  class state;
  explicit node(std::unique_ptr<state> made);
  static result<std::unique_ptr<node>> make(std::string name, const std::string* text,
                                            node_setup setup);
  status end(bool at_once);
  void publish_now(const event_type& type, const void* event);
  void listen(const event_type& type, function<void(const void*)> handler);
  [[nodiscard]] void* find_contract(std::string_view stanza, std::string_view contract);

  std::unique_ptr<state> state_;
};

}  // namespace mw
