// testing: loads plug-ins as a node does, in virtual time, and asks them questions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/admin.h>
#include <mw/bus.h>
#include <mw/conformance.h>
#include <mw/contract.h>
#include <mw/sim.h>
#include <mw/types.h>

#include <doctest/doctest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw {

enum class test_start : std::uint8_t { wait_until_ready, not_yet };

// A node of several plug-ins. Libraries are given by path: nothing else is searched.
struct test_setup {
  std::vector<std::string> libraries;
  std::string yaml;
  std::uint64_t seed = 1;
  test_start start = test_start::wait_until_ready;
};

// A node of one plug-in under the name "subject". `options` is the rest of its stanza as YAML:
// lines, or a map in braces.
[[nodiscard]] test_setup setup_for(const std::string& library, const std::string& options = {},
                                   test_start start = test_start::wait_until_ready);
// So that the conformance suites of contracts take either form.
[[nodiscard]] inline test_setup setup_for(test_setup setup) {
  return setup;
}

// One node in a simulated world of its own. Everything happens inside the calls: a test that does
// not call anything stands still.
class test_node {
 public:
  explicit test_node(const std::string& library, const std::string& options = {},
                     test_start start = test_start::wait_until_ready);
  explicit test_node(test_setup setup);
  ~test_node();

  // Delivered to all that subscribed before it returns.
  template <class Event>
  void publish(const Event& event) {
    publish_erased(event_type_of<Event>, &event);
  }
  // What the plug-ins have published so far, in order.
  template <class Event>
  [[nodiscard]] std::vector<Event> received() const {
    std::vector<Event> events;
    for (const void* event : received_erased(event_type_of<Event>))
      events.push_back(*static_cast<const Event*>(event));
    return events;
  }

  // What the plug-in under `stanza` provides, or null. Its methods belong inside in_turn().
  template <contract_type Contract>
  [[nodiscard]] Contract* contract(std::string_view stanza = "subject") const {
    return static_cast<Contract*>(provided(stanza, Contract::contract));
  }
  // Runs `action` in a turn of the node's lane, and what follows from it at once, before it
  // returns.
  void in_turn(function<void()> action);

  void run_for(duration how_long);
  bool run_until(const function<bool()>& holds, duration deadline = 60s);
  // Asks an admin endpoint, for example call("/readyz?verbose").
  [[nodiscard]] admin_response call(const std::string& target, const std::string& body = {});

  // The value of a metric, or -1 when there is none with these labels.
  using label_list = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  [[nodiscard]] double metric(std::string_view name, label_list wanted = {}) const;
  // The content of a file in the node's data directory; empty when there is none.
  [[nodiscard]] std::string file(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& log() const;

  [[nodiscard]] bool ready() const;
  // Why the node did not start or ended by itself: diagnostics or the failure's text. Empty: it did
  // not.
  [[nodiscard]] const std::string& failed() const;
  // Drains and stops; true when the node ended without a failure.
  bool stop(duration deadline = 60s);

  [[nodiscard]] sim_world& world();
  [[nodiscard]] sim_node& machine();

 private:
  void publish_erased(const event_type& type, const void* event);
  [[nodiscard]] std::vector<const void*> received_erased(const event_type& type) const;
  [[nodiscard]] void* provided(std::string_view stanza, std::string_view contract) const;

  class state;
  std::unique_ptr<state> state_;
};

}  // namespace mw
