// admission: who may connect, how often, and how much each may take: asked before anything is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace mw {

// What a connection did wrong, for counters and cool-down.
enum class offence : std::uint8_t {
  handshake_failed,  // not one of us, or does not know how
  handshake_slow,
  bad_frame,   // broken framing, broken protocol
  flood,       // over a rate
  over_quota,  // asked for more than its share
  refused,     // authenticated, but not allowed
};

// The account of one connection: a leaf of the tree system -> listener -> peer -> connection.
// Reserve before allocating; what is reserved here is reserved in all accounts above. Goes with the
// link; destroying it gives everything back. All calls are cheap: no allocation, no log.
class admission_scope {
 public:
  virtual ~admission_scope() = default;

  // False: some account is full, which is counted; the caller takes nothing and says `overloaded`.
  [[nodiscard]] virtual bool reserve(std::size_t bytes) noexcept = 0;
  virtual void release(std::size_t bytes) noexcept = 0;
  [[nodiscard]] virtual bool open_stream() noexcept = 0;
  virtual void close_stream() noexcept = 0;

  // The handshake is done: the connection counts to the peer from now on, no longer to those of its
  // address that have not said who they are. False: the peer has too many.
  [[nodiscard]] virtual bool authenticated(std::string_view identity) = 0;

  // One frame of this kind has arrived. False: over the rate of its kind: close, or drop it.
  [[nodiscard]] virtual bool frame(std::uint8_t kind, std::size_t bytes) noexcept = 0;

  virtual void offended(offence what) noexcept = 0;
};

// Calls belong to the provider's lane; nothing blocks.
class admission {
 public:
  static constexpr std::string_view contract = "admission/1";

  // Called for each connection that arrives, before a byte of it is read or memory is taken for it;
  // `listener` is the stanza that listens. `denied`: an address list forbids it, or it cools down;
  // `overloaded`: a rate or a number is reached. Refused connections are closed without a word.
  [[nodiscard]] virtual result<std::unique_ptr<admission_scope>> arrive(
      const endpoint& from, std::string_view listener) = 0;

  // The same for a connection that this node dials; counted, and only address lists are asked.
  [[nodiscard]] virtual result<std::unique_ptr<admission_scope>> depart(
      const endpoint& to, std::string_view transport) = 0;

 protected:
  ~admission() = default;
};

}  // namespace mw
