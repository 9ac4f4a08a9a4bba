// connection_in: what arrives: frames to messages, fragments to blocks, credit to windows.
// SPDX-License-Identifier: Apache-2.0
#include "common/frame_payload.h"
#include "connection.h"

#include <mw/planted.h>

#include <utility>

namespace mw::pool {

using wire::frame_head;
using wire::frame_kind;

namespace {

constexpr std::size_t read_in_place_from = 16 * 1024;  // smaller messages are copied, not shared

std::array<std::byte, wire::credit_bytes> credit_payload(std::uint64_t bytes) {
  std::array<std::byte, wire::credit_bytes> payload;
  wire::write_u32(static_cast<std::uint32_t>(bytes), payload.data());
  return payload;
}

}  // namespace

// The pool may end this connection in a callback, but destroys it only in on_gone(), which comes
// after the cutter has returned.
void connection::on_data(bytes_view bytes) {
  if (phase_ == phase::lingering) return;
  const time_point now = shared_.node.now();
  last_heard_ = now;
  silences_ = 0;
  shared_.metrics.bytes_in.add(bytes.size());
  const std::uint64_t cut_before = frames_cut_;
  const bool inside_before = cutter_.inside_frame();
  feeding_ = true;
  const status fed = cutter_.feed(bytes, *this);
  feeding_ = false;
  shared_.metrics.frames_in.add(frames_cut_ - cut_before);
  if (!fed) {
    if (cutter_.fault() != wire::cut_fault::sink) {
      shared_.metrics.broke(breach::frame);
      offended(phase_ == phase::greeting ? offence::handshake_failed : offence::bad_frame);
    }
    return fail(fed.error(),
                phase_ == phase::greeting ? mishap::handshake_refused : mishap::violation);
  }
  if (flooded_) {
    shared_.metrics.broke(breach::flood);
    offended(offence::flood);
    return fail({errc::overloaded, "the answers to control frames are not read"},
                mishap::violation);
  }
  if (cutter_.inside_frame() && (!inside_before || frames_cut_ != cut_before)) frame_began_ = now;
  finish_when_done();
}

status connection::breach_of(breach what, const std::string& why) {
  shared_.metrics.broke(what);
  offended(what == breach::flood ? offence::flood : offence::bad_frame);
  return {errc::invalid, why};
}

status connection::on_frame(const frame_head& head, bytes_view bytes) {
  ++frames_cut_;
  if (phase_ == phase::greeting) [[unlikely]]
    return greet(head, bytes);
  if (scope_) {
    bool ignore = false;
    MW_CHECK(police(head, ignore));
    if (ignore) return {};
  }
  if (!is_message(head.kind)) return control(head, bytes);
  return message(head, {bytes, nullptr});
}

std::byte* connection::place_for(const frame_head& head, std::size_t size, bytes_view here) {
  if (phase_ == phase::greeting || !is_message(head.kind)) return nullptr;
  if (head.packed != wire::compression::none) return nullptr;
  if (!head.first) return assembler_.place_for(head, size);
  if (head.more) return assembler_.place_first(head, size, here, last_heard_);
  if (size < read_in_place_from || size > terms_.fragment) return nullptr;
  if (scope_ && !scope_->reserve(size)) return nullptr;  // it grows with what arrives instead
  buffer_block* const block = allocate_block(size);
  placed_ = slice(block, 0, size);
  return block->data();
}

status connection::on_placed(const frame_head& head, std::size_t size) {
  ++frames_cut_;
  const slice whole = std::exchange(placed_, {});
  if (scope_) {
    if (head.first && !head.more) scope_->release(size);
    bool ignore = false;
    MW_CHECK(police(head, ignore));
    if (ignore) return {};
  }
  if (!head.first) return fragment_filled(head, size, assembler_.placed(head, size, last_heard_));
  if (head.more)
    return fragment_filled(head, size - wire::fragment_size_bytes,
                           assembler_.placed(head, size - wire::fragment_size_bytes, last_heard_));
  return message(head, {whole.view(), &whole});
}

[[gnu::always_inline]] inline status connection::message(const frame_head& head,
                                                         const payload& body) {
  if (!frames_.spend(shared_.opt.frames, last_heard_))
    return breach_of(breach::flood, "too many frames per second");
  if (head.packed != wire::compression::none) return unpack(head, body.bytes);
  if (head.more || !head.first) return fragment(head, body.bytes);
  return deliver(head, body);
}

status connection::unpack(const frame_head& head, bytes_view packed) {
  auto whole = maker_.unpacked(head, packed);
  if (!whole) return breach_of(breach::compression, whole.error().text());
  frame_head plain = head;
  plain.packed = wire::compression::none;
  if (head.more || !head.first) return fragment(plain, whole->view());
  return deliver(plain, {whole->view(), &*whole});
}

// ---- fragments ---------------------------------------------------------------------------------

status connection::fragment(const frame_head& head, bytes_view bytes) {
  if (!head.first)
    return fragment_filled(head, bytes.size(), assembler_.add(head, bytes, last_heard_));
  const std::size_t size = bytes.size() - std::min<std::size_t>(bytes.size(), 4);
  const status begun = assembler_.begin(head, bytes, last_heard_);
  if (begun) return fragment_filled(head, size, true);
  if (begun.error().kind() != errc::overloaded)
    return breach_of(breach::fragment, begun.error().text());
  shared_.metrics.refused(refusal::too_large);
  reset_exchange(head, begun.error());
  return fragment_filled(head, size, false);
}

// The block was covered by reassembly_max, so the window is given back at once: it only paces.
status connection::fragment_filled(const frame_head& head, std::size_t size, result<bool> stored) {
  if (!stored) return breach_of(breach::fragment, stored.error().text());
  if (!is_item(message_kind_of(head.kind))) {
    if (!receive_.take(size)) return breach_of(breach::window, "more than the window allows");
    give_link_credit(size);
  }
  if (head.more || !*stored) return {};
  const slice whole = assembler_.take(head);
  return deliver(head, {whole.view(), &whole});
}

// ---- messages ----------------------------------------------------------------------------------

[[gnu::always_inline]] inline status connection::deliver(const frame_head& head,
                                                         const payload& body) {
  const message_kind kind = message_kind_of(head.kind);
  const std::size_t size = body.bytes.size();
  const bool item = is_item(kind);
  if (item && !receive_.take(cost_in(receive_.full(), size)))
    return breach_of(breach::window, "items beyond the window of the connection");
  if (kind == message_kind::request && !book_stream()) {
    shared_.metrics.refused(refusal::exchanges);
    reset_exchange(head, {errc::overloaded, "the peer has all the streams that it may have"});
    return {};
  }
  switch (exchanges_.received(kind, head.id, size, last_heard_)) {
    case verdict::deliver:
      break;
    case verdict::late:
      shared_.metrics.late_frames.add();
      if (item) give_link_credit(cost_in(receive_.full(), size));
      return {};
    case verdict::too_many:
      shared_.metrics.refused(refusal::exchanges);
      if (item) give_link_credit(cost_in(receive_.full(), size));
      reset_exchange(head, {errc::overloaded, "too many streams are open, see exchanges"});
      return {};
    case verdict::violation:
      return breach_of(breach::order, exchanges_.reason());
  }
  if (kind == message_kind::request)
    ++open_theirs_;
  else if (kind == message_kind::cancel) {
    if (!cancels_.spend(shared_.opt.cancels, last_heard_))
      return breach_of(breach::flood, "too many cancels");
    if (open_theirs_ > 0) --open_theirs_;
  } else if ((kind == message_kind::reply || kind == message_kind::refusal) && open_ours_ > 0) {
    --open_ours_;
  }
  shared_.metrics.received(kind);
  last_message_ = last_heard_;
  if (head.priority == priority::critical) last_urgent_ = last_heard_;
  bool hold = false;
  shared_.owner.on_arrival(*this, {.kind = kind, .priority = head.priority, .id = head.id}, body,
                           hold);
  if (item && !hold) consumed(kind, head.id, size);
  return {};
}

void connection::consumed(message_kind kind, std::uint64_t id, std::size_t bytes) {
  if (phase_ == phase::lingering) return;
  give_link_credit(cost_in(receive_.full(), bytes));
  if (MW_PLANTED(stream_credit_forgotten)) return;
  const std::uint64_t more = exchanges_.consumed(kind, id, bytes);
  if (more > 0)
    send_control({.kind = frame_kind::credit, .first = kind == message_kind::reply_item, .id = id},
                 credit_payload(more));
}

void connection::give_link_credit(std::uint64_t bytes) {
  if (MW_PLANTED(link_credit_forgotten)) return;
  const std::uint64_t more = receive_.give(bytes) * (MW_PLANTED(credit_twice) ? 2 : 1);
  if (more > 0) send_control({.kind = frame_kind::credit}, credit_payload(more));
}

void connection::reset_exchange(const frame_head& head, const failure& why) {
  if (head.kind == frame_kind::one_way) return;  // nobody waits for an answer
  exchanges_.drop(message_kind_of(head.kind), head.id);
  const bool opened_here = !sent_by_opener(message_kind_of(head.kind));
  std::array<std::byte, wire::farewell_max> text;
  const std::size_t size = wire::write_farewell(why, text);
  send_control({.kind = frame_kind::reset, .first = opened_here, .id = head.id},
               bytes_view(text).first(size));
}

// ---- control -----------------------------------------------------------------------------------

status connection::control(const frame_head& head, bytes_view bytes) {
  switch (head.kind) {
    case frame_kind::credit:
      return credit_arrived(head, bytes);
    case frame_kind::ping:
      if (!pings_.spend(shared_.opt.pings, last_heard_))
        return breach_of(breach::flood, "too many pings");
      if (bytes.size() > 16) return breach_of(breach::order, "a ping of more than 16 bytes");
      send_control({.kind = frame_kind::pong}, bytes);
      return {};
    case frame_kind::pong:
      return pings_.spend(shared_.opt.pings, last_heard_)
                 ? status{}
                 : breach_of(breach::flood, "too many pongs");
    case frame_kind::goodbye:
      return goodbye_arrived(bytes);
    case frame_kind::reset:
      return reset_arrived(head, bytes);
    default:
      return breach_of(breach::order, "a hello after the handshake");
  }
}

status connection::credit_arrived(const frame_head& head, bytes_view bytes) {
  const auto more = wire::read_credit(bytes);
  if (!more) return breach_of(breach::window, more.error().text());
  const bool of_link = head.id == 0;
  const message_kind item = head.first ? message_kind::reply_item : message_kind::request_item;
  const bool fine = of_link ? send_.give(*more) : exchanges_.gave(item, head.id, *more);
  if (!fine) return breach_of(breach::window, "credit for more than was sent");
  let_go(of_link ? blocked_link_ : blocked_stream_,
         of_link ? blocked_level::link : blocked_level::stream);
  pump();
  tell_room();
  return {};
}

status connection::goodbye_arrived(bytes_view bytes) {
  peer_left_ = true;
  if (phase_ != phase::ready) return {};  // it answers ours
  const failure why = wire::read_farewell(bytes);
  shared_.metrics.failed(mishap::goodbye);
  shared_.node.log().info("the peer closes a connection",
                          {{"peer", mw::to_string(stream_->remote())}, {"why", why.text()}});
  leave(why);
  return {};
}

// The other side has dropped one exchange: for the user that is a refusal or a cancel.
status connection::reset_arrived(const frame_head& head, bytes_view bytes) {
  if (!cancels_.spend(shared_.opt.cancels, last_heard_))
    return breach_of(breach::flood, "too many resets");
  const bool opened_by_us = !head.first;
  return deliver({.kind = opened_by_us ? frame_kind::refusal : frame_kind::cancel, .id = head.id},
                 {opened_by_us ? bytes : bytes_view{}, nullptr});
}

}  // namespace mw::pool
