// last_words: streams that only finish.
// SPDX-License-Identifier: Apache-2.0
#include "links/last_words.h"

#include <algorithm>
#include <utility>

namespace mw::tls {

class last_words::farewell final : private stream_events {
 public:
  farewell(last_words& owner, stream_ptr from, time_point until)
      : owner_(owner), until_(until), from_(std::move(from)) {
    from_->start(*this);
    from_->resume_reading();
    from_->finish();
  }
  [[nodiscard]] time_point until() const { return until_; }

 private:
  void on_data(bytes_view bytes) override {
    dropped_ += bytes.size();
    if (dropped_ > bytes_max) owner_.remove(*this);  // destroys this
  }
  void on_writable() override {}
  void on_end() override {}
  void on_closed(const failure&) override { owner_.remove(*this); }  // destroys this

  last_words& owner_;
  const time_point until_;
  std::size_t dropped_ = 0;
  stream_ptr from_;
};

last_words::last_words(const host& h, const tls_metrics& metrics, duration patience)
    : host_(h), metrics_(metrics), patience_(patience), clock_(h.make_timer([this] { look(); })) {}

last_words::~last_words() = default;

void last_words::keep(stream_ptr from) {
  if (from == nullptr || patience_ == duration::zero()) return;
  if (all_.size() >= streams_max) {
    metrics_.last_words_dropped();
    all_.pop_front();
  }
  all_.push_back(std::make_unique<farewell>(*this, std::move(from), host_.now() + patience_));
  if (!clock_->armed()) clock_->arm(patience_);
}

void last_words::remove(const farewell& done) {
  const auto at = std::find_if(all_.begin(), all_.end(),
                               [&done](const auto& one) { return one.get() == &done; });
  if (at != all_.end()) all_.erase(at);
}

void last_words::look() {
  while (!all_.empty() && all_.front()->until() <= host_.now()) all_.pop_front();
  if (!all_.empty()) clock_->arm(all_.front()->until() - host_.now());
}

}  // namespace mw::tls
