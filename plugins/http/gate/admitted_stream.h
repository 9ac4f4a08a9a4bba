// admitted_stream: a stream with its account at the admission, which may close it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/admission.h>
#include <mw/streams.h>

#include <memory>

namespace mw::http {

// Passes everything on. A connection counts as unproved until it gets its first answer: whoever
// dawdles over a request is among the first to go when there are too many.
class admitted_stream final : public stream, private stream_events {
 public:
  [[nodiscard]] static stream_ptr make(stream_ptr inner, std::unique_ptr<admission_scope> scope);
  admitted_stream(stream_ptr inner, std::unique_ptr<admission_scope> scope);
  ~admitted_stream() override;

  void start(stream_events& events) override;
  std::size_t write(bytes_view bytes) override;
  bool write(slice bytes) override;
  [[nodiscard]] std::size_t unsent() const override { return inner_->unsent(); }
  void tell_when_unsent(std::size_t most) override { inner_->tell_when_unsent(most); }
  void pause_reading() override { inner_->pause_reading(); }
  void resume_reading() override { inner_->resume_reading(); }
  void finish() override { inner_->finish(); }
  [[nodiscard]] const endpoint& local() const override { return inner_->local(); }
  [[nodiscard]] const endpoint& remote() const override { return inner_->remote(); }

 private:
  // What the admission holds: whichever goes first, tells.
  struct leash {
    explicit leash(admitted_stream& one) : to(&one) {}
    leash(const leash&) = delete;
    leash& operator=(const leash&) = delete;
    ~leash() {
      if (to != nullptr) to->leash_ = nullptr;
    }
    admitted_stream* to;
  };

  void on_data(bytes_view bytes) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const failure& why) override;
  void evicted(const failure& why);
  void answered();

  stream_events* events_ = nullptr;
  leash* leash_ = nullptr;
  bool answered_ = false;
  bool over_ = false;
  std::unique_ptr<admission_scope> scope_;
  stream_ptr inner_;  // last: nothing is told while the rest goes
};

}  // namespace mw::http
