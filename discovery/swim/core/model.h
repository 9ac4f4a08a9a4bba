// model: what members say about each other: probes, claims and users' bytes, without any wire form.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mw::swim {

// The numbers are those of memberlist's push/pull.
enum class liveness : std::uint8_t { alive = 0, suspect = 1, dead = 2, left = 3 };
[[nodiscard]] std::string_view to_string(liveness state) noexcept;

// Protocol versions as memberlist sends them: min, max and current, of itself and of its user.
using version_set = std::array<std::uint8_t, 6>;
inline constexpr version_set our_versions{1, 5, 2, 2, 5, 5};

// A place in a space where distance is round-trip time, in seconds (Vivaldi).
struct coordinate {
  std::array<double, 8> at{};
  double error = 1.5;
  double adjustment = 0;
  double height = 1.0e-5;
};

// What makes a claim believed where claims are signed: which card holds the key, and its signature
// over the claim. A card is a member's key with the certificates that say whose it is.
using card_id = std::array<std::uint8_t, 16>;
struct proof {
  card_id card{};
  std::array<std::uint8_t, 64> signature{};
  bool operator==(const proof&) const = default;
};

struct ping {
  std::uint32_t number = 0;
  std::string node;   // who is meant; another one does not answer
  endpoint reply_to;  // empty: where it came from
  std::string from;
};

struct ping_request {
  std::uint32_t number = 0;
  endpoint target;
  std::string node;
  bool wants_nack = false;
  endpoint reply_to;
  std::string from;
};

struct ack {
  std::uint32_t number = 0;
  std::optional<coordinate> where;
  std::optional<std::uint64_t> digest;  // of the members its sender knows
};

struct nack {
  std::uint32_t number = 0;
};

struct suspect_claim {
  std::uint32_t incarnation = 0;
  std::string node;
  std::string from;
};

struct alive_claim {
  std::uint32_t incarnation = 0;
  std::string node;
  endpoint at;
  std::string meta;
  version_set versions = our_versions;
  std::optional<proof> signed_by{};
};

struct dead_claim {
  std::uint32_t incarnation = 0;
  std::string node;
  std::string from;                  // the node itself: it has left
  std::optional<proof> signed_by{};  // of one that has left
};

struct user_bytes {
  std::string bytes;
};

using message =
    std::variant<ping, ping_request, ack, nack, suspect_claim, alive_claim, dead_claim, user_bytes>;

// One member as nodes tell each other when they compare all they know. The proof of a member that
// has left is that of its leaving.
struct member_state {
  alive_claim claim;
  liveness state = liveness::alive;
};

// Turns messages into bytes: one implementation for each wire mode. Pure.
class message_codec {
 public:
  [[nodiscard]] virtual std::string encode(const message& m) const = 0;
  // Bytes that the parts of one packet may have together.
  [[nodiscard]] virtual std::size_t packet_room() const = 0;
  // Bytes that a packet needs for each part beside the part itself.
  [[nodiscard]] virtual std::size_t part_overhead() const = 0;

 protected:
  ~message_codec() = default;
};

}  // namespace mw::swim
