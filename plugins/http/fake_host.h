// fake_host: for the tests here: a clock moved by hand, peers in memory, counted metrics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server.h"

#include <mw/admin.h>
#include <mw/host.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::http {

class fake_timer;

// Time stands still until advance(). Logs nothing.
class fake_host final : time_service, metric_service, log_service {
 public:
  fake_host();
  ~fake_host();
  [[nodiscard]] mw::host& host() { return host_; }

  // Fires due timers in order of time; a turn is an advance by nothing.
  void advance(duration by);
  void turn() { advance(duration::zero()); }
  // A counter or gauge; `label` as in "reason=syntax". 0 when it was never made.
  [[nodiscard]] double metric(const std::string& name, const std::string& label = "") const;

 private:
  friend class fake_timer;
  [[nodiscard]] time_point now() const override { return now_; }
  [[nodiscard]] wall_time wall_now() const override { return {now_.since_start + 784111777s}; }
  [[nodiscard]] timer make_timer(function<void()> fire, bool periodic) override;
  void at_turn_end(function<void()> callback) override { callback(); }
  counter make_counter(std::string_view name, std::string_view, labels l) override;
  gauge make_gauge(std::string_view name, std::string_view, labels l) override;
  histogram make_histogram(std::string_view, std::string_view, histogram_unit, labels) override;
  [[nodiscard]] bool enabled(log_level) const override { return false; }
  void write(log_level, const log_message&, std::span<const log_value>) override {}
  metric_cell& cell(std::string_view name, labels l);

  time_point now_{1000s};
  std::vector<fake_timer*> timers_;
  std::map<std::string, metric_cell> counters_;
  std::map<std::string, metric_cell> gauges_;
  std::deque<histogram_cells> histograms_;
  host_services services_{};
  mw::host host_;
};

// The other side of a connection. Outlives it, so that tests can look at what was sent last.
class fake_peer {
 public:
  // Gives our end to `to`, which hears that the transport proved `certificate`.
  void connect(server& to, endpoint from = {"127.0.0.1", 50000}, std::string certificate = {});
  void say(std::string_view bytes);
  void end();                        // no more from us
  void reset();                      // the connection is lost
  void block() { blocked_ = true; }  // takes nothing from now on
  // Takes up to `bytes` of what waits, as a slow reader does.
  void take(std::size_t bytes);

  // What arrived since the last call.
  [[nodiscard]] std::string heard() { return std::exchange(heard_, {}); }
  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] bool finished() const { return finished_; }  // the server sends no more
  [[nodiscard]] bool gone() const { return gone_; }          // the server dropped the stream
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  std::size_t send_limit = 4096;

 private:
  class end_of_server;
  friend class end_of_server;
  stream_events* events_ = nullptr;
  std::string heard_;
  std::string waiting_;
  bool blocked_ = false;
  bool short_write_ = false;
  bool paused_ = false;
  bool finished_ = false;
  bool gone_ = false;
};

// Endpoints by path; "/x/*" takes every path below.
class fake_directory final : public admin_directory {
 public:
  void add(const std::string& path, admin_kind kind, admin_handler handler);
  void add_feed(const std::string& path, feed_handler handler);

  [[nodiscard]] std::vector<admin_endpoint> endpoints() const override;
  [[nodiscard]] std::optional<admin_endpoint> find(std::string_view path) const override;
  status call(const admin_request& request, admin_reply reply) override;
  status open_feed(const admin_request& request, std::unique_ptr<admin_feed> feed) override;

 private:
  struct offer {
    admin_endpoint endpoint;
    admin_handler handler;
    feed_handler feed;
  };
  [[nodiscard]] const offer* offer_at(std::string_view path) const;
  std::map<std::string, offer, std::less<>> offers_;
};

}  // namespace mw::http
