// http_server: peers and endpoints that do anything in any order; afterwards nothing is left over.
// SPDX-License-Identifier: Apache-2.0
// links: http_fakes http_objects
#include "fake_host.h"
#include "server.h"

#include <mw/assert.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using mw::http::fake_peer;

constexpr std::size_t peers_max = 12;
constexpr std::size_t send_limit = 2048;

constexpr std::string_view requests[] = {
    "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST /act HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
    "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "POST /act HTTP/1.0\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
    "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /feed HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    "HEAD /large HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "\x89\x80\x01\x02\x03\x04",                // ping
    std::string_view("\x88\x80\0\0\0\0", 6),   // close
    std::string_view("\x81\x81\0\0\0\0x", 7),  // text
    "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
};

mw::http::settings small_settings() {
  mw::http::settings chosen;
  chosen.connections = 6;
  chosen.feeds = 3;
  chosen.body.count = 64;
  chosen.body_memory.count = 100;
  chosen.websocket_message.count = 125;
  chosen.send_limit.count = send_limit;
  return chosen;
}

// Reads the input as a script: one byte for what happens, one for whom.
class script {
 public:
  script(const std::uint8_t* data, std::size_t size) : rest_(data, data + size) {
    directory_.add("/now", mw::admin_kind::read,
                   [](const auto&, mw::admin_reply reply) { reply({200, "text/plain", "now"}); });
    directory_.add("/later", mw::admin_kind::read,
                   [this](const auto&, mw::admin_reply reply) { keep(std::move(reply)); });
    directory_.add("/act", mw::admin_kind::action, [](const auto& asked, mw::admin_reply reply) {
      reply({200, "text/plain", std::string(asked.body)});
    });
    directory_.add("/large", mw::admin_kind::read, [](const auto&, mw::admin_reply reply) {
      reply({200, "text/plain", std::string(5000, 'x')});
    });
    directory_.add_feed("/feed", [this](const auto&, std::unique_ptr<mw::admin_feed> feed) {
      (void)feed->send("hello", "");
      feed->on_closed([this, which = feed.get()] { forget(which); });
      feeds_.push_back(std::move(feed));
    });
    site_.emplace(node_.host(), small_settings(), directory_, nobody_);
  }

  void run() {
    while (rest_.size() >= 2) {
      const std::uint8_t what = next();
      act(what, next());
    }
    finish();
  }

 private:
  std::uint8_t next() {
    const std::uint8_t byte = rest_.front();
    rest_.pop_front();
    return byte;
  }

  void keep(mw::admin_reply reply) {
    if (replies_.size() < 100) replies_.push_back(std::move(reply));  // else it is dropped
  }
  void forget(const mw::admin_feed* which) {
    std::erase_if(feeds_, [&](const auto& each) { return each.get() == which; });
  }

  fake_peer& peer(std::uint8_t which) {
    if (peers_.size() < peers_max) {
      peers_.push_back(std::make_unique<fake_peer>());
      peers_.back()->send_limit = send_limit;
      peers_.back()->connect(*site_);
    }
    return *peers_[which % peers_.size()];
  }

  void act(std::uint8_t what, std::uint8_t who) {
    switch (what % 16) {
      case 0:
      case 1:
      case 2:
        peer(who).say(requests[what / 16 % std::size(requests)]);
        break;
      case 3:
        say_part(who, what);
        break;
      case 4:
        peer(who).say(std::string(1, static_cast<char>(what)));
        break;
      case 5:
        peer(who).block();
        break;
      case 6:
        peer(who).take(std::size_t{what} * 8);
        break;
      case 7:
        peer(who).end();
        break;
      case 8:
        peer(who).reset();
        break;
      case 9:
        answer(who, what);
        break;
      case 10:
        if (!replies_.empty()) replies_.erase(replies_.begin());
        break;
      case 11:
        if (!feeds_.empty())
          (void)feeds_[who % feeds_.size()]->send("event", std::string(what, 'd'));
        break;
      case 12:
        drop_feed(who);
        break;
      case 13:
        node_.advance(std::chrono::milliseconds(what * who));
        break;
      case 14:
        replace(who);
        break;
      default:
        node_.turn();
        break;
    }
  }

  void say_part(std::uint8_t who, std::uint8_t what) {
    const std::string_view whole = requests[what / 16 % std::size(requests)];
    const std::size_t cut = rest_.empty() ? 1 : rest_.front() % whole.size();
    peer(who).say(whole.substr(0, cut));
    peer(who).say(whole.substr(cut));
  }

  void answer(std::uint8_t who, std::uint8_t what) {
    if (replies_.empty()) return;
    mw::admin_reply reply = std::move(replies_[who % replies_.size()]);
    replies_.erase(replies_.begin() + who % static_cast<std::ptrdiff_t>(replies_.size()));
    reply({what < 128 ? 200 : what * 4, "text/html", std::string(what * 10, 'y')});
  }

  void drop_feed(std::uint8_t who) {
    if (feeds_.empty()) return;
    // Out of the list first: its end may call forget().
    const auto gone = std::move(feeds_[who % feeds_.size()]);
    std::erase(feeds_, nullptr);
  }

  // Another peer takes the place of one that is gone.
  void replace(std::uint8_t who) {
    if (peers_.empty() || !peers_[who % peers_.size()]->gone()) return;
    peers_.erase(peers_.begin() + who % static_cast<std::ptrdiff_t>(peers_.size()));
  }

  void finish() {
    bool drained = false;
    site_->drain([&] { drained = true; });
    // Feeds end with the drain, answers with their deadline, slow readers with theirs.
    node_.advance(10min);
    MW_ASSERT(drained, "draining ends whatever the peers do");
    MW_ASSERT(site_->active() == 0 && site_->lingering() == 0, "no connection is left");
    MW_ASSERT(node_.metric("mw_http_connections") == 0, "the gauge agrees");
    MW_ASSERT(node_.metric("mw_http_feeds") == 0, "no feed is left");
    MW_ASSERT(feeds_.empty(), "every endpoint was told");
    MW_ASSERT(std::all_of(peers_.begin(), peers_.end(), [](const auto& p) { return p->gone(); }),
              "every stream was dropped");
  }

  std::deque<std::uint8_t> rest_;
  mw::http::fake_host node_;
  mw::http::fake_directory directory_;
  mw::http::anonymous nobody_;
  std::vector<std::unique_ptr<fake_peer>> peers_;
  std::vector<mw::admin_reply> replies_;
  std::vector<std::unique_ptr<mw::admin_feed>> feeds_;
  std::optional<mw::http::server> site_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  script(data, std::min<std::size_t>(size, 2000)).run();
  return 0;
}
