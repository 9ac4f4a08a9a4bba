// stream_link: a stream of the host and the conversation on it, with a deadline for both.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine.h"
#include "wire/stream_party.h"

#include <mw/host.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mw::swim {

class stream_link;

// How a conversation ended; the owner may destroy the link in the call.
enum class stream_end : std::uint8_t { answered, refused, broken };
class link_owner {
 public:
  virtual void link_ended(stream_link& who, stream_end how, drop why) = 0;
  // The core has heard something: its effects are due.
  virtual void link_progressed() = 0;
  virtual void link_moved(std::size_t sent, std::size_t received) = 0;

 protected:
  ~link_owner() = default;
};

class stream_link final : private stream_events {
 public:
  // Dials; `task` says why.
  stream_link(host& h, link_owner& owner, party_ptr party, const stream_task& task,
              duration deadline);
  // Accepted.
  stream_link(host& h, link_owner& owner, party_ptr party, stream_ptr accepted, duration deadline);

  [[nodiscard]] const std::optional<stream_task>& task() const { return task_; }

 private:
  void run(stream_step step);
  void push();
  void on_deadline();
  void end(stream_end how, drop why);
  void dialled(result<stream_ptr> outcome);
  void on_data(bytes_view bytes) override;
  void on_writable() override { push(); }
  void on_end() override;
  void on_closed(const failure& why) override;

  host& host_;
  link_owner& owner_;
  party_ptr party_;
  std::optional<stream_task> task_;
  std::string unsent_;
  bool said_all_ = false;
  bool ended_ = false;
  stream_ptr stream_;
  dial_ptr dial_;
  timer deadline_;
};

}  // namespace mw::swim
