// connection_feed: event streams and WebSockets, from the opening to the last message.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"
#include "push/handshake.h"
#include "push/sse.h"

#include <mw/assert.h>
#include <mw/toolkit/json_writer.h>

#include <array>
#include <utility>

namespace mw::http {

void connection::open_feed(const request& asked, const admin_request& wanted, bool stranger) {
  if (method_ == verb::head) return answer({200, "text/event-stream", {}});
  const bool socket = asks_for_websocket(asked);
  if (socket)
    if (const refusal fault = websocket_fault(asked); fault.status != 0)
      return refuse(
          fault, fault.status == 426 ? header_line{"Sec-WebSocket-Version", "13"} : header_line{});
  if (shared_.draining) return refuse({503, "the node stops"}, {});
  if (shared_.feeds >= shared_.options.feeds) {
    shared_.metrics.refuse(refused::feeds_full);
    return refuse({503, "all " + std::to_string(shared_.options.feeds) + " feeds are taken"}, {});
  }
  caller_ = wanted.caller;
  path_ = wanted.path;
  checked_ = !stranger;
  rules_seen_ = shared_.identity.rules_version();
  begin_feed(asked, socket);
  auto handle = std::make_unique<feed_handle>(link());
  feed_ = handle.get();
  calling_ = true;
  const status opened = shared_.directory.open_feed(wanted, std::move(handle));
  calling_ = false;
  if (!opened) {
    // Nothing has left yet: the head and whatever was sent already give way to the failure.
    sent_ -= unsent_.size();
    unsent_.clear();
    release_feed();
    enter(phase::answering);
    return answer(admin_failure(opened.error()));
  }
  shared_.metrics.answered(socket ? 101 : 200, duration::zero());
  served_ = true;
  parser_.next();
  (void)flush();  // what is left goes with on_writable()
  if (feed_ == nullptr) finish_feed(close_code::normal, "the feed ended");
}

// The head is put before anything the endpoint sends, but nothing leaves before it accepted.
void connection::begin_feed(const request& asked, bool socket) {
  chunked_feed_ = !socket && minor_ > 0;
  keep_alive_ = false;
  const std::string proof = socket ? websocket_accept(asked.header("sec-websocket-key")) : "";
  const std::array socket_lines{header_line{"Upgrade", "websocket"},
                                header_line{"Connection", "Upgrade"},
                                header_line{"Sec-WebSocket-Accept", proof}};
  // The last line asks well-known proxies not to collect messages.
  const std::array stream_lines{header_line{"X-Content-Type-Options", "nosniff"},
                                header_line{"Cache-Control", "no-store"},
                                header_line{"X-Accel-Buffering", "no"}};
  const framing stream_framing = chunked_feed_ ? framing::chunked : framing::to_close;
  const bool written = append_head(
      unsent_, {.status = socket ? 101 : 200,
                .content_type = socket ? "" : "text/event-stream",
                .body = socket ? framing::none : stream_framing,
                .keep_alive = false,
                .minor_version = minor_,
                .date = shared_.date(),
                .extra = socket ? std::span<const header_line>(socket_lines) : stream_lines});
  MW_ASSERT(written, "every line of it is ours");
  sent_ += unsent_.size();
  enter(socket ? phase::websocket : phase::feed);
  moved_at_ = heard_at_ = beaten_at_ = since_;
  if (socket)
    frames_ = std::make_unique<websocket_decoder>(shared_.options.websocket_message.count);
  feed_counted_ = true;
  ++shared_.feeds;
  shared_.metrics.feed_opened();
}

bool connection::push(std::string_view event, std::string_view data) {
  if (!is_feed() || closing_) return false;
  std::string& out = shared_.message;
  out.clear();
  bool sendable = true;
  if (phase_ == phase::websocket) {
    json_writer json;
    json.begin_object().key("event").value(event).key("data").value(data).end_object();
    append_websocket_frame(out, websocket_opcode::text, json.text());
  } else {
    sendable = append_sse_event(out, event, data);
  }
  const std::size_t waiting = waiting_bytes();
  if (waiting > 0 && waiting + out.size() > shared_.options.send_limit.count) sendable = false;
  if (sendable)
    send_event(out);
  else
    shared_.metrics.feed_dropped();
  return sendable;
}

void connection::send_event(std::string_view text) {
  if (!chunked_feed_) return send(text);
  shared_.scratch.clear();
  append_chunk(shared_.scratch, text);
  send(shared_.scratch);
  shared_.scratch.clear();
}

// The endpoint's plug-in let go of its end.
void connection::feed_destroyed() {
  feed_ = nullptr;
  if (!calling_ && is_feed()) finish_feed(close_code::normal, "the feed ended");
}

// Once per feed, however it ends. Tells the endpoint's plug-in, if it still holds its end.
void connection::release_feed() {
  if (!std::exchange(feed_counted_, false)) return;
  --shared_.feeds;
  shared_.metrics.feed_closed();
  if (feed_handle* const handle = std::exchange(feed_, nullptr)) handle->cut();
}

void connection::hear(std::string_view in) {
  heard_at_ = shared_.host.now();
  while (!in.empty() && phase_ == phase::websocket && !closing_) {
    switch (frames_->feed(in)) {
      case websocket_event::more:
      case websocket_event::text:  // feeds only speak: what clients say is checked and dropped
      case websocket_event::binary:
      case websocket_event::pong:
        break;
      case websocket_event::ping:
        // Who does not read the answers gets no more of them.
        if (waiting_bytes() > shared_.options.send_limit.count) break;
        shared_.message.clear();
        append_websocket_frame(shared_.message, websocket_opcode::pong, frames_->payload());
        send(shared_.message);
        break;
      case websocket_event::close:
        finish_feed(frames_->code(), {});
        break;
      case websocket_event::violation:
        shared_.metrics.refuse(refused::websocket);
        finish_feed(frames_->code(), std::string(frames_->payload()));
        break;
    }
  }
}

void connection::finish_feed(std::uint16_t code, std::string_view reason) {
  shared_.message.clear();
  if (phase_ == phase::websocket)
    append_websocket_close(shared_.message, code, reason);
  else if (chunked_feed_)
    append_last_chunk(shared_.message);
  send(shared_.message);
  release_feed();
  close_politely();
}

// Rights that are taken away end what they let in.
void connection::check_welcome() {
  const std::uint64_t version = shared_.identity.rules_version();
  if (!checked_ || version == std::exchange(rules_seen_, version)) return;
  if (shared_.identity.still_welcome(caller_, path_)) return;
  shared_.metrics.refuse(refused::policy);
  finish_feed(close_code::policy, "the policy has changed");
}

// Signs of life for middle boxes; and a WebSocket peer that gives none is gone.
void connection::beat(time_point now) {
  if (now - beaten_at_ < shared_.options.heartbeat) return;
  if (phase_ == phase::websocket && now - heard_at_ > 2 * shared_.options.heartbeat) return end();
  beaten_at_ = now;
  if (waiting_bytes() > 0) return;  // there is traffic enough
  std::string beat_text;
  if (phase_ == phase::websocket)
    append_websocket_frame(beat_text, websocket_opcode::ping, {});
  else
    append_sse_heartbeat(beat_text);
  send_event(beat_text);
}

}  // namespace mw::http
