// counted_stream: a platform's stream as a link has it: counted, and its end names the peer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "link_book.h"

#include <mw/admission.h>
#include <mw/streams.h>

namespace mw::transports {

class counted_stream;

// What the admission holds of a stream that it may want to close: whichever goes first, tells.
struct eviction_leash {
  counted_stream* to;
  explicit eviction_leash(counted_stream& one) : to(&one) {}
  eviction_leash(const eviction_leash&) = delete;
  eviction_leash& operator=(const eviction_leash&) = delete;
  ~eviction_leash();
};

// Passes everything on; 64 bytes a link and no allocation a call. When admission evicts it, its
// owner hears on_closed(); one that was never started is ended and closes once it is.
class counted_stream final : public stream, private stream_events {
 public:
  // `book` outlives it.
  counted_stream(stream_ptr inner, link_book& book, link_origin from);
  ~counted_stream() override;

  // Before the link is handed on.
  void watch(admission_scope& by);
  void evicted(const failure& why);

  void start(stream_events& events) override;
  std::size_t write(bytes_view bytes) override;
  bool write(slice bytes) override;
  [[nodiscard]] std::span<std::byte> reserve(std::size_t count) override {
    return inner_->reserve(count);
  }
  void commit(std::size_t count) override;
  [[nodiscard]] std::size_t unsent() const override { return inner_->unsent(); }
  void tell_when_unsent(std::size_t most) override { inner_->tell_when_unsent(most); }
  void pause_reading() override { inner_->pause_reading(); }
  void resume_reading() override { inner_->resume_reading(); }
  void finish() override { inner_->finish(); }
  [[nodiscard]] const endpoint& local() const override { return inner_->local(); }
  [[nodiscard]] const endpoint& remote() const override { return inner_->remote(); }

 private:
  friend struct eviction_leash;
  void on_data(bytes_view bytes) override;
  void on_writable() override {
    if (!evicted_) events_->on_writable();
  }
  void on_end() override {
    if (!evicted_) events_->on_end();
  }
  void on_closed(const failure& why) override;
  std::span<std::byte> read_into() override {
    return evicted_ ? std::span<std::byte>() : events_->read_into();
  }
  [[nodiscard]] failure named(const failure& why) const;
  void leave();

  link_book& book_;
  stream_events* events_ = nullptr;
  const link_origin from_;
  bool open_ = true;
  bool evicted_ = false;
  eviction_leash* leash_ = nullptr;  // held by the admission
  stream_ptr inner_;                 // last: nothing is told while the rest goes
};

}  // namespace mw::transports
