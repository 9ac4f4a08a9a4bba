// types: small values of options, events and contracts: time, sizes, rates, endpoints, ranges.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mw {

using bytes_view = std::span<const std::byte>;  // borrowed bytes; valid as long as their owner says

inline bytes_view as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view as_text(bytes_view data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

using duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;  // so that 250ms reads in code as it does in YAML

// A point on the node's monotonic clock. Only differences mean anything; it never jumps.
struct time_point {
  duration since_start{};

  friend constexpr auto operator<=>(const time_point&, const time_point&) = default;
  friend constexpr time_point operator+(time_point t, duration d) { return {t.since_start + d}; }
  friend constexpr time_point operator-(time_point t, duration d) { return {t.since_start - d}; }
  friend constexpr duration operator-(time_point a, time_point b) {
    return a.since_start - b.since_start;
  }
};

// A point on the wall clock, for people and certificates. It may jump: never order events by it.
struct wall_time {
  duration since_epoch{};
  friend constexpr auto operator<=>(const wall_time&, const wall_time&) = default;
};

// A number of bytes, written `16MiB` in YAML (B, KiB, MiB, GiB, kB, MB, GB).
struct byte_size {
  std::uint64_t count = 0;
  friend constexpr auto operator<=>(const byte_size&, const byte_size&) = default;
};

// Events per second, written `100/s`, `30/min` or `5/h` in YAML.
struct rate {
  double per_second = 0;
  friend constexpr auto operator<=>(const rate&, const rate&) = default;
};

// Both ends included, written `1..4` in YAML; a single number `4` means `4..4`.
struct range {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend constexpr auto operator<=>(const range&, const range&) = default;
};

// Where bytes go: `127.0.0.1:7400`, `[::1]:7400`, `name.example:7400` or `unix:/run/mw.sock`.
// Port 0 means "any free port" when listening.
struct endpoint {
  std::string host;  // address or name; the path when `local` is set
  std::uint16_t port = 0;
  bool local = false;  // a UNIX domain socket

  [[nodiscard]] bool empty() const { return host.empty(); }
  friend auto operator<=>(const endpoint&, const endpoint&) = default;
};

// A path from the YAML. Relative paths are relative to the node's data directory.
struct file_path {
  std::string text;
  friend auto operator<=>(const file_path&, const file_path&) = default;
};

// A value that must never be printed. In YAML only by reference: `${VAR}` or `{ file: path }`.
class secret {
 public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

// Text forms, the same as in YAML. Parsing fails with `invalid` and a sentence that gives an
// example.
result<duration> parse_duration(std::string_view text);
result<byte_size> parse_byte_size(std::string_view text);
result<rate> parse_rate(std::string_view text);
result<range> parse_range(std::string_view text);
result<endpoint> parse_endpoint(std::string_view text);
std::string to_string(duration value);
std::string to_string(byte_size value);
std::string to_string(const rate& value);
std::string to_string(const range& value);
std::string to_string(const endpoint& value);
std::string to_string(wall_time value);  // RFC 3339 in UTC with milliseconds

}  // namespace mw
