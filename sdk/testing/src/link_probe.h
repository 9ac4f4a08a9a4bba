// link_probe: the owner of one end of a link: writes what it is told, remembers what it hears.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/transport.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mw::conformance {

// Checks on its own that no callback comes inside a call, after the last one, or twice. All calls
// belong to turns.
class link_probe final : private stream_events {
 public:
  explicit link_probe(link to);

  // Writes as the stream takes it; the rest follows on_writable().
  void send(std::string_view text);
  // Finishes as soon as all of it was taken.
  void finish_after_sending();
  // Destroys the stream when the next bytes come, inside on_data().
  void drop_on_data() { drop_on_data_ = true; }
  void drop();

  [[nodiscard]] stream& bytes() { return *link_.bytes; }
  [[nodiscard]] const std::string& peer() const { return link_.peer; }
  [[nodiscard]] bool dropped() const { return link_.bytes == nullptr; }
  [[nodiscard]] const std::string& heard() const { return heard_; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const std::optional<failure>& closed() const { return closed_; }
  // Offered and not taken yet.
  [[nodiscard]] std::size_t waiting() const { return outbox_.size() - taken_; }

 private:
  void on_data(bytes_view bytes) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const failure& why) override;
  void expect_open(std::string_view callback) const;
  void push();

  link link_;
  std::string heard_;
  std::string outbox_;
  std::size_t taken_ = 0;
  bool finish_after_ = false;
  bool drop_on_data_ = false;
  bool calling_ = false;  // we are inside a call on the stream
  bool ended_ = false;
  std::optional<failure> closed_;
};

}  // namespace mw::conformance
