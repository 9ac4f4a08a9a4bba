// fake_stream: a stream that keeps what it is given, and may take less than it is offered.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/streams.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace mw::pool {

class fake_stream final : public stream {
 public:
  // How many bytes each write takes; all without it.
  void limit_writes(std::function<std::size_t()> most) { most_ = std::move(most); }
  // What was written since the last call; nothing of it is unsent any more.
  std::string take() { return std::exchange(written_, {}); }
  [[nodiscard]] std::size_t asked() const { return asked_; }

  [[nodiscard]] stream_events* events() const { return events_; }
  [[nodiscard]] bool finished() const { return finished_; }

  void start(stream_events& events) override { events_ = &events; }
  std::size_t write(bytes_view bytes) override {
    const std::size_t taken = most_ ? std::min(bytes.size(), most_()) : bytes.size();
    written_ += as_text(bytes.first(taken));
    return taken;
  }
  bool write(slice bytes) override {
    if (most_ && unsent() > 0 && most_() < bytes.size()) return false;
    written_ += bytes.text();
    return true;
  }
  [[nodiscard]] std::size_t unsent() const override { return written_.size(); }
  void tell_when_unsent(std::size_t unsent_max) override { asked_ = unsent_max; }
  void pause_reading() override {}
  void resume_reading() override {}
  void finish() override { finished_ = true; }
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

 private:
  std::function<std::size_t()> most_;
  std::string written_;
  std::size_t asked_ = 0;
  stream_events* events_ = nullptr;
  bool finished_ = false;
  endpoint local_{"127.0.0.1", 1};
  endpoint remote_{"127.0.0.1", 2};
};

}  // namespace mw::pool
