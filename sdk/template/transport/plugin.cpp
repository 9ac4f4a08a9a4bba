// @name@: links inside one process; begin here for a transport over something real.
// SPDX-License-Identifier: Apache-2.0
#include "memory_stream.h"

#include <mw/plugin.h>
#include <mw/transport.h>

#include <map>

namespace {

constexpr std::size_t backlog_max = 128;  // links that wait for a paused listener
constexpr std::uint16_t first_free_port = 49152;

class door;
using doors = std::map<mw::endpoint, door*>;

// A listening endpoint. Stands in the book of doors as long as it lives.
class door final : public mw::listener {
 public:
  door(mw::host& host, doors& book, mw::endpoint at, mw::function<void(mw::link)> accepted)
      : book_(book),
        at_(std::move(at)),
        accepted_(std::move(accepted)),
        next_turn_(host.make_timer([this] { let_in_one(); })) {
    book_.emplace(at_, this);
  }
  ~door() override { book_.erase(at_); }

  [[nodiscard]] const mw::endpoint& local() const override { return at_; }
  void pause() override { paused_ = true; }
  void resume() override {
    paused_ = false;
    next_turn_->arm(mw::duration::zero());
  }

  [[nodiscard]] bool full() const { return waiting_.size() >= backlog_max; }
  void knock(std::unique_ptr<memory_stream> end) {
    waiting_.push_back(std::move(end));
    next_turn_->arm(mw::duration::zero());
  }

 private:
  void let_in_one() {
    if (paused_ || waiting_.empty()) return;
    mw::stream_ptr end = std::move(waiting_.front());
    waiting_.pop_front();
    if (!waiting_.empty()) next_turn_->arm(mw::duration::zero());
    accepted_({std::move(end), ""});
  }

  doors& book_;
  mw::endpoint at_;
  mw::function<void(mw::link)> accepted_;
  std::deque<std::unique_ptr<memory_stream>> waiting_;
  bool paused_ = false;
  mw::timer next_turn_;  // last: it dies first
};

// A dial until its answer in a later turn. Destroying it cancels the timer and so the dial.
class dialling final : public mw::dial_handle {
 public:
  dialling(mw::host& host, mw::function<void()> knock)
      : next_turn_(host.after(mw::duration::zero(), std::move(knock))) {}

 private:
  mw::timer next_turn_;
};

class @class@ final : public mw::plugin, private mw::transport {
 public:
  static void describe(mw::manifest& m) {
    m.about("Carries bytes between links of one process.")
        .provides<mw::transport>({{"ordered"}, {"max_frame", memory_stream::inbox_limit}});
  }

  explicit @class@(mw::host& host)
      : host_(host), links_(host.counter("mw_@class@_links_total", "Links made.")) {
    host.provide<mw::transport>(*this);
  }

 private:
  mw::result<mw::listener_ptr> listen(const mw::endpoint& at,
                                      mw::function<void(mw::link)> accepted) override {
    if (at.empty()) return {mw::errc::invalid, "listening needs an endpoint, not an empty one"};
    mw::endpoint real = at;
    if (at.port == 0 && !at.local) {
      MW_TRY(real.port, free_port(at));
    }
    if (book_.contains(real)) return {mw::errc::denied, to_string(real) + " is in use"};
    return mw::listener_ptr(
        std::make_unique<door>(host_, book_, std::move(real), std::move(accepted)));
  }

  [[nodiscard]] std::vector<mw::endpoint> configured() const override { return {}; }

  mw::dial_ptr dial(const mw::dial_request& request,
                    mw::function<void(mw::result<mw::link>)> done) override {
    return std::make_unique<dialling>(
        host_, [this, to = request.to, done = std::move(done)] { knock(to, done); });
  }

  void knock(const mw::endpoint& to, const mw::function<void(mw::result<mw::link>)>& done) {
    const auto found = book_.find(to);
    if (found == book_.end() || found->second->full())
      return done(mw::failure(mw::errc::disconnected, "nobody listens on " + to_string(to)));
    links_.add();
    auto ends = memory_stream::make(host_, {.host = to.host, .port = 0, .local = to.local}, to);
    found->second->knock(std::move(ends.far));
    done(mw::link{std::move(ends.near), ""});
  }

  mw::result<std::uint16_t> free_port(mw::endpoint at) const {
    for (std::uint32_t port = first_free_port; port <= 65535; ++port) {
      at.port = static_cast<std::uint16_t>(port);
      if (!book_.contains(at)) return at.port;
    }
    return {mw::errc::denied, "no free port on " + at.host};
  }

  mw::host& host_;
  doors book_;
  mw::counter links_;
};

}  // namespace

MW_PLUGIN(@class@, "@name@", "0.1.0")
