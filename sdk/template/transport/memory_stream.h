// memory_stream: the two ends of a connection inside one process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <deque>
#include <memory>
#include <optional>
#include <utility>

// One end. What its owner writes waits in the other end's inbox until that one's owner hears it,
// one callback a turn: so no callback ever runs inside a call, and each may destroy its stream.
class memory_stream final : public mw::stream {
 public:
  // Unheard bytes one end may have under way; write() takes less beyond it.
  static constexpr std::size_t inbox_limit = std::size_t{1} << 20;

  struct both_ends {
    std::unique_ptr<memory_stream> near;
    std::unique_ptr<memory_stream> far;
  };
  // `host` outlives both.
  [[nodiscard]] static both_ends make(mw::host& host, const mw::endpoint& near,
                                      const mw::endpoint& far);
  memory_stream(mw::host& host, mw::endpoint local, mw::endpoint remote);
  ~memory_stream() override;

  void start(mw::stream_events& events) override;
  std::size_t write(mw::bytes_view bytes) override;
  bool write(mw::slice bytes) override;
  [[nodiscard]] std::size_t unsent() const override;
  void tell_when_unsent(std::size_t unsent_max) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void finish() override;
  [[nodiscard]] const mw::endpoint& local() const override { return local_; }
  [[nodiscard]] const mw::endpoint& remote() const override { return remote_; }

 private:
  [[nodiscard]] std::size_t room() const;
  void post(mw::slice bytes);
  void wake();
  void tell_one();  // the next thing the owner has to hear, if any
  [[nodiscard]] bool finished_both_ways() const;

  mw::endpoint local_;
  mw::endpoint remote_;
  memory_stream* other_ = nullptr;  // null: it is gone
  mw::stream_events* owner_ = nullptr;
  std::deque<mw::slice> inbox_;
  std::size_t inbox_bytes_ = 0;
  bool paused_ = false;
  std::optional<std::size_t> wants_room_;  // on_writable() is due once so little is unsent
  bool finished_ = false;                  // we write no more
  bool told_end_ = false;                  // our owner knows that the other end writes no more
  bool told_closed_ = false;
  mw::timer next_turn_;  // last: it dies first
};
