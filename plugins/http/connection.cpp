// connection: reading requests, waiting, deadlines and the end.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <utility>

namespace mw::http {
namespace {

// One connection may not keep the lane busy for longer than this before others have their turn.
constexpr int requests_per_turn = 32;
// More than any stream delivers in one turn after pause_reading(); beyond, the peer breaks the
// rules.
constexpr std::size_t backlog_bytes_max = 256 * 1024;
// While lingering, input is thrown away so that closing does not reset answers under way.
constexpr std::uint64_t discarded_bytes_max = 256 * 1024;
constexpr duration linger_deadline = 1s;

}  // namespace

connection::connection(context& shared, mw::link peer)
    : shared_(shared),
      parser_(shared.limits),
      since_(shared.host.now()),
      moved_at_(since_),
      carrier_(std::move(peer)) {}

connection::~connection() {
  account_body(0);
  release_feed();
  if (link_) link_->to = nullptr;
}

void connection::on_data(bytes_view bytes) {
  if (phase_ == phase::dead) return;
  shared_.metrics.received(bytes.size());
  const std::string_view in = as_text(bytes);
  keep_rest(backlog_.empty() ? in.substr(consume(in)) : in);
}

std::size_t connection::consume(std::string_view in) {
  const std::size_t total = in.size();
  consuming_ = true;
  for (int requests = 0; !in.empty() && reads_requests();) {
    if (requests == requests_per_turn) {
      shared_.owner.defer(*this);
      break;
    }
    const parse_step step = parser_.feed(in);
    in.remove_prefix(step.consumed);
    switch (step.event) {
      case parse_event::more:
        on_progress();
        break;
      case parse_event::head:
        on_head();
        break;
      case parse_event::complete:
        ++requests;
        on_request();
        break;
      case parse_event::refused:
        refuse_and_close(parser_.why(), reason_of(parser_.why().status));
        break;
    }
  }
  consuming_ = false;
  return total - in.size();
}

// What arrives while a request is under way, or after the last one.
void connection::keep_rest(std::string_view in) {
  if (in.empty() || phase_ == phase::dead || phase_ == phase::feed) return;
  if (phase_ == phase::websocket) return hear(in);
  if (!closing_) return hold(in);
  discarded_ += in.size();
  if (discarded_ > discarded_bytes_max) end();
}

void connection::hold(std::string_view in) {
  if (backlog_.size() - backlog_at_ + in.size() > backlog_bytes_max) return end();
  backlog_.append(in);
  if (!std::exchange(paused_, true)) carrier_.bytes->pause_reading();
}

void connection::resume() {
  if (!reads_requests()) return;
  // Answers given on the way leave the backlog alone, so the view stays good.
  backlog_at_ += consume(std::string_view(backlog_).substr(backlog_at_));
  if (backlog_at_ == backlog_.size() || closing_ || is_feed()) {
    std::string rest = std::exchange(backlog_, {});
    const std::size_t at = std::exchange(backlog_at_, 0);
    if (phase_ == phase::websocket) hear(std::string_view(rest).substr(at));
  }
  if (!backlog_.empty() || !reads_requests()) return;
  if (std::exchange(paused_, false)) carrier_.bytes->resume_reading();
  if (half_closed_) close_politely();
}

void connection::on_progress() {
  account_body(parser_.current().body().size());
  if (phase_ == phase::idle && parser_.mid_request()) enter(phase::head);
}

// A body is coming: whoever may not send it hears so before it is read.
void connection::on_head() {
  const arrival came = inspect(parser_.current());
  if (came.why.status >= 300) {
    keep_alive_ = false;
    method_ = parser_.current().method;
    asked_at_ = shared_.host.now();
    return turn_back(came);
  }
  enter(phase::body);
  if (parser_.current().expects_continue) send("HTTP/1.1 100 Continue\r\n\r\n");
}

void connection::account_body(std::size_t bytes) {
  shared_.body_bytes += bytes - body_counted_;
  body_counted_ = bytes;
  if (bytes > 0 && shared_.body_bytes > shared_.options.body_memory.count)
    refuse_and_close({503, "too many request bodies are under way; the limit is " +
                               mw::to_string(shared_.options.body_memory)},
                     refused::bodies_full);
}

void connection::next_request() {
  enter(phase::idle);
  if (consuming_) return;
  if (!backlog_.empty()) return shared_.owner.defer(*this);
  if (std::exchange(paused_, false)) carrier_.bytes->resume_reading();
  if (half_closed_) close_politely();
}

void connection::on_writable() {
  if (phase_ == phase::dead || !flush()) return;
  if (closing_ && phase_ == phase::writing) return close_politely();
  if (phase_ == phase::writing) next_request();
}

void connection::on_end() {
  half_closed_ = true;
  if (is_feed()) return end();
  if (reads_requests() && backlog_.empty()) close_politely();
}

void connection::on_closed(const failure&) {
  end();
}

void connection::check(time_point now) {
  check_writing(now);
  const duration waited = now - since_;
  const settings& options = shared_.options;
  switch (phase_) {
    case phase::idle:
      if (waited > (served_ ? options.idle_timeout : options.header_deadline)) close_politely();
      break;
    case phase::head:
      if (waited > options.header_deadline)
        refuse_and_close(
            {408, "the headers were not complete within " + mw::to_string(options.header_deadline)},
            refused::header_deadline);
      break;
    case phase::body:
      if (waited > options.body_deadline)
        refuse_and_close(
            {408, "the body was not complete within " + mw::to_string(options.body_deadline)},
            refused::body_deadline);
      break;
    case phase::answering:
      if (waited <= options.request_deadline) break;
      shared_.metrics.refuse(refused::slow_endpoint);
      refuse({503, "the endpoint gave no answer within " + mw::to_string(options.request_deadline)},
             {});
      break;
    case phase::feed:
    case phase::websocket:
      check_welcome();
      if (is_feed()) beat(now);
      break;
    case phase::lingering:
      if (carrier_.bytes->unsent() > 0) since_ = now;  // check_writing() bounds this
      if (now - since_ > linger_deadline) end();
      break;
    case phase::writing:
    case phase::dead:
      break;
  }
}

// A peer that takes nothing for a while is cut off, whatever it waits for.
void connection::check_writing(time_point now) {
  if (phase_ == phase::dead) return;
  const std::uint64_t gone = sent_ - waiting_bytes();
  if (gone != gone_seen_ || gone == sent_) moved_at_ = now;
  gone_seen_ = gone;
  if (now - moved_at_ <= shared_.options.write_deadline) return;
  shared_.metrics.refuse(refused::slow_reader);
  end();
}

void connection::drain() {
  if (phase_ == phase::idle && backlog_.empty()) return close_politely();
  if (is_feed()) finish_feed(close_code::going_away, "the node stops");
}

void connection::evict() {
  shared_.metrics.evicted();
  if (phase_ == phase::idle)
    close_politely();
  else
    end();
}

void connection::turn_away(std::string_view why) {
  refuse_and_close({503, std::string(why)}, refused::connections_full);
}

// Everything that was promised is sent, then the writing side is ended, then the peer's end is
// awaited for a moment: closing with unread input would reset the answer on its way.
void connection::close_politely() {
  closing_ = true;
  if (!flush()) return enter(phase::writing);
  enter(phase::lingering);
  parser_.next();  // its memory is not needed any more
  carrier_.bytes->finish();
  if (std::exchange(paused_, false)) carrier_.bytes->resume_reading();
  shared_.owner.lingers(*this);
}

void connection::end() {
  if (phase_ == phase::dead) return;
  enter(phase::dead);
  account_body(0);
  release_feed();
  if (link_) link_->to = nullptr;
  shared_.owner.ended(*this);
}

void connection::enter(phase next) {
  phase_ = next;
  since_ = shared_.host.now();
}

}  // namespace mw::http
