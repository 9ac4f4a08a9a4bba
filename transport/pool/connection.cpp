// connection: handshake, signs of life, and the several ways to end.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include "common/frame_payload.h"

#include <mw/planted.h>
#include <mw/toolkit/hash.h>

#include <algorithm>
#include <utility>

namespace mw::pool {

using wire::frame_head;
using wire::frame_kind;

namespace {

constexpr duration last_words_deadline = 1s;
constexpr std::size_t frame_extra = 64;  // header, trailer and sizes, generously

// Pings of many connections that began together spread over a tenth of the period.
duration spread(duration period, link_ref ref) {
  const auto share = static_cast<std::int64_t>(hash_mix(ref.slot, ref.generation) % 1000);
  return period - period * share / 10'000;
}

}  // namespace

connection::connection(connection_context& shared, link from, origin how)
    : shared_(shared),
      scope_(std::move(from.scope)),
      stream_(std::move(from.bytes)),
      lease_(std::move(from.lease)),
      identity_(std::move(from.peer)),
      proved_node_(from.node.empty() ? nullptr
                                     : std::make_unique<const std::string>(std::move(from.node))),
      how_(std::move(how)),
      maker_(terms_, shared.shop),
      outbox_(shared.outbox, shared.chunks),
      cutter_(shared.memory),
      assembler_(shared.assembly),
      exchanges_({}),
      cancels_(shared.opt.cancels),
      pings_(shared.opt.pings),
      frames_(shared.opt.frames) {
  assembler_.book_with(scope_.get());
}

connection::~connection() {
  std::erase(shared_.writing, this);
}

void connection::start() {
  const time_point now = shared_.node.now();
  last_heard_ = last_message_ = now;
  deadline_ = now + shared_.opt.handshake_deadline;
  cutter_.set_limits({.frame_max = wire::hello_frame_max, .sum = wire::checksum::crc32c});
  wire::hello ours = shared_.ours;
  shared_.node.secure_bytes(ours.nonce);
  auto begun =
      wire::handshake::begin(ours, {!identity_.empty(), shared_.opt.compress_unauthenticated},
                             dialled() ? wire::role::dialler : wire::role::listener);
  stream_->start(*this);
  if (!begun) return linger(begun.error().in("our hello"), false);
  handshake_ = std::make_unique<wire::handshake>(std::move(*begun));
  message_out hello;
  hello.append(handshake_->hello_payload());
  send_now({.kind = frame_kind::hello, .priority = priority::critical, .critical = true}, hello);
}

// ---- handshake ---------------------------------------------------------------------------------

status connection::greet(const frame_head& head, bytes_view payload) {
  const auto step = handshake_->on_frame(head, payload);
  if (!step) {
    if (head.kind == frame_kind::hello) maybe_ourselves(payload);
    if (head.kind != frame_kind::goodbye && !ourselves_) {
      shared_.metrics.broke(breach::handshake);
      offended(offence::handshake_failed);
    }
    return step.error();
  }
  return *step == wire::handshake::step::send_confirm ? agreed() : confirmed();
}

// A hello in our own name is refused; the pool has to know that we dial ourselves, or our double.
void connection::maybe_ourselves(bytes_view payload) {
  const auto said = wire::read_hello(payload);
  if (!said || said->node != shared_.ours.node || said->cluster != shared_.ours.cluster) return;
  ourselves_ = said->life == shared_.ours.life;
  (void)shared_.owner.on_hello(
      *this, {said->node, said->life, said->zone, identity_, std::string(proved_node())});
}

// Both hellos are here: what follows, our confirm first, goes under what they agree on.
status connection::agreed() {
  const wire::session& all = handshake_->agreed();
  const settings& opt = shared_.opt;
  terms_ = {.sum = all.sum,
            .packing = all.packed,
            .agreed_packing = all.packed,
            .fragment = std::min<std::size_t>(opt.fragment.count, all.frame_max - frame_extra),
            .message_max = all.message_max,
            .compress_from = opt.compress_from.count};
  const bool near = all.peer.zone == shared_.ours.zone;
  if (opt.compression == compression_choice::automatic && near)
    terms_.packing = wire::compression::none;
  exchanges_ = exchanges({.send_window = all.stream_window,
                          .receive_window = all.stream_window,
                          .open = std::min(all.exchanges, opt.exchanges)});
  send_ = send_window(all.link_window);
  receive_ = receive_window(all.link_window);
  cutter_.set_limits(all.limits());
  // After the terms: the other side has agreed to them and reads a refusal under them.
  if (scope_) {
    const bool proven = !identity_.empty();
    MW_CHECK(scope_->authenticated(proven ? identity_ : all.peer.node, proven));
  }
  const status welcome = shared_.owner.on_hello(
      *this, {all.peer.node, all.peer.life, all.peer.zone, identity_, std::string(proved_node())});
  if (!welcome) {
    offended(offence::refused);
    return welcome;
  }
  message_out confirm;
  confirm.append(handshake_->confirm_payload());
  send_now({.kind = frame_kind::confirm, .priority = priority::critical, .critical = true},
           confirm);
  return {};
}

status connection::confirmed() {
  const time_point now = shared_.node.now();
  shared_.metrics.handshake.record(now - how_.began);
  handshake_.reset();
  proved_node_.reset();
  phase_ = phase::ready;
  allow_plain(true);
  ready_at_ = last_message_ = now;
  shared_.owner.on_ready(*this);
  return {};
}

// ---- endings -----------------------------------------------------------------------------------

void connection::say_goodbye(const failure& why) {
  if (finished_) return;
  std::array<std::byte, wire::farewell_max> text;
  const std::size_t size = wire::write_farewell(why, text);
  send_control({.kind = frame_kind::goodbye, .critical = true}, bytes_view(text).first(size));
}

void connection::drain(const failure& why) {
  if (phase_ == phase::greeting) return linger(why, true);
  if (phase_ == phase::ready) leave(why);
}

void connection::leave(const failure& why) {
  farewell_ = std::make_unique<failure>(why);
  phase_ = phase::draining;
  deadline_ = shared_.node.now() + shared_.opt.drain_deadline;
  shared_.owner.on_draining(*this);
  finish_when_done();
}

// Something is wrong: the other side hears why, and nothing else.
void connection::fail(const failure& why, mishap cause) {
  shared_.metrics.failed(cause);
  linger(why, cause != mishap::silent && cause != mishap::reset);
}

// From here on nothing is heard; what was written leaves, or is dropped after a second.
void connection::linger(const failure& why, bool say) {
  if (phase_ == phase::lingering) return;
  if (say) say_goodbye(why);
  phase_ = phase::lingering;
  allow_plain(false);
  deadline_ = shared_.node.now() + (say ? last_words_deadline : duration::zero());
  finish_when_done();
  end(why);
}

void connection::finish_when_done() {
  if (finished_ || phase_ == phase::greeting || phase_ == phase::ready) return;
  if (phase_ == phase::draining) {
    if (!outbox_.idle()) return;
    if (farewell_) say_goodbye(*std::exchange(farewell_, nullptr));
    // What the peer began before it read that wants its answers; its own goodbye comes after it.
    if (!peer_left_ || open() > 0 || !outbox_.idle()) return;
  }
  if (!outbox_.writer().clear()) return;
  finished_ = true;
  close_window();
  stream_->finish();
}

// The user learns that the link is over; the object lives on until the stream has closed.
void connection::end(const failure& why) {
  if (std::exchange(told_down_, true)) return;
  const time_point now = shared_.node.now();
  let_go(blocked_outbox_, blocked_level::outbox);
  let_go(blocked_link_, blocked_level::link);
  let_go(blocked_stream_, blocked_level::stream);
  if (ready_at_ != time_point{}) shared_.metrics.usage.record(now - ready_at_);
  shared_.owner.on_down(*this, why);
}

// The other side writes no more: in good order after a goodbye.
void connection::on_end() {
  const bool expected = phase_ == phase::draining || phase_ == phase::lingering;
  if (!expected) shared_.metrics.failed(mishap::reset);
  linger({errc::disconnected, expected ? "closed" : "the peer closed the connection"}, false);
  deadline_ = shared_.node.now() + last_words_deadline;
}

void connection::on_closed(const failure& why) {
  if (phase_ != phase::lingering && phase_ != phase::draining)
    shared_.metrics.failed(mishap::reset);
  phase_ = phase::lingering;
  allow_plain(false);
  finished_ = true;
  end(why);
  shared_.owner.on_gone(*this);  // destroys this
}

// ---- time --------------------------------------------------------------------------------------

std::optional<failure> connection::overdue(time_point now) const {
  const settings& opt = shared_.opt;
  if (cutter_.inside_frame()) {
    const duration age = now - frame_began_;
    const double due = opt.assembly_rate.per_second * std::chrono::duration<double>(age).count();
    if (age > opt.assembly_deadline && static_cast<double>(cutter_.arrived()) < due)
      return failure(errc::timed_out, "a frame of " + std::to_string(cutter_.expected()) +
                                          " bytes did not get on for " + mw::to_string(age));
  }
  if (assembler_.late(now))
    return failure(errc::timed_out, "a message in fragments did not get on, see assembly_deadline");
  return std::nullopt;
}

void connection::keep_alive(time_point now) {
  const duration period = spread(shared_.opt.keep_alive, how_.ref);
  if (now - last_heard_ < period * (silences_ + 1)) return;
  if (silences_ >= shared_.opt.dead_after && !MW_PLANTED(half_open_for_ever)) {
    fail({errc::timed_out, "nothing was heard for " + mw::to_string(now - last_heard_) + ", " +
                               std::to_string(silences_) + " pings went unanswered"},
         mishap::silent);
    return;
  }
  ++silences_;
  send_control({.kind = frame_kind::ping}, {});
}

time_point connection::tick(time_point now) {
  const duration period = spread(shared_.opt.keep_alive, how_.ref);
  if (phase_ == phase::lingering) {
    if (now >= deadline_) {
      shared_.owner.on_gone(*this);  // destroys this
      return now + 1h;
    }
    return deadline_;
  }
  if (phase_ == phase::greeting) {
    if (now < deadline_) return deadline_;
    offended(offence::handshake_slow);
    fail({errc::timed_out, "no handshake within " + mw::to_string(shared_.opt.handshake_deadline)},
         mishap::handshake_timeout);
    return deadline_;
  }
  if (phase_ == phase::draining && now >= deadline_) {
    linger({errc::timed_out, open() > 0 ? "exchanges were open at the end of drain_deadline"
                                        : "the peer did not answer our goodbye within "
                                          "drain_deadline"},
           false);
    return deadline_;
  }
  if (const auto late = overdue(now)) {
    shared_.metrics.broke(breach::fragment);
    offended(offence::bad_frame);
    fail(*late, mishap::violation);
    return deadline_;
  }
  keep_alive(now);
  if (phase_ == phase::lingering) return deadline_;
  if (now - last_message_ > period) outbox_.trim();
  unbook();
  // A share is given back elsewhere, which nobody tells: asking again has to wait its time.
  if (share_used_up_ && now >= ask_share_at_) {
    share_used_up_ = false;
    if (outbox_.idle()) tell_room();
  }
  time_point next = last_heard_ + period * (silences_ + 1);
  if (share_used_up_) next = std::min(next, ask_share_at_);
  if (phase_ == phase::draining) {
    finish_when_done();
    next = std::min(next, deadline_);
  }
  if (cutter_.inside_frame() || assembler_.reserved() > 0)
    next = std::min(next, now + shared_.opt.assembly_deadline / 4);
  return next;
}

}  // namespace mw::pool
