// memory_stream: the two ends of a link inside one process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>
#include <mw/streams.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace mw::loopback {

// What one end has written and the other has not heard yet, in order. Small writes lie together;
// large slices are kept by reference. Keeps its memory, so that a busy link does not allocate.
class inbox {
 public:
  void copy(bytes_view bytes);
  void keep(slice bytes);
  [[nodiscard]] bool empty() const { return next_ == runs_.size(); }
  // The first run of bytes; not when empty. Valid until consume() has passed it.
  [[nodiscard]] bytes_view front() const;
  void consume(std::size_t count);

 private:
  struct run {
    slice shared;           // empty: `count` bytes of copied_
    std::size_t count = 0;  // not heard yet
  };
  std::vector<run> runs_;
  std::vector<std::byte> copied_;
  std::size_t next_ = 0;
  std::size_t copied_heard_ = 0;
};

// One end. Its owner hears of things in turns of their own, so that no callback runs inside a call
// and each may destroy its stream, or the other end's.
class memory_stream final : public stream {
 public:
  struct both_ends {
    std::unique_ptr<memory_stream> near;
    std::unique_ptr<memory_stream> far;
  };
  // `host` outlives both.
  [[nodiscard]] static both_ends make(const host& h, const endpoint& near, const endpoint& far,
                                      byte_size send_limit);
  memory_stream(const host& h, const endpoint& local, const endpoint& remote, byte_size limit);
  ~memory_stream() override;

  void start(stream_events& events) override;
  std::size_t write(bytes_view bytes) override;
  bool write(slice bytes) override;
  [[nodiscard]] std::size_t unsent() const override;
  void tell_when_unsent(std::size_t unsent_max) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void finish() override;
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

 private:
  void wake();
  void tell();
  bool tell_data();
  bool tell_run();
  bool tell_writable();
  bool tell_end();
  void tell_closed();
  // False: a callback has destroyed this.
  template <class Call>
  bool survives(Call call);
  [[nodiscard]] bool may_write() const { return other_ != nullptr && !finished_; }
  [[nodiscard]] bool anything_to_hear() const { return !arriving_->empty() || !hearing_->empty(); }

  const endpoint local_;
  const endpoint remote_;
  const std::size_t limit_;
  memory_stream* other_ = nullptr;  // null: it is gone
  stream_events* owner_ = nullptr;
  std::unique_ptr<inbox> arriving_ = std::make_unique<inbox>();
  std::unique_ptr<inbox> hearing_ = std::make_unique<inbox>();
  std::size_t unheard_ = 0;
  bool* gone_ = nullptr;  // set while a callback runs
  bool paused_ = false;
  bool short_of_room_ = false;  // a write took less: on_writable() is due once there is room
  std::size_t resume_at_ = 0;
  bool finished_ = false;  // we write no more
  bool told_end_ = false;  // our owner knows that the other end writes no more
  bool told_closed_ = false;
  timer next_turn_;  // last: it dies first
};

}  // namespace mw::loopback
