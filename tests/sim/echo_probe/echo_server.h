// echo_server: keeps the records of clients and says so; sends packets back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_reader.h"
#include "record_file.h"

#include <cstdint>
#include <map>
#include <memory>

namespace echo_probe {

class echo_server;

// One client. It says "hello <name>" with any number, then "put <n>" again and again; it hears
// "last <n>" once, then "ok <n>" for each record, in order, when it is durable.
class session final : mw::stream_events {
 public:
  session(echo_server& server, std::uint64_t id, mw::stream_ptr stream);
  void kept(std::uint64_t number);

 private:
  void on_data(mw::bytes_view bytes) override;
  void on_writable() override {}
  void on_end() override;
  void on_closed(const mw::failure& why) override;
  // False: the session is gone.
  bool handle(std::string_view line);
  void say(std::string_view word, std::uint64_t number);

  echo_server& server_;
  const std::uint64_t id_;
  std::string client_;
  line_reader lines_;
  mw::stream_ptr stream_;
};

class echo_server {
 public:
  explicit echo_server(probe_context& context) : context_(context), records_(context) {}

  // `ready` whenever the records are at hand again.
  void start(mw::function<void()> ready);

  [[nodiscard]] probe_context& context() { return context_; }
  [[nodiscard]] record_file& records() { return records_; }
  void keep(std::uint64_t session, std::string_view client, std::uint64_t number);
  void end(std::uint64_t session) { sessions_.erase(session); }

 private:
  void recover();
  void recovered(const mw::status& outcome);
  void accept(mw::stream_ptr stream);
  void kept(std::uint64_t session, std::uint64_t number, const mw::status& outcome);

  probe_context& context_;
  record_file records_;
  mw::function<void()> ready_;
  std::uint64_t life_ = 0;  // raised by each recovery: outcomes of earlier writes do not count
  std::uint64_t last_session_ = 0;
  std::map<std::uint64_t, std::unique_ptr<session>> sessions_;
  mw::timer retry_;
  mw::listener_ptr listener_;
};

}  // namespace echo_probe
