// peer_uv: libuv used well: one read buffer, replies gathered per read, try_write before a request.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "frames.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <uv.h>

#include <memory>

namespace {

namespace bench = mw::bench;

void must(int status, const char* what) {
  if (status < 0) bench::give_up(std::string(what) + ": " + uv_strerror(status));
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  must(uv_ip4_addr("127.0.0.1", port, &at), "address");
  return at;
}

// One connection: what try_write leaves over waits in a request of its own, and whoever sends next
// waits for it.
class connection {
 public:
  explicit connection(uv_loop_t* loop) {
    must(uv_tcp_init(loop, &tcp_), "init");
    tcp_.data = this;
    rest_.data = this;
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  uv_tcp_t* tcp() { return &tcp_; }
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp_); }
  [[nodiscard]] bool busy() const { return busy_; }

  // The bytes stay where they are until the connection is no longer busy.
  void write(std::span<const char> head, std::span<const char> body) {
    std::array<uv_buf_t, 2> parts{
        uv_buf_init(const_cast<char*>(head.data()), static_cast<unsigned>(head.size())),
        uv_buf_init(const_cast<char*>(body.data()), static_cast<unsigned>(body.size()))};
    const int wrote = uv_try_write(stream(), parts.data(), parts.size());
    if (wrote < 0 && wrote != UV_EAGAIN) must(wrote, "write");
    std::size_t done = wrote < 0 ? 0 : static_cast<std::size_t>(wrote);
    if (done == head.size() + body.size()) return;
    for (uv_buf_t& part : parts) {
      const std::size_t skip = std::min<std::size_t>(done, part.len);
      part.base += skip;
      part.len -= skip;
      done -= skip;
    }
    busy_ = true;
    must(uv_write(&rest_, stream(), parts.data(), parts.size(), wrote_rest), "write");
  }

  std::size_t slot = 0;
  void* user = nullptr;  // whose callbacks the reads are
  std::unique_ptr<bench::frame_reader> frames;
  std::unique_ptr<bench::frame_batch> replies;
  bench::frame_counter passing;

 private:
  static void wrote_rest(uv_write_t* request, int status) {
    must(status, "write");
    auto* const self = static_cast<connection*>(request->data);
    self->busy_ = false;
  }

  uv_tcp_t tcp_{};
  uv_write_t rest_{};
  bool busy_ = false;
};

class server {
 public:
  server(const bench::settings& with, bench::counts_page& counts)
      : with_(with), counts_(counts), scratch_(bench::read_size) {}

  void run() {
    uv_loop_t* const loop = uv_default_loop();
    uv_tcp_t listener;
    must(uv_tcp_init(loop, &listener), "init");
    listener.data = this;
    sockaddr_in at = loopback(with_.ports.empty() ? std::uint16_t{0} : with_.ports.front());
    must(uv_tcp_bind(&listener, reinterpret_cast<const sockaddr*>(&at), 0), "bind");
    must(uv_listen(reinterpret_cast<uv_stream_t*>(&listener), 128, accepted), "listen");
    int length = sizeof at;
    must(uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&at), &length), "name");
    bench::announce({ntohs(at.sin_port)});
    uv_run(loop, UV_RUN_DEFAULT);
  }

 private:
  static void accepted(uv_stream_t* listener, int status) {
    must(status, "accept");
    auto* const self = static_cast<server*>(listener->data);
    auto& made = self->connections_.emplace_back(std::make_unique<connection>(listener->loop));
    must(uv_accept(listener, made->stream()), "accept");
    uv_tcp_nodelay(made->tcp(), 1);
    made->user = self;
    made->slot = (self->connections_.size() - 1) % bench::counts_page::slots_max;
    if (self->with_.what == bench::work::echo) {
      made->frames = std::make_unique<bench::frame_reader>(self->with_.size);
      made->replies = std::make_unique<bench::frame_batch>(bench::read_size + bench::frame_head +
                                                           self->with_.size);
    }
    must(uv_read_start(made->stream(), room, received), "read");
  }

  static void room(uv_handle_t* handle, std::size_t, uv_buf_t* out) {
    auto* const from = static_cast<connection*>(handle->data);
    auto* const self = static_cast<server*>(from->user);
    const std::span<char> free =
        from->frames ? from->frames->room() : std::span<char>(self->scratch_);
    *out = uv_buf_init(free.data(), static_cast<unsigned>(free.size()));
  }

  static void received(uv_stream_t* stream, ssize_t got, const uv_buf_t* bytes) {
    auto* const from = static_cast<connection*>(stream->data);
    auto* const self = static_cast<server*>(from->user);
    if (got < 0) uv_read_stop(stream);
    if (got <= 0) return;
    const auto count = static_cast<std::size_t>(got);
    if (!from->frames) {
      self->counts_.add(from->passing.passed({bytes->base, count}), count, from->slot);
      return;
    }
    // The client keeps less in flight than a socket holds, so the last replies have left by now.
    if (from->busy()) bench::give_up("more in flight than the socket takes");
    from->replies->clear();
    std::uint64_t messages = 0;
    from->frames->received(count, [&](std::span<const char> body) {
      from->replies->append(body);
      ++messages;
    });
    self->counts_.add(messages, count, from->slot);
    from->write(from->replies->bytes(), {});
  }

  const bench::settings& with_;
  bench::counts_page& counts_;
  std::vector<char> scratch_;
  std::vector<std::unique_ptr<connection>> connections_;
};

