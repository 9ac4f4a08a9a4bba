// driver: what the programs of all peers share: command line, histogram, counts, and the JSON line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::bench {

// What the two processes do with each other.
enum class work : std::uint8_t {
  echo,       // requests that come back, `in_flight` of them at any time
  oneway,     // messages to one receiver as fast as it takes them
  fanout,     // each message to all `receivers`
  idle,       // `connections` that exchanged one message and then rest: what does one cost?
  critical,   // an echo at the highest priority while bulk fills the same connection
  handshake,  // connections that end as soon as both sides have proved who they are
  stalled,    // messages to `receivers`, one of whom has been stopped: what do the others lose?
};

struct settings {
  bool is_server = false;
  std::vector<std::uint16_t> ports;  // of the server: the client's one way to find it
  work what = work::echo;
  std::size_t size = 64;
  std::size_t in_flight = 1;
  std::size_t receivers = 8;
  std::size_t connections = 1000;
  double seconds = 1;
  double warmup = 0.2;
  bool spin = false;               // poll instead of sleeping, at both ends
  std::string variant;             // of peers that offer several ways
  std::string counts;              // a file that both processes map
  std::vector<pid_t> server_pids;  // whose CPU counts as the server's
};

// The command line as `server|client --port P[,P...] --work W ...`; what is wrong goes to `error`.
std::optional<settings> parse_settings(int argc, const char* const* argv, std::string& error);
std::string_view to_string(work what);

// Nanoseconds of the monotonic clock.
std::int64_t now_ns();

// Values by their logarithm: 128 steps for each power of two, so a quantile is right within 1 %.
class histogram {
 public:
  void record(std::uint64_t value);
  [[nodiscard]] std::uint64_t quantile(double share) const;
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  static constexpr unsigned step_bits = 7;
  std::array<std::uint64_t, std::size_t{64 - step_bits + 1} << step_bits> buckets_{};
  std::uint64_t count_ = 0;
};

// What the server has received, where the client can see it without a message of its own. A
// delivery counts when the server's handler has seen the message; nothing else is comparable
// between peers that queue at different places. One slot for each receiver keeps lines apart.
class counts_page {
 public:
  static constexpr std::size_t slots_max = 16;

  // Maps `path`, which is created when missing; an empty path means a page of this process only.
  explicit counts_page(const std::string& path);
  counts_page(const counts_page&) = delete;
  counts_page& operator=(const counts_page&) = delete;
  ~counts_page();

  // By the one thread that owns the slot.
  void add(std::uint64_t messages, std::uint64_t bytes, std::size_t slot = 0);
  // By any thread.
  void add_shared(std::uint64_t messages, std::uint64_t bytes);

  [[nodiscard]] std::uint64_t messages() const;
  [[nodiscard]] std::uint64_t bytes() const;

 private:
  struct alignas(64) slot_counts {
    std::atomic<std::uint64_t> messages;
    std::atomic<std::uint64_t> bytes;
  };
  slot_counts* slots_ = nullptr;
};

// CPU time used so far: by this process, and by those of the server.
struct cpu_times {
  std::int64_t client = 0;
  std::int64_t server = 0;
};
cpu_times cpu_now(const settings& with);

// What a client found out; printed as one line of JSON.
struct outcome {
  std::uint64_t messages = 0;  // that arrived within the measured time
  std::uint64_t sent = 0;      // in the whole run
  std::uint64_t lost = 0;      // of those
  double seconds = 0;
  std::uint64_t bytes = 0;
  histogram rtt;
  cpu_times cpu;
  double extra = 0;  // bytes for each connection, of `idle`; the share left to others, of `stalled`
};
std::string to_json(const outcome& found);

// Follows an echo run through warm-up, measured time and end. Use from one thread at a time.
class echo_meter {
 public:
  echo_meter(const settings& with, const counts_page& counts);

  // Whether further requests are wanted.
  [[nodiscard]] bool open() const { return phase_ != phase::over; }
  // Whether every request has its answer.
  [[nodiscard]] bool settled() const { return received_ == sent_; }
  [[nodiscard]] std::uint64_t in_flight() const { return sent_ - received_; }

  // Notes one request; what comes back belongs into its first eight bytes. Zero: it is not timed,
  // because reading the clock for each of many small messages would cost more than they do.
  std::uint64_t next_stamp() {
    if ((++sent_ & stamp_mask_) != 0) return 0;
    const std::int64_t now = now_ns();
    advance(now);
    return static_cast<std::uint64_t>(now);
  }
  // Notes the answer to a request that carried `stamp`.
  void answered(std::uint64_t stamp) {
    ++received_;
    if (stamp != 0) timed(stamp);
  }

  // After the last answer: compares with what the server saw.
  outcome finish();

 private:
  enum class phase : std::uint8_t { warming, measuring, over };
  void advance(std::int64_t now);
  void timed(std::uint64_t stamp);

  const settings& with_;
  const counts_page& counts_;
  std::uint64_t stamp_mask_;
  phase phase_ = phase::warming;
  std::int64_t begin_at_;
  std::int64_t end_at_ = 0;
  std::int64_t began_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t received_before_ = 0;
  outcome found_;
};

// How a client sends one way. `send_some` hands some messages over and says how many; `pump` is
// called while the rest is on its way, for clients that need to be driven. No more than `lead`
// messages for each receiver are under way, for peers that drop what is too much.
struct oneway_sender {
  std::function<std::uint64_t()> send_some;
  std::function<void()> pump = [] {};
  // After the last of a run: pushes out what was gathered, and says how many messages that took.
  std::function<std::uint64_t()> settle = [] { return std::uint64_t{0}; };
  std::uint64_t lead = ~std::uint64_t{0};
};
outcome run_oneway(const settings& with, const counts_page& counts, std::size_t receivers,
                   const oneway_sender& sender);

// Tells the runner where the server listens: one line on stdout.
void announce(const std::vector<std::uint16_t>& ports, const std::vector<pid_t>& helpers = {});

// A body of `size` bytes that is not all zeros, with `stamp` in front.
std::vector<char> make_body(std::size_t size);
void put_stamp(char* body, std::uint64_t stamp);
std::uint64_t stamp_of(const void* body);

// One end of a peer. `serve` returns never: the runner ends it.
struct peer_program {
  std::function<void(const settings&, counts_page&)> serve;
  std::function<outcome(const settings&, counts_page&)> measure;
};
// The whole main(): 0 and a line of JSON, 1 when messages were lost, 2 for a wrong command line,
// 3 when the peer failed, 4 when it cannot do this work.
int run_peer(int argc, const char* const* argv, const peer_program& peer);

// Thrown by a peer that does not offer a kind of work.
struct not_offered {};
// Ends the program with what failed.
[[noreturn]] void give_up(const std::string& what);

}  // namespace mw::bench
