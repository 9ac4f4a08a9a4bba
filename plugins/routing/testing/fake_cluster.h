// fake_cluster: engines over channels in memory, with a clock moved by hand and faults on demand.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

#include <mw/host.h>
#include <mw/random.h>
#include <mw/toolkit/hash.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mw::routing {

class fake_world;

// The least that keeps the promises of a host. Logs nothing.
class fake_host final : time_service, metric_service, log_service, random_service {
 public:
  fake_host(fake_world& world, std::string id, std::string zone, std::uint64_t seed);
  [[nodiscard]] mw::host& host() { return host_; }
  // `label` as in "reason=hops"; 0 when it was never made.
  [[nodiscard]] double metric(const std::string& name, const std::string& label = "") const;

 private:
  [[nodiscard]] time_point now() const override;
  [[nodiscard]] wall_time wall_now() const override { return {now().since_start}; }
  [[nodiscard]] timer make_timer(function<void()> fire, bool periodic) override;
  void at_turn_end(function<void()> callback) override { callback(); }
  random_stream& stream(std::string_view purpose) override;
  void secure_bytes(std::span<std::byte> out) override;
  counter make_counter(std::string_view name, std::string_view, labels l) override;
  gauge make_gauge(std::string_view name, std::string_view, labels l) override;
  histogram make_histogram(std::string_view name, std::string_view, histogram_unit,
                           labels l) override;
  [[nodiscard]] bool enabled(log_level) const override { return false; }
  void write(log_level, const log_message&, std::span<const log_value>) override {}

  fake_world& world_;
  node_info info_;
  std::uint64_t seed_;
  std::map<std::string, random_stream, std::less<>> streams_;
  std::map<std::string, metric_cell> counters_;
  std::map<std::string, metric_cell> gauges_;
  std::map<std::string, histogram_cells> histograms_;
  host_services services_{};
  mw::host host_;
};

// channel/1 in memory: one link between each two nodes that are up and not cut off.
class fake_channel final : public channel {
 public:
  fake_channel(fake_world& world, std::uint32_t node, std::uint64_t life)
      : world_(world), node_(node), life_(life) {}

  void attach(channel_events& events) override;
  void detach() override;
  [[nodiscard]] result<link_ref> send(peer_ref to, const message_head& head, message_out& body,
                                      link_ref on) override;
  [[nodiscard]] status reply(link_ref on, const message_head& head, message_out& body) override;
  void consumed(link_ref on, message_kind kind, std::uint64_t id, std::size_t bytes) override;
  [[nodiscard]] std::vector<peer_view> peers() const override;

 private:
  friend class fake_world;
  struct waiting {
    message_head head;
    slice body;
  };
  struct other {
    peer_view view;
    link_ref link;  // generation zero: none
    std::deque<waiting> unplaced;
    bool full = false;  // said `overloaded`: on_room() is due
    std::size_t under_way = 0;
  };
  status put(other& to, const message_head& head, const message_out& body);

  fake_world& world_;
  std::uint32_t node_;
  std::uint64_t life_;
  channel_events* events_ = nullptr;
  std::map<std::uint32_t, other> others_;  // by node
};

// Messages are slices behind a length: enough for tests that send texts.
class fake_codec final : public codec {
 public:
  [[nodiscard]] std::string_view format() const noexcept override { return "fake/1"; }
  [[nodiscard]] status encode(const message_type& type, const void* message,
                              message_out& out) override;
  [[nodiscard]] status decode(const message_type& type, const payload& from,
                              void* message) override;
  [[nodiscard]] result<std::string> to_json(const payload&, const message_type*) override {
    return failure(errc::unsupported, "the fake codec knows no JSON");
  }
  [[nodiscard]] status from_json(std::string_view, const message_type*, message_out&) override {
    return failure(errc::unsupported, "the fake codec knows no JSON");
  }
};

struct fake_node {
  std::string id;
  std::string zone;
  std::uint64_t life = 0;
  std::unique_ptr<fake_host> host;
  std::unique_ptr<fake_channel> wire;
  std::unique_ptr<engine> router;

  [[nodiscard]] engine& operator*() const { return *router; }
  [[nodiscard]] engine* operator->() const { return router.get(); }
};

class fake_world {
 public:
  explicit fake_world(std::uint64_t seed = 1) : random_(seed) {}
  ~fake_world();

  // Before the first run(); all know each other. `zone` and `options` are kept for restarts.
  std::uint32_t add(std::string id, settings options = {}, std::string zone = "a");
  [[nodiscard]] fake_node& operator[](std::uint32_t index) { return *nodes_[index]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  // After a boot and each restart; the tests offer their services here.
  std::function<void(fake_node&)> on_boot;
  void start();

  void run_for(duration how_long);
  [[nodiscard]] bool run_until(const std::function<bool()>& holds, duration deadline = 60s);
  void after(duration delay, function<void()> what);
  [[nodiscard]] time_point now() const { return now_; }
  [[nodiscard]] random_stream& random() { return random_; }

  // Faults. A closed link comes back after a while unless the two are cut off.
  void close_link(std::uint32_t a, std::uint32_t b);
  void cut(std::uint32_t a, std::uint32_t b, bool off);
  void crash(std::uint32_t node);
  void restart(std::uint32_t node);
  void set_latency(duration least, duration most) { least_ = least, most_ = most; }
  // Messages under way from one node to another beyond which send() says `overloaded`.
  std::size_t window = 1'000'000;
  duration reconnect_after = 20ms;
  std::uint64_t messages = 0;
  // Who seals for a node; called at its boot. Empty: nobody.
  std::function<sealer*(fake_node&)> sealer_of;
  // Sees each message when it is sent, and may change it; false: it is lost.
  std::function<bool(std::uint32_t from, std::uint32_t to, message_head&, slice&)> on_wire;
  // Brings a message to a node as if another had sent it just now.
  void inject(std::uint32_t from, std::uint32_t to, const message_head& head, slice body);
  bool timers_stand_still = false;  // for tests that carry everything by hand

 private:
  friend class fake_host;
  friend class fake_channel;
  class fake_timer;
  struct event {
    function<void()> run;
  };
  void boot(std::uint32_t node);
  void introduce(std::uint32_t a, std::uint32_t b);
  void connect(std::uint32_t a, std::uint32_t b);
  void place(std::uint32_t at, std::uint32_t to);
  void deliver(std::uint32_t from, std::uint32_t to, const message_head& head, slice body,
               link_ref on);
  void tell(std::uint32_t node, function<void(channel_events&)> what);
  [[nodiscard]] bool is_cut(std::uint32_t a, std::uint32_t b) const;

  std::vector<std::unique_ptr<fake_node>> nodes_;
  std::vector<settings> options_;
  fake_codec codec_;
  std::multimap<std::pair<time_point, std::uint64_t>, function<void()>> events_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, time_point> last_arrival_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, bool> cut_;
  std::uint64_t order_ = 0;
  bool injecting_ = false;
  std::uint32_t links_ = 0;
  std::uint64_t lives_ = 0;
  time_point now_{1s};
  duration least_ = 100us;
  duration most_ = 2ms;
  random_stream random_;
};

// Typed messages of the tests.
struct text {
  std::string value;
  static constexpr auto fields() { return field_list(field<&text::value>("value", "A text.")); }
};
void write_text(message_out& out, std::string_view value);

}  // namespace mw::routing