// A client's connections, dialled before anything is measured.
std::vector<std::unique_ptr<connection>> dialled(std::uint16_t port, std::size_t count) {
  uv_loop_t* const loop = uv_default_loop();
  std::vector<std::unique_ptr<connection>> made;
  std::vector<uv_connect_t> requests(count);
  const sockaddr_in at = loopback(port);
  for (uv_connect_t& request : requests) {
    auto& one = made.emplace_back(std::make_unique<connection>(loop));
    must(uv_tcp_connect(&request, one->tcp(), reinterpret_cast<const sockaddr*>(&at),
                        [](uv_connect_t*, int status) { must(status, "connect"); }),
         "connect");
  }
  uv_run(loop, UV_RUN_DEFAULT);  // nothing else is active yet: returns when all are connected
  for (auto& one : made) uv_tcp_nodelay(one->tcp(), 1);
  return made;
}

class echo_client {
 public:
  echo_client(const bench::settings& with, bench::counts_page& counts)
      : with_(with),
        body_(bench::make_body(with.size)),
        out_(with.in_flight * (bench::frame_head + with.size)),
        meter_(with, counts) {}

  bench::outcome run() {
    const auto made = dialled(with_.ports.front(), 1);
    to_ = made.front().get();
    to_->user = this;
    to_->frames = std::make_unique<bench::frame_reader>(with_.size);
    must(uv_read_start(to_->stream(), room, received), "read");
    fill();
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return meter_.finish();
  }

 private:
  void fill() {
    if (to_->busy()) bench::give_up("more in flight than the socket takes");
    out_.clear();
    while (meter_.open() && meter_.in_flight() < with_.in_flight) {
      bench::put_stamp(body_.data(), meter_.next_stamp());
      out_.append(body_);
    }
    if (!out_.bytes().empty()) to_->write(out_.bytes(), {});
  }

  static void room(uv_handle_t* handle, std::size_t, uv_buf_t* out) {
    const std::span<char> free = static_cast<connection*>(handle->data)->frames->room();
    *out = uv_buf_init(free.data(), static_cast<unsigned>(free.size()));
  }

  static void received(uv_stream_t* stream, ssize_t got, const uv_buf_t*) {
    auto* const from = static_cast<connection*>(stream->data);
    auto* const self = static_cast<echo_client*>(from->user);
    if (got < 0) bench::give_up("the server has gone");
    from->frames->received(static_cast<std::size_t>(got), [&](std::span<const char> reply) {
      self->meter_.answered(bench::stamp_of(reply.data()));
    });
    self->fill();
    if (!self->meter_.open() && self->meter_.settled()) uv_stop(stream->loop);
  }

  const bench::settings& with_;
  std::vector<char> body_;
  bench::frame_batch out_;
  bench::echo_meter meter_;
  connection* to_ = nullptr;
};

// Sends the same batch to each, waiting for whoever is full.
class bulk_client {
 public:
  bulk_client(const bench::settings& with, std::size_t receivers)
      : body_(bench::make_body(with.size)),
        batch_(bench::batch_size),
        to_(dialled(with.ports.front(), receivers)) {
    const std::uint64_t length = body_.size();
    std::memcpy(head_.data(), &length, sizeof length);
    while (batch_.fits(body_.size())) {
      batch_.append(body_);
      ++in_batch_;
    }
  }

  std::uint64_t send_some() {
    if (body_.size() >= bench::in_place_min) {
      for (auto& one : to_) settle(*one, [&] { one->write(head_, body_); });
      return 1;
    }
    // Written anew each time: making the messages belongs to the work.
    for (auto& one : to_) settle(*one, [] {});
    batch_.clear();
    while (batch_.fits(body_.size())) batch_.append(body_);
    for (auto& one : to_) one->write(batch_.bytes(), {});
    return in_batch_;
  }

  static void pump() { uv_run(uv_default_loop(), UV_RUN_NOWAIT); }

 private:
  template <class Then>
  static void settle(const connection& one, Then&& then) {
    while (one.busy()) uv_run(uv_default_loop(), UV_RUN_ONCE);
    then();
  }

  std::vector<char> body_;
  std::array<char, bench::frame_head> head_{};
  bench::frame_batch batch_;
  std::uint64_t in_batch_ = 0;
  std::vector<std::unique_ptr<connection>> to_;
};

void serve(const bench::settings& with, bench::counts_page& counts) {
  server(with, counts).run();
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) return echo_client(with, counts).run();
  if (with.what != bench::work::oneway && with.what != bench::work::fanout)
    throw bench::not_offered{};
  const std::size_t receivers = with.what == bench::work::fanout ? with.receivers : 1;
  bulk_client client(with, receivers);
  bench::oneway_sender sender;
  sender.send_some = [&] { return client.send_some(); };
  sender.pump = bulk_client::pump;
  return bench::run_oneway(with, counts, receivers, sender);
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
