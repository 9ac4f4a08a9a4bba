// connection: one HTTP connection on a stream, from its first byte to its last.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"
#include "gate/router.h"
#include "push/websocket.h"
#include "reply.h"
#include "wire/request_parser.h"
#include "wire/response.h"
#include "wire/target.h"

#include <mw/streams.h>
#include <mw/transport.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mw::http {

// What a connection waits for. Up to `writing` it waits for its peer, and the order is the order of
// eviction: whose loss costs least goes first.
enum class phase : std::uint8_t {
  idle,       // the first byte of a request
  head,       // the rest of the headers
  body,       // the rest of the body
  writing,    // the peer to take the rest of a response
  answering,  // an endpoint to answer
  feed,       // messages for an event stream
  websocket,  // messages for a WebSocket, and its peer's control frames
  lingering,  // the peer to end, after our last byte
  dead,
};

// Handles one request at a time: pipelined requests wait as bytes, and the stream is not read
// meanwhile. What one connection can hold is bounded: one request, one read, `send_limit`, and one
// answer.
class connection final : public stream_events {
 public:
  // Kept by the server.
  enum class standing : std::uint8_t { active, lingering, ended };

  // `shared` must outlive this.
  connection(context& shared, mw::link peer);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  void start() { carrier_.bytes->start(*this); }
  // Goes on with the requests in hand.
  void resume();
  // Enforces the deadlines; called every sweep.
  void check(time_point now);
  // Finishes what is under way, then closes.
  void drain();
  // Makes room for another connection.
  void evict();
  // Ends it at once, whatever is under way.
  void end();
  // Refuses the whole connection with 503 before anything was read.
  void turn_away(std::string_view why);

  [[nodiscard]] phase waits_for() const { return phase_; }
  [[nodiscard]] time_point since() const { return since_; }

  standing counted = standing::active;
  bool deferred = false;  // the server will call resume()

 private:
  friend class reply_ticket;
  friend class feed_handle;

  // What is known about a request before an endpoint sees it.
  struct arrival {
    target where;
    admission_ticket from;
    route found;
    refusal why{0, {}};   // status 0: go on
    bool barred = false;  // by `from`: count its reason
  };

  void on_data(bytes_view bytes) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const failure& why) override;

  // Requests in: connection.cpp.
  [[nodiscard]] bool reads_requests() const { return phase_ <= phase::body; }
  std::size_t consume(std::string_view in);
  void keep_rest(std::string_view in);
  void hold(std::string_view in);
  void on_progress();
  void on_head();
  void account_body(std::size_t bytes);
  void next_request();
  void close_politely();
  void enter(phase next);
  void check_writing(time_point now);

  // Answers out: connection_answer.cpp.
  void on_request();
  [[nodiscard]] arrival inspect(const request& asked) const;
  void turn_back(const arrival& came);
  void call_endpoint(const admin_request& wanted);
  void note_action(int status);
  void replied(std::uint64_t exchange, admin_response given);
  void answer(const admin_response& given);
  void refuse(const refusal& why, const header_line& line);
  void refuse_and_close(const refusal& why, refused reason);
  void respond(int status, std::string_view type, std::string_view body, const header_line& line);
  void exchange_over(int status);
  [[nodiscard]] std::weak_ptr<connection_link> link();
  void send(std::string_view bytes);
  [[nodiscard]] bool flush();
  [[nodiscard]] std::size_t waiting_bytes() const;

  // Feeds: connection_feed.cpp.
  void open_feed(const request& asked, const admin_request& wanted, bool stranger);
  void begin_feed(const request& asked, bool socket);
  [[nodiscard]] bool is_feed() const { return phase_ == phase::feed || phase_ == phase::websocket; }
  bool push(std::string_view event, std::string_view data);
  void send_event(std::string_view text);
  void feed_destroyed();
  void release_feed();
  void hear(std::string_view in);
  void finish_feed(std::uint16_t code, std::string_view reason);
  void beat(time_point now);
  void check_welcome();

  context& shared_;
  request_parser parser_;
  std::shared_ptr<connection_link> link_;  // shared with tickets and handles: see reply.h
  feed_handle* feed_ = nullptr;            // owned by an endpoint's plug-in
  std::unique_ptr<websocket_decoder> frames_;
  std::optional<admin_response> early_;  // an answer given inside the call of the endpoint
  std::string backlog_;                  // read but not parsed yet
  std::string unsent_;                   // not taken by the stream yet
  std::size_t backlog_at_ = 0;
  std::size_t unsent_at_ = 0;
  std::size_t body_counted_ = 0;  // of this connection, in shared_.body_bytes
  std::string caller_;            // of the action that is under way, or of the feed
  std::string path_;              // the same
  std::uint64_t rules_seen_ = 0;  // the version under which the feed was let in
  std::uint64_t exchange_ = 0;    // numbers requests, so that late answers are recognised
  std::uint64_t sent_ = 0;        // bytes given to send()
  std::uint64_t gone_seen_ = 0;   // of these, how many had left at the last sweep
  std::uint64_t discarded_ = 0;   // bytes thrown away while lingering
  time_point since_;              // when phase_ began
  time_point asked_at_;           // when the current request was complete
  time_point moved_at_;           // when the peer last took bytes, or nothing waited for it
  time_point heard_at_;           // when a WebSocket peer last sent something
  time_point beaten_at_;          // of a feed: the last heartbeat
  phase phase_ = phase::idle;
  verb method_ = verb::get;  // of the current request
  std::uint8_t minor_ = 1;
  bool keep_alive_ = true;
  bool feed_counted_ = false;  // in shared_.feeds
  bool chunked_feed_ = false;
  bool acting_ = false;       // an action is under way: its end is told
  bool checked_ = false;      // the feed's caller is asked about again when the rules change
  bool served_ = false;       // a request was answered
  bool consuming_ = false;    // consume() is on the stack and will go on by itself
  bool calling_ = false;      // an endpoint is on the stack
  bool paused_ = false;       // the stream is not read
  bool half_closed_ = false;  // the peer will send no more
  bool closing_ = false;      // to be closed when everything is sent
  mw::link carrier_;          // last: goes first, so that nothing calls into a half-gone object
};

}  // namespace mw::http
