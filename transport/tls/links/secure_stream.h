// secure_stream: the stream of a link whose handshake is done.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links/works.h"

#include <mw/streams.h>

#include <optional>

namespace mw::tls {

// Who the other end is, and when that has to be asked again.
struct peer_facts {
  peer_identity who;  // without authn only `uri` and `not_after` are set
  wall_time end;      // of the first certificate of its chain that ends
  wall_time began;    // of this link
  shown_chain shown;  // what it has proved that with; empty: nothing
};

// Gathers the writes of a turn into records of up to 16 KiB and decrypts straight from what was
// read to where it is wanted. Beside what its carrier holds it keeps at most one record and one
// slice unsent, and what came in one read while its owner has paused. An idle one owns no buffer.
class secure_stream final : public stream, private stream_events, private output {
 public:
  // `left`: bytes behind the handshake.
  secure_stream(works& shared, stream_ptr carrier, std::unique_ptr<engine> with, peer_facts peer,
                bytes_view left);
  ~secure_stream() override;

  void start(stream_events& events) override;
  std::size_t write(bytes_view bytes) override;
  bool write(slice bytes) override;
  // Lends the record in the making.
  [[nodiscard]] std::span<std::byte> reserve(std::size_t count) override;
  void commit(std::size_t count) override;
  [[nodiscard]] std::size_t unsent() const override;
  void tell_when_unsent(std::size_t unsent_max) override;
  void pause_reading() override;
  void resume_reading() override;
  void finish() override;
  [[nodiscard]] const endpoint& local() const override { return carrier_->local(); }
  [[nodiscard]] const endpoint& remote() const override { return carrier_->remote(); }

  // For works: at the end of a turn, in a turn of its own, and when it may have rested since.
  void flush();
  void woken();
  // False: it was busy since the last time.
  [[nodiscard]] bool cooled();

  // In turns of their own: the peer is not welcome any more.
  void expel(const verdict& why);
  [[nodiscard]] const peer_facts& peer() const { return peer_; }
  [[nodiscard]] engine& session() { return *engine_; }
  [[nodiscard]] bool open() const { return !closed_; }
  // Whether a new link should take over; see link_lease.
  [[nodiscard]] bool due() const noexcept { return due_; }
  void make_due() { due_ = true; }
  // The round of rotation in which this was looked at last.
  std::uint32_t looked_at = 0;

 private:
  void on_data(bytes_view bytes) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const failure& why) override;
  std::size_t take(bytes_view bytes) override;

  // Reading; secure_stream_in.cpp. False: this was destroyed.
  bool decrypt();
  enum class reading : std::uint8_t { destroyed, starved, again };
  reading decrypt_into(std::span<std::byte> place);
  bool carrier_gone();
  bool tell_end();
  bool tell_closed(const failure& why);
  bool fail();
  void keep_input();
  template <class Call>
  bool survives(Call call);

  // Writing.
  [[nodiscard]] bool may_write() const { return !finishing_ && !closed_; }
  std::size_t gather(bytes_view bytes);
  void seal_gathered();
  std::size_t seal(bytes_view record);
  void push_held();
  void push();
  void flush_later();
  void say_end();
  void refused(std::size_t resume_at);
  void failed_to_write();

  works& shared_;
  stream_events* events_ = nullptr;
  stream_ptr carrier_;
  std::unique_ptr<engine> engine_;
  peer_facts peer_;

  std::vector<std::byte> kept_;  // input that nobody wanted yet
  record_buffer gathered_;       // null when nothing waits
  slice held_;                   // its last held_left_ bytes wait
  std::size_t held_left_ = 0;
  std::size_t resume_at_ = 0;
  std::uint32_t gathered_size_ = 0;
  std::uint32_t place_ = 0;  // in works::links
  bool* gone_ = nullptr;     // set while a callback runs
  std::optional<failure> carrier_closed_;

  bool blocked_ = false;        // the carrier takes no more
  bool short_of_room_ = false;  // on_writable() is due once there is room
  bool lent_ = false;           // the owner writes to the record
  bool flushing_ = false;       // works will call flush()
  bool warm_ = false;           // works will call cooled()
  bool busy_ = false;           // since the last time
  bool waking_ = false;         // works will call woken()
  bool paused_ = false;
  bool finishing_ = false;  // by the owner
  bool finished_ = false;   // our end has been said
  bool carrier_ended_ = false;
  bool ended_ = false;  // the peer has said its end
  bool told_end_ = false;
  bool failed_ = false;  // outcome() of the engine says why
  bool closed_ = false;  // the owner knows
  bool due_ = false;
};

}  // namespace mw::tls
