// streams: reliable byte streams between endpoints; partial reads and writes, half-close, reset.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/buffer.h>
#include <mw/function.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace mw {

// What a stream tells its owner; called in turns of the owner's lane, never inside a call on the
// stream.
class stream_events {
 public:
  // Some bytes, valid during the call. Any cut is possible: frames are not the unit.
  virtual void on_data(bytes_view bytes) = 0;
  // After a write took less than offered: there is room again.
  virtual void on_writable() = 0;
  // The peer will send no more; writing is still possible.
  virtual void on_end() = 0;
  // The last call, exactly once, unless the stream was destroyed first. `disconnected` after both
  // ends finished or after a reset, `timed_out` when the peer stopped acknowledging.
  virtual void on_closed(const failure& why) = 0;
  // Asked before each read: where its bytes shall go, so that large frames need no copy. on_data()
  // is then called with the filled beginning of exactly this place. What was read beyond it follows
  // in a second on_data() at once, even if the first one paused reading. Empty: a buffer of the
  // platform. Must not call the stream.
  virtual std::span<std::byte> read_into() { return {}; }

 protected:
  ~stream_events() = default;
};

// Destroying a stream resets it at once and silently; bytes not yet sent are lost. Use finish()
// first and wait for on_closed() where they matter. May be destroyed inside its own callbacks.
class stream {
 public:
  virtual ~stream() = default;
  // Sets who is told; until then nothing is read. `events` must outlive the stream or the next set.
  virtual void start(stream_events& events) = 0;
  // Copies up to the send limit and returns how many bytes were taken. The writes of a
  // turn leave in one system call at its end; a platform may send large amounts before.
  virtual std::size_t write(bytes_view bytes) = 0;
  // The same without copying; all or nothing (false: the send limit is reached). A slice above the
  // limit is taken when nothing is unsent.
  virtual bool write(slice bytes) = 0;
  // For many small writes: where at least `count` bytes may be written to follow what was taken, or
  // nothing: then use write(). Say with commit() how many were, before any other call but unsent()
  // and before the turn ends. Streams that cannot lend their memory keep these as they are.
  [[nodiscard]] virtual std::span<std::byte> reserve(std::size_t /*count*/) { return {}; }
  virtual void commit(std::size_t /*count*/) {}
  // Bytes taken but not yet handed to the operating system.
  [[nodiscard]] virtual std::size_t unsent() const = 0;
  // Asks for one on_writable() once no more than `unsent_max` bytes are unsent, as if a write had
  // taken less. For owners with queues of their own, who keep short what nothing can overtake.
  virtual void tell_when_unsent(std::size_t unsent_max) = 0;
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
  // Sends what was taken, then ends the writing side. on_closed() follows when the peer ends too.
  virtual void finish() = 0;
  [[nodiscard]] virtual const endpoint& local() const = 0;
  [[nodiscard]] virtual const endpoint& remote() const = 0;
};
using stream_ptr = std::unique_ptr<stream>;

struct stream_options {
  byte_size send_limit{1024 * 1024};  // bytes taken but unsent; beyond, write() takes less
  bool no_delay = true;
  duration keep_alive = 30s;    // idle time before probes; zero: none
  duration user_timeout = 30s;  // unacknowledged data for so long closes the stream; zero: never
  // Of the file of a listening unix socket: who may connect. Narrower before it can be seen.
  std::uint32_t file_mode = 0600;
};

// A listening endpoint. Destroying it stops listening; accepted streams live on.
class listener {
 public:
  virtual ~listener() = default;
  [[nodiscard]] virtual const endpoint& local() const = 0;  // with the real port
  virtual void pause() = 0;  // leaves connections in the operating system's queue
  virtual void resume() = 0;
};
using listener_ptr = std::unique_ptr<listener>;

// A dial in progress. Destroying it cancels silently.
class dial_handle {
 public:
  virtual ~dial_handle() = default;
};
using dial_ptr = std::unique_ptr<dial_handle>;

// Implemented by the platforms. Endpoints are numeric addresses or unix paths; names are resolved
// above.
class stream_service {
 public:
  // Port in use, no permission: `denied`; bad address: `invalid`; the text names the endpoint.
  virtual result<listener_ptr> listen(const endpoint& at, const stream_options& options,
                                      function<void(stream_ptr)> accepted) = 0;
  // `done` is called once, in a later turn: a stream, or `disconnected` (refused), `timed_out`.
  [[nodiscard]] virtual dial_ptr dial(const endpoint& to, const stream_options& options,
                                      duration deadline,
                                      function<void(result<stream_ptr>)> done) = 0;

 protected:
  ~stream_service() = default;
};

}  // namespace mw
