// counted_stream: a platform's stream as a link has it: counted, and its end names the peer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "link_book.h"

#include <mw/streams.h>

namespace mw::transports {

// Passes everything on; 64 bytes a link and no allocation a call.
class counted_stream final : public stream, private stream_events {
 public:
  // `book` outlives it.
  counted_stream(stream_ptr inner, link_book& book, link_origin from);
  ~counted_stream() override;

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
  void on_data(bytes_view bytes) override;
  void on_writable() override { events_->on_writable(); }
  void on_end() override { events_->on_end(); }
  void on_closed(const failure& why) override;
  std::span<std::byte> read_into() override { return events_->read_into(); }
  [[nodiscard]] failure named(const failure& why) const;
  void leave();

  link_book& book_;
  stream_events* events_ = nullptr;
  const link_origin from_;
  bool open_ = true;
  stream_ptr inner_;  // last: nothing is told while the rest goes
};

}  // namespace mw::transports
