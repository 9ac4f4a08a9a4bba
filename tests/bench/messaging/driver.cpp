// driver: the command line, the clock, the shared counts and the JSON line.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bit>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace mw::bench {
namespace {

constexpr std::array work_names{
    std::pair{work::echo, "echo"},         std::pair{work::oneway, "oneway"},
    std::pair{work::fanout, "fanout"},     std::pair{work::idle, "idle"},
    std::pair{work::critical, "critical"}, std::pair{work::handshake, "handshake"},
    std::pair{work::stalled, "stalled"}};

bool parse_work(std::string_view text, work& out) {
  for (const auto& [what, name] : work_names)
    if (text == name) {
      out = what;
      return true;
    }
  return false;
}

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end;
}

template <class Number>
bool parse_list(std::string_view text, std::vector<Number>& out) {
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    Number one{};
    if (!parse_number(text.substr(0, comma), one)) return false;
    out.push_back(one);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return !out.empty();
}

bool parse_option(std::string_view name, std::string_view value, settings& out) {
  if (name == "--port") return parse_list(value, out.ports);
  if (name == "--server-pid") return parse_list(value, out.server_pids);
  if (name == "--work") return parse_work(value, out.what);
  if (name == "--size") return parse_number(value, out.size) && out.size >= sizeof(std::uint64_t);
  if (name == "--in-flight") return parse_number(value, out.in_flight) && out.in_flight > 0;
  if (name == "--receivers")
    return parse_number(value, out.receivers) && out.receivers > 0 &&
           out.receivers <= counts_page::slots_max;
  if (name == "--connections") return parse_number(value, out.connections) && out.connections > 0;
  if (name == "--seconds") return parse_number(value, out.seconds) && out.seconds > 0;
  if (name == "--warmup") return parse_number(value, out.warmup) && out.warmup >= 0;
  if (name == "--variant") return !(out.variant = value).empty();
  if (name == "--counts") return !(out.counts = value).empty();
  return false;
}

std::int64_t read_clock(clockid_t clock) {
  timespec at{};
  if (clock_gettime(clock, &at) != 0) return 0;
  return at.tv_sec * std::int64_t{1'000'000'000} + at.tv_nsec;
}

}  // namespace

std::string_view to_string(work what) {
  return work_names[static_cast<std::size_t>(what)].second;
}

std::optional<settings> parse_settings(int argc, const char* const* argv, std::string& error) {
  settings out;
  const std::string_view role = argc > 1 ? argv[1] : "";
  if (role != "server" && role != "client") {
    error = "the first argument is `server` or `client`, not `" + std::string(role) + "`";
    return std::nullopt;
  }
  out.is_server = role == "server";
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--spin") {
      out.spin = true;
      continue;
    }
    if (i + 1 == argc || !parse_option(name, argv[i + 1], out)) {
      error = "wrong or unknown option: " + std::string(name) +
              (i + 1 < argc ? " " + std::string(argv[i + 1]) : "");
      return std::nullopt;
    }
    ++i;
  }
  if (!out.is_server && out.ports.empty()) {
    error = "a client needs --port, as the server announced it";
    return std::nullopt;
  }
  return out;
}

std::int64_t now_ns() {
  return read_clock(CLOCK_MONOTONIC);
}

void histogram::record(std::uint64_t value) {
  // Small values have a bucket each; above, the bits behind the leading one choose the step.
  const auto width = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = width > step_bits + 1 ? width - step_bits - 1 : 0;
  ++buckets_[(std::size_t{shift} << step_bits) + (value >> shift)];
  ++count_;
}

std::uint64_t histogram::quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen <= wanted && seen != count_) continue;
    if (seen == 0) return 0;
    const std::size_t step = i >> step_bits;
    const std::size_t shift = step == 0 ? 0 : step - 1;
    return (i - (shift << step_bits)) << shift;
  }
  return 0;
}

counts_page::counts_page(const std::string& path) {
  const std::size_t length = sizeof(slot_counts) * slots_max;
  int file = -1;
  if (!path.empty()) {
    file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, static_cast<off_t>(length)) != 0)
      give_up("cannot map the counts in " + path);
  }
  const int flags = file < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
  void* const page = mmap(nullptr, length, PROT_READ | PROT_WRITE, flags, file, 0);
  if (file >= 0) close(file);
  if (page == MAP_FAILED) give_up("cannot map the counts in " + path);
  slots_ = static_cast<slot_counts*>(page);  // zeros from the system are valid atomics
}

counts_page::~counts_page() {
  munmap(slots_, sizeof(slot_counts) * slots_max);
}

