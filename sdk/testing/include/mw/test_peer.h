// test_peer: somebody who connects to a test_node and talks bytes, from a machine of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/testing.h>
#include <mw/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace mw {

// Nothing moves until the node's world runs: run_for(), or wait_for() here.
class test_peer {
 public:
  // Dials at once, from an address in the node's world. `node` must outlive this.
  test_peer(test_node& node, const endpoint& to);
  test_peer(const test_peer&) = delete;
  test_peer& operator=(const test_peer&) = delete;
  ~test_peer();

  // Sent as soon as there is a connection and room.
  void say(std::string_view bytes);
  // Ends our side after what was said.
  void end();
  // Takes nothing any more, as a reader does that hangs; what arrives waits in the network.
  void stop_reading();

  // Runs the world until `part` was heard. False: it was not, within `deadline`.
  bool wait_for(std::string_view part, duration deadline = 60s);
  // Runs the world until the node ended the connection, or refused it.
  bool wait_for_end(duration deadline = 60s);

  // Everything heard since the last call.
  [[nodiscard]] std::string heard();
  [[nodiscard]] bool ended() const;

 private:
  class state;
  test_node& node_;
  state* state_;  // lives on the peer's machine, which lives as long as the world
};

}  // namespace mw
