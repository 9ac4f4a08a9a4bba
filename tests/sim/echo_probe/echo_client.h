// echo_client: sends numbered records to one peer and checks everything that it hears.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_reader.h"
#include "probe_options.h"
#include "record_text.h"

#include <cstdint>
#include <string>

namespace echo_probe {

class echo_client final : mw::stream_events {
 public:
  echo_client(probe_context& context, mw::endpoint peer, mw::counter acknowledged);
  void start();

 private:
  void on_data(mw::bytes_view bytes) override;
  void on_writable() override {}
  void on_end() override;
  void on_closed(const mw::failure& why) override;

  void dial();
  void connected(mw::stream_ptr stream);
  void hang_up();
  void tick();
  // False: this connection has ended.
  bool handle(std::string_view line);
  void greeted(std::uint64_t last);
  void say(std::string_view word, std::uint64_t number);

  probe_context& context_;
  const mw::endpoint peer_;
  const mw::counter acknowledged_;
  std::uint64_t highest_ok_ = 0;   // the peer said that it is durable
  std::uint64_t expected_ok_ = 0;  // of this connection; zero before the greeting
  std::uint64_t next_put_ = 0;
  mw::time_point heard_at_;
  line_reader lines_;
  mw::timer redial_;
  mw::timer tick_;
  mw::dial_ptr dial_;
  mw::stream_ptr stream_;
};

}  // namespace echo_probe
