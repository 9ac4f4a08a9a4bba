// envelope: native packets: sealed per sender and life, never twice, from where they say they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "native/replay_window.h"
#include "wire/envelope.h"
#include "wire/keyring.h"

#include <mw/function.h>

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim::native {

struct facts {
  std::string name;
  std::string cluster;
  const keyring* keys = nullptr;  // never null; empty: no encryption
  std::uint64_t salt = 0;         // of this life: fresh random bits
  time_point born{};              // send times count from here
};

// Everything of one sender's life. What comes first is held until the sender has repeated a number
// of ours: then it is there now, at that address, and nothing is a recording.
class envelope final : public packet_envelope {
 public:
  static constexpr std::size_t senders_max = 16'384;
  static constexpr std::size_t held_max = 1'024;  // packets that wait for proofs
  static constexpr duration age_max = 30s;
  static constexpr std::size_t header_size = 37;

  // `fresh`: numbers that nobody can guess.
  envelope(facts f, function<std::uint64_t()> fresh)
      : facts_(std::move(f)), fresh_(std::move(fresh)) {}
  [[nodiscard]] std::string close(const packet& p, time_point now) override;
  [[nodiscard]] opened_packet open(std::string_view bytes, const endpoint& from,
                                   time_point now) override;
  [[nodiscard]] std::size_t senders() const { return senders_.size(); }
  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  struct sender_key {
    std::uint64_t name = 0;
    std::uint64_t salt = 0;
    auto operator<=>(const sender_key&) const = default;
  };
  struct sender {
    replay_window window;
    bool proved = false;
    endpoint at;              // where it was when it proved it
    std::uint64_t token = 0;  // that it has to repeat
    duration base{};          // the least difference of clocks seen
    time_point base_at{};
    std::vector<heard_message> held;
    std::uint32_t key_id = 0;  // the key below
    std::string key;           // derived for this sender
    std::list<sender_key>::iterator recent;
  };
  struct header {
    std::uint32_t label = 0, key_id = 0, sent_ms = 0;
    sender_key from;
    std::uint64_t number = 0;
  };
  struct controls {
    std::uint64_t challenge = 0, proof = 0;  // zero: none
  };

  [[nodiscard]] std::string seal(std::string_view body, time_point now);
  [[nodiscard]] drop unseal(std::string_view bytes, const header& h, std::string& body);
  [[nodiscard]] std::string key_for(const std::string& master, const sender_key& who) const;
  [[nodiscard]] std::uint32_t label() const;
  sender* find_or_add(const sender_key& who, time_point now);
  void make_room();
  [[nodiscard]] bool is_stale(sender& s, const header& h, time_point now) const;
  [[nodiscard]] static bool take_parts(std::string_view body, const endpoint& from,
                                       std::vector<heard_message>& messages, controls& c);
  void settle(sender& s, const controls& c, const endpoint& from, std::size_t size,
              std::vector<heard_message> messages, opened_packet& out, time_point now);

  facts facts_;
  function<std::uint64_t()> fresh_;
  std::map<sender_key, sender> senders_;
  std::list<sender_key> recent_;  // the longest silent one first
  std::size_t held_ = 0;
  std::uint64_t next_number_ = 1;
  std::uint32_t own_key_id_ = 0;
  std::string own_key_;
};

}  // namespace mw::swim::native
