// wire_end: a connection under test, and the other end of its link as a test writes it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.h"
#include "testing/fake_node.h"
#include "testing/fake_stream.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mw::pool {

// The connection sees a peer "n2" that has just connected. Frames go in one by one and come out
// whole; nothing has time but advance().
class wire_end final : private connection_owner, private wire::frame_sink {
 public:
  struct frame {
    wire::frame_head head;
    std::string payload;
  };
  struct message {
    message_head head;
    std::string body;
  };

  explicit wire_end(const settings& with = {}, std::unique_ptr<admission_scope> scope = {})
      : opt_(with),
        metrics_(node.host()),
        ours_(hello_of("n1")),
        shared_{node.host(),           opt_, metrics_, *this, ours_, opt_.outbox_bounds(),
                opt_.assembly_bounds()},
        maker_(terms_, shop_),
        cutter_(memory_) {
    auto bytes = std::make_unique<fake_stream>();
    stream = bytes.get();
    subject = std::make_unique<connection>(
        shared_, link{.bytes = std::move(bytes), .scope = std::move(scope)},
        connection::origin{.ref = {1, 1}, .dialled = {}, .address = "", .began = node.now()});
    subject->start();
  }

  // Says hello and confirms, as a peer in good order does.
  void shake_hands() {
    wire::hello theirs = hello_of("n2");
    theirs.nonce[0] = std::byte{1};
    handshake_.emplace(*wire::handshake::begin(theirs, {}, wire::role::dialler));
    say({.kind = wire::frame_kind::hello}, as_text(handshake_->hello_payload()));
    read();
  }

  // One frame, sealed as agreed; `payload` may be anything.
  void say(wire::frame_head head, std::string_view payload) {
    message_out out(std::size_t{1} << 30);
    out.append(as_bytes(payload));
    maker_.seal(head, out);
    say_raw(as_text(bytes_view(out.written())));
  }
  void say_raw(std::string_view bytes) {
    if (subject && stream->events() != nullptr) stream->events()->on_data(as_bytes(bytes));
  }
  // Takes what the connection wrote, frame by frame.
  void read() {
    if (subject) (void)cutter_.feed(as_bytes(stream->take()), *this);
  }
  void writable() {
    if (subject) stream->events()->on_writable();
  }
  void tick() {
    if (subject) (void)subject->tick(node.now());
  }
  status send(const message_head& head, std::string_view text) {
    message_out out(std::size_t{1} << 30);
    out.append(as_bytes(text));
    return subject->send(head, out);
  }
  [[nodiscard]] std::size_t heard(wire::frame_kind kind) const {
    std::size_t count = 0;
    for (const frame& f : frames) count += f.head.kind == kind ? 1 : 0;
    return count;
  }

  fake_node node;
  fake_stream* stream = nullptr;
  std::unique_ptr<connection> subject;
  std::vector<frame> frames;      // what came out of the connection
  std::vector<message> arrivals;  // what the connection's user got
  std::optional<failure> down;
  int downs = 0;
  int rooms = 0;
  bool ready = false;
  bool draining = false;
  bool hold = false;
  std::optional<failure> refuse;  // said to the hello

 private:
  static wire::hello hello_of(const std::string& id) {
    wire::hello h;
    h.node = id;
    h.cluster = "test";
    h.codec = "test/1";
    h.life = 5;
    h.frame_max = 64 * 1024 + 64;
    return h;
  }

  status on_hello(connection&, const introduction&) override {
    return refuse ? status(*refuse) : status{};
  }
  void on_ready(connection&) override { ready = true; }
  void on_arrival(connection&, const message_head& head, const payload& body,
                  bool& holds) override {
    arrivals.push_back({head, std::string(as_text(body.bytes))});
    holds = hold;
  }
  void on_room(connection&) override { ++rooms; }
  void on_draining(connection&) override { draining = true; }
  void on_down(connection&, const failure& why) override {
    down = why;
    ++downs;
  }
  void on_gone(connection&) override { subject.reset(); }

  status on_frame(const wire::frame_head& head, bytes_view payload) override {
    frames.push_back({head, std::string(as_text(payload))});
    if (!handshake_ || ready) return {};
    const auto step = handshake_->on_frame(head, payload);
    if (!step) return step.error();
    if (*step == wire::handshake::step::send_confirm) {
      terms_.sum = handshake_->agreed().sum;
      cutter_.set_limits(handshake_->agreed().limits());
      say({.kind = wire::frame_kind::confirm}, as_text(handshake_->confirm_payload()));
    }
    return {};
  }
  std::byte* place_for(const wire::frame_head&, std::size_t, bytes_view) override {
    return nullptr;
  }
  status on_placed(const wire::frame_head&, std::size_t) override { return {}; }

  const settings opt_;
  pool_metrics metrics_;
  wire::hello ours_;
  connection_context shared_;
  link_terms terms_;
  frame_workshop shop_;
  frame_maker maker_;
  wire::cutter_memory memory_;
  wire::frame_cutter cutter_;
  std::optional<wire::handshake> handshake_;
};

}  // namespace mw::pool
