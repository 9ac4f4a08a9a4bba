// admission: who may connect, how often, and how much each may take: asked before anything is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/function.h>
#include <mw/types.h>

#include <array>
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

enum class frame_verdict : std::uint8_t {
  pass,
  drop,   // ignore it, where its kind allows that; otherwise close
  close,  // end the connection with `overloaded`
};

// The account of one connection: a leaf of the tree system -> listener -> peer -> connection.
// Reserve before allocating; what is reserved here is reserved in all accounts above. Goes with the
// link; destroying it gives everything back. All calls are cheap: no log, and but for
// authenticated() and on_eviction() no allocation. Outlives neither its provider nor its lane.
class admission_scope {
 public:
  // Kinds of frames are told apart up to here; all others count as the last.
  static constexpr std::size_t frame_kinds = 16;

  virtual ~admission_scope() = default;

  // False: some account is full, which is counted; the caller takes nothing and says `overloaded`.
  [[nodiscard]] virtual bool reserve(std::size_t bytes) noexcept = 0;
  // Releasing more than is reserved here releases what is.
  virtual void release(std::size_t bytes) noexcept = 0;
  [[nodiscard]] virtual bool open_stream() noexcept = 0;
  virtual void close_stream() noexcept = 0;

  // The other end has said who it is: the connection counts to that peer from now on, no longer to
  // those of its address that have said nothing, and its deadline is off. `proven`: the transport
  // vouches for it; otherwise the account is that of the name at this address, so that nobody can
  // use up somebody else's share. Called once; `overloaded`: the peer has its share already.
  [[nodiscard]] virtual status authenticated(std::string_view identity, bool proven) = 0;

  // One frame of this kind has arrived. Costs a decrement as long as the allowance lasts.
  [[nodiscard]] frame_verdict frame(std::size_t kind) noexcept {
    std::uint16_t& left = allowance_[kind < frame_kinds ? kind : frame_kinds - 1];
    if (left == 0) [[unlikely]]
      return frame_beyond(kind < frame_kinds ? kind : frame_kinds - 1);
    --left;
    return frame_verdict::pass;
  }

  virtual void offended(offence what) noexcept = 0;

  // Set by the transport that asked: the connection has to be closed at once and without a word,
  // because it is pre-authenticated for too long, the oldest of too many, or banned. Called once at
  // most, in a turn of its own, never inside a call on this. Layers above see on_closed().
  virtual void on_eviction(function<void(const failure&)> evict) = 0;

 protected:
  // The allowance of the kind is used up: decides about this frame, and grants further ones.
  [[nodiscard]] virtual frame_verdict frame_beyond(std::size_t kind) noexcept = 0;

  std::array<std::uint16_t, frame_kinds> allowance_{};  // frames that may pass unasked
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
