// real_node: a node on real sockets in the test's own thread, run until something happened.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/transport.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mw::kernel {
struct platform_counters;
}

namespace mw::test {

// Everything happens inside in_turn() and run_until(). Owners of links call
// poke() when something happened that a test waits for.
class real_node {
 public:
  // `stanzas` is what stands under `plugins:`.
  explicit real_node(const std::string& stanzas);
  real_node(const real_node&) = delete;
  real_node& operator=(const real_node&) = delete;
  ~real_node();  // shuts down; fails the test when something was left over

  [[nodiscard]] transport& use(std::string_view stanza) const;
  void in_turn(function<void()> action);
  // Asks `holds` after each poke and at least every 10 ms. False: it did not
  // hold in 20 s.
  [[nodiscard]] bool run_until(const function<bool()>& holds);
  void poke();

  [[nodiscard]] const kernel::platform_counters& counters() const;
  // The metrics as text.
  [[nodiscard]] std::string metrics() const;
  [[nodiscard]] const std::string& folder() const;

 private:
  class state;
  std::unique_ptr<state> state_;
};

// The owner of one end of a link.
class real_end final : public stream_events {
 public:
  real_end(real_node& on, link to);
  void on_data(bytes_view bytes) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const failure& why) override;
  std::span<std::byte> read_into() override;

  real_node& node;
  mw::link link;
  std::string heard;
  std::span<std::byte> place;  // where bytes shall go; what is left of it
  std::size_t placed = 0;
  bool ended = false;
  int writable = 0;
  std::optional<failure> closed;
};

}  // namespace mw::test
