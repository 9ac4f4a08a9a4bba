// grpc_exchange: one Health/Check call over HTTP/2, from the preface to its status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange.h"
#include "hpack.h"

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mw::checks {

struct grpc_question {
  std::string service;  // empty: the server as a whole
  std::string authority;
  bool secure = false;  // the scheme says so
  duration timeout = 3s;
};

class grpc_exchange final : public exchange {
 public:
  static constexpr std::size_t frame_max = 16 * 1024;   // bytes of a frame's payload
  static constexpr std::size_t block_max = 32 * 1024;   // bytes of a header block in its frames
  static constexpr std::size_t body_max = 4 * 1024;     // of an answer that has a few bytes
  static constexpr std::size_t frame_count_max = 1000;  // of a whole exchange

  explicit grpc_exchange(const grpc_question& what);
  bool feed(std::string_view bytes) override;
  void end() override;

 private:
  struct frame {
    std::uint8_t type = 0;
    std::uint8_t flags = 0;
    std::uint32_t stream = 0;
    std::string_view payload;
  };

  bool take(const frame& f);
  bool take_headers(const frame& f);
  bool take_continuation(const frame& f);
  bool take_data(const frame& f);
  bool take_settings(const frame& f);
  bool take_ping(const frame& f);
  bool block_ends();
  bool stream_ends();
  bool judge_body();
  bool refuse(std::string why, bool bounded = false);
  void answer(std::uint8_t type, std::uint8_t flags, std::string_view payload);

  const grpc_question what_;
  hpack_decoder hpack_;
  std::string in_;     // of a frame that is not complete
  std::string block_;  // of a header block that is not complete
  bool block_open_ = false;
  bool ends_with_block_ = false;
  bool settled_ = false;  // its SETTINGS have come, which is always first
  std::size_t frames_ = 0;
  int http_status_ = 0;
  int grpc_status_ = -1;  // none yet
  std::string grpc_message_;
  std::string body_;
};

}  // namespace mw::checks
