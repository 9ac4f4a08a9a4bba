// policy: who may do what: the one question that every path to a resource asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

enum class access_verb : std::uint8_t {
  call,   // ask a service and get an answer
  send,   // tell a service without an answer
  join,   // become one of a group
  offer,  // serve a service to others
  read,   // look at an admin page
  act,    // change something by an admin page
};
constexpr std::array<std::string_view, 6> option_names(access_verb) {
  return {"call", "send", "join", "offer", "read", "act"};
}

// The subject of what a node asks of itself; rules call it `self`.
inline constexpr std::string_view self_subject = "(self)";

// Borrowed during the call. Resources are names of services and groups, and paths of admin pages.
struct access {
  // The identity that the transport or the admin server proved; empty: nobody's, `anonymous`.
  std::string_view subject;
  access_verb verb = access_verb::call;
  std::string_view resource;
};

struct decision {
  bool allowed = false;
  std::uint32_t rule = 0;     // which one decided, see explain(); zero: none did, the default holds
  std::uint64_t version = 0;  // of the policy that was asked
};

// Calls belong to the provider's lane; nothing blocks.
class policy {
 public:
  static constexpr std::string_view contract = "policy/1";

  // Asked for each message, never for each connection: a role that is taken away ends at once. A
  // deny always wins. Neither allocates nor logs. Names that are not canonical are denied.
  [[nodiscard]] virtual decision authorize(const access& what) noexcept = 0;

  // The same question for people: which rules speak of it, which one decided, where it is written.
  [[nodiscard]] virtual std::string explain(const access& what) const = 0;

  // Changes with each policy; users that keep decisions keep them no longer than this number.
  [[nodiscard]] virtual std::uint64_t version() const noexcept = 0;

 protected:
  ~policy() = default;
};

}  // namespace mw
