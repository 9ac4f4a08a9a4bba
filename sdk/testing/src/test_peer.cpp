// test_peer: a program of one stream on a simulated machine.
// SPDX-License-Identifier: Apache-2.0
#include "lane/lane.h"
#include "platform/platform.h"

#include <mw/test_peer.h>

#include <optional>
#include <utility>

namespace mw {

class test_peer::state final : public sim_program, private stream_events {
 public:
  state(kernel::platform& platform, endpoint to)
      : lane_(0, platform.lane(0)), services_(platform.lane(0).services_for(scope_)) {
    lane_.post([this, to = std::move(to)] { dial(to); });
  }

  void say(std::string_view bytes) {
    to_send_ += bytes;
    lane_.post([this] { send(); });
  }
  void end() {
    ending_ = true;
    lane_.post([this] { send(); });
  }
  void stop_reading() {
    reading_ = false;
    lane_.post([this] {
      if (stream_) stream_->pause_reading();
    });
  }

  std::string heard;
  bool ended = false;

 private:
  void dial(const endpoint& to) {
    dial_ = services_->streams().dial(to, {}, 30s, [this](result<stream_ptr> outcome) {
      ended = !outcome;
      if (!outcome) return;
      stream_ = std::move(*outcome);
      stream_->start(*this);
      if (!reading_) stream_->pause_reading();
      send();
    });
  }
  void send() {
    if (!stream_ || finished_) return;
    to_send_.erase(0, stream_->write(as_bytes(to_send_)));
    if (!to_send_.empty() || !ending_) return;
    finished_ = true;
    stream_->finish();
  }

  void on_data(bytes_view bytes) override { heard += as_text(bytes); }
  void on_writable() override { send(); }
  void on_end() override { ended = true; }
  void on_closed(const failure&) override { ended = true; }

  kernel::resource_ledger ledger_;
  kernel::plugin_scope scope_{"peer", "peer", "data", ledger_};
  kernel::lane lane_;
  std::unique_ptr<kernel::plugin_services> services_;
  std::string to_send_;
  bool reading_ = true;
  bool ending_ = false;
  bool finished_ = false;
  dial_ptr dial_;
  stream_ptr stream_;
};

test_peer::test_peer(test_node& node, const endpoint& to) : node_(node), state_(nullptr) {
  sim_world& world = node.world();
  sim_node& machine = world.add_node("peer" + std::to_string(world.size()));
  machine.boot([this, to](kernel::platform& platform) {
    auto program = std::make_unique<state>(platform, to);
    state_ = program.get();
    return program;
  });
}

// The connection goes on without it: a peer that says nothing more.
test_peer::~test_peer() = default;

void test_peer::say(std::string_view bytes) {
  state_->say(bytes);
}
void test_peer::end() {
  state_->end();
}
void test_peer::stop_reading() {
  state_->stop_reading();
}

bool test_peer::wait_for(std::string_view part, duration deadline) {
  return node_.run_until([&] { return state_->heard.find(part) != std::string::npos; }, deadline);
}
bool test_peer::wait_for_end(duration deadline) {
  return node_.run_until([&] { return state_->ended; }, deadline);
}

std::string test_peer::heard() {
  return std::exchange(state_->heard, {});
}
bool test_peer::ended() const {
  return state_->ended;
}

}  // namespace mw
