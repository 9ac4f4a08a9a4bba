// exchange: one question to the name servers: which is asked when, and which answer is believed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/dns/message.h"

#include <mw/random.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mw::dns {

struct asking {
  std::size_t servers = 1;
  std::uint32_t rounds = 3;   // each server is asked so often
  duration patience = 700ms;  // for each answer; doubled in every round
};

// Why answers were not believed, or servers passed over; for counters.
struct mishaps {
  std::uint32_t forged = 0;     // wrong id, question or letters: not an answer to us
  std::uint32_t broken = 0;     // cannot be read
  std::uint32_t unwilling = 0;  // the server failed, or refused
  std::uint32_t silent = 0;     // no answer in time
};

// A step function. Each packet has a new id and letters of random case, so that who does not see
// the question cannot answer it. An answer is an outcome `fine` or `no_such_name`; everything else
// makes the next server be asked. Truncated answers, and those of servers that do not repeat the
// letters, are asked for again over a stream, which cannot be forged from afar.
class exchange {
 public:
  exchange(question about, const asking& how, random_stream& dice);

  enum class act : std::uint8_t {
    none,
    send,    // packet() to server() as a datagram, from a fresh port
    stream,  // packet() to server() over a stream
    done,    // see outcome()
  };
  [[nodiscard]] act begin(time_point now);
  // `server`: who it came from, by its address. What is not an answer changes nothing.
  [[nodiscard]] act received(std::size_t server, bytes_view packet, time_point now);
  [[nodiscard]] act streamed(bytes_view packet, time_point now);
  // The stream could not be had, or broke.
  [[nodiscard]] act stream_failed(time_point now);
  [[nodiscard]] act tick(time_point now);

  [[nodiscard]] std::size_t server() const { return server_; }
  [[nodiscard]] const std::string& packet() const { return packet_; }
  [[nodiscard]] time_point deadline() const { return deadline_; }
  [[nodiscard]] const result<message>& outcome() const { return outcome_; }
  [[nodiscard]] const mishaps& seen() const { return seen_; }

 private:
  [[nodiscard]] act ask(time_point now, bool over_stream);
  [[nodiscard]] act next_server(time_point now);
  [[nodiscard]] act judge(message answer, time_point now);
  [[nodiscard]] bool ours(const message& answer) const;
  [[nodiscard]] bool letters_kept(const message& answer) const;

  question about_;
  asking how_;
  random_stream& dice_;
  std::size_t server_ = 0;
  std::uint32_t round_ = 0;
  bool streaming_ = false;
  bool plain_ = false;  // without EDNS: the server does not know it
  std::uint16_t id_ = 0;
  name spelled_;
  std::string packet_;
  time_point deadline_{};
  result<message> outcome_ = failure(errc::timed_out, "not asked yet");
  std::string last_trouble_;
  mishaps seen_;
};

}  // namespace mw::dns