void counts_page::add(std::uint64_t messages, std::uint64_t bytes, std::size_t slot) {
  slot_counts& own = slots_[slot];
  own.bytes.store(own.bytes.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  own.messages.store(own.messages.load(std::memory_order_relaxed) + messages,
                     std::memory_order_release);
}

void counts_page::add_shared(std::uint64_t messages, std::uint64_t bytes) {
  slots_[0].bytes.fetch_add(bytes, std::memory_order_relaxed);
  slots_[0].messages.fetch_add(messages, std::memory_order_release);
}

std::uint64_t counts_page::messages() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < slots_max; ++i)
    sum += slots_[i].messages.load(std::memory_order_acquire);
  return sum;
}

std::uint64_t counts_page::bytes() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < slots_max; ++i)
    sum += slots_[i].bytes.load(std::memory_order_acquire);
  return sum;
}

cpu_times cpu_now(const settings& with) {
  cpu_times now{read_clock(CLOCK_PROCESS_CPUTIME_ID), 0};
  for (const pid_t pid : with.server_pids) {
    clockid_t clock{};
    if (clock_getcpuclockid(pid, &clock) == 0) now.server += read_clock(clock);
  }
  return now;
}

std::string to_json(const outcome& found) {
  char text[512];
  std::snprintf(
      text, sizeof text,
      R"({"messages":%llu,"sent":%llu,"lost":%llu,"seconds":%.6f,"bytes":%llu,"rtt_p50_ns":%llu,)"
      R"("rtt_p99_ns":%llu,"rtt_p999_ns":%llu,"cpu_ns_client":%lld,"cpu_ns_server":%lld,)"
      R"("extra":%.3f})",
      static_cast<unsigned long long>(found.messages), static_cast<unsigned long long>(found.sent),
      static_cast<unsigned long long>(found.lost), found.seconds,
      static_cast<unsigned long long>(found.bytes),
      static_cast<unsigned long long>(found.rtt.quantile(0.5)),
      static_cast<unsigned long long>(found.rtt.quantile(0.99)),
      static_cast<unsigned long long>(found.rtt.quantile(0.999)),
      static_cast<long long>(found.cpu.client), static_cast<long long>(found.cpu.server),
      found.extra);
  return text;
}

void announce(const std::vector<std::uint16_t>& ports, const std::vector<pid_t>& helpers) {
  std::string line = "ports=";
  for (const std::uint16_t port : ports)
    line += (line.back() == '=' ? "" : ",") + std::to_string(port);
  line += " pids=" + std::to_string(getpid());
  for (const pid_t pid : helpers) line += "," + std::to_string(pid);
  std::puts(line.c_str());
  std::fflush(stdout);
}

std::vector<char> make_body(std::size_t size) {
  std::vector<char> body(size);
  for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 26);
  put_stamp(body.data(), 0);
  return body;
}

void put_stamp(char* body, std::uint64_t stamp) {
  std::memcpy(body, &stamp, sizeof stamp);
}

std::uint64_t stamp_of(const void* body) {
  std::uint64_t stamp = 0;
  std::memcpy(&stamp, body, sizeof stamp);
  return stamp;
}

int run_peer(int argc, const char* const* argv, const peer_program& peer) {
  std::string error;
  const auto with = parse_settings(argc, argv, error);
  if (!with) {
    std::fprintf(stderr,
                 "%s: %s\nusage: server|client [--port P[,P]] [--work echo|oneway|fanout|idle|"
                 "critical|handshake] [--size N] [--in-flight K] [--receivers N] [--connections N] "
                 "[--seconds S] [--warmup W] [--spin] [--variant V] [--counts FILE] "
                 "[--server-pid P[,P]]\n",
                 argv[0], error.c_str());
    return 2;
  }
  try {
    counts_page counts(with->counts);
    if (with->is_server) {
      peer.serve(*with, counts);
      return 0;
    }
    const outcome found = peer.measure(*with, counts);
    std::puts(to_json(found).c_str());
    if (found.lost == 0) return 0;
    std::fprintf(stderr, "%s: %llu of %llu messages did not arrive\n", argv[0],
                 static_cast<unsigned long long>(found.lost),
                 static_cast<unsigned long long>(found.sent));
    return 1;
  } catch (const not_offered&) {
    return 4;
  } catch (const std::exception& failed) {
    give_up(failed.what());
  }
}

void give_up(const std::string& what) {
  std::fprintf(stderr, "%s (%s)\n", what.c_str(), std::strerror(errno));
  // Peers keep threads of their own, which must not stand in the way of the end.
  std::fflush(nullptr);
  _exit(3);
}

}  // namespace mw::bench
