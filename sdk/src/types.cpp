// types: the text forms of durations, sizes, rates, ranges and endpoints, the same as in YAML.
// SPDX-License-Identifier: Apache-2.0
#include <mw/types.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

namespace mw {
namespace {

struct unit_factor {
  std::string_view name;
  double factor;
};

constexpr std::array<unit_factor, 7> duration_units{{{"ns", 1},
                                                     {"us", 1e3},
                                                     {"ms", 1e6},
                                                     {"s", 1e9},
                                                     {"min", 60e9},
                                                     {"h", 3600e9},
                                                     {"d", 86400e9}}};
constexpr std::array<unit_factor, 7> size_units{{{"B", 1},
                                                 {"kB", 1e3},
                                                 {"MB", 1e6},
                                                 {"GB", 1e9},
                                                 {"KiB", 1024.0},
                                                 {"MiB", 1024.0 * 1024},
                                                 {"GiB", 1024.0 * 1024 * 1024}}};
constexpr std::array<unit_factor, 3> rate_units{
    {{"/s", 1}, {"/min", 1 / 60.0}, {"/h", 1 / 3600.0}}};

struct quantity {
  double number;
  std::string_view unit;
};

// Splits "12.5ms" into 12.5 and "ms". Nothing when it does not start with a plain decimal number.
std::optional<quantity> split(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  quantity out{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out.number, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  out.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return out;
}

template <std::size_t N>
std::optional<double> scale(std::string_view text, const std::array<unit_factor, N>& units) {
  const std::optional<quantity> parts = split(text);
  if (!parts) return std::nullopt;
  for (const unit_factor& unit : units)
    if (unit.name == parts->unit) return parts->number * unit.factor;
  if (parts->number == 0 && parts->unit.empty()) return 0.0;
  return std::nullopt;
}

failure bad(std::string_view what, std::string_view text, std::string_view example) {
  std::string message("expected ");
  message.append(what).append(", got '").append(text).append("'; for example ").append(example);
  return {errc::invalid, std::move(message)};
}

// "1.5": the fewest digits that read back as the same number, and never an exponent, which the
// parsers above do not take.
std::string short_number(double value) {
  std::array<char, 512> text;  // the largest double has 309 digits
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return std::string(text.data(), written.ptr);
}

template <class T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The unit that shows `value` with the fewest digits: 90s stays 90s, 120s becomes 2min.
template <std::size_t N>
std::string with_best_unit(double value, const std::array<unit_factor, N>& units,
                           std::size_t smallest) {
  std::size_t best = smallest;
  for (std::size_t i = 0; i < N; ++i) {
    const double scaled = value / units[i].factor;
    if (scaled >= 1 && scaled == std::floor(scaled) && units[i].factor > units[best].factor)
      best = i;
  }
  return short_number(value / units[best].factor) + std::string(units[best].name);
}

// Names and addresses; a colon only inside brackets, where `%` may name an interface: fe80::1%eth0.
bool is_host(std::string_view host, bool bracketed) {
  if (host.empty() || bracketed != (host.find(':') != std::string_view::npos)) return false;
  for (const char c : host) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    if (!plain && !(bracketed && (c == ':' || c == '%'))) return false;
  }
  return true;
}

}  // namespace

result<duration> parse_duration(std::string_view text) {
  const std::optional<double> ns = scale(text, duration_units);
  if (!ns) return bad("a duration (a number with ns, us, ms, s, min, h or d)", text, "250ms");
  if (*ns > 9.2e18) return bad("a duration below 292 years", text, "24h");
  return duration(static_cast<std::int64_t>(std::llround(*ns)));
}

result<byte_size> parse_byte_size(std::string_view text) {
  const std::optional<double> count = scale(text, size_units);
  if (!count) return bad("a size (a number with B, KiB, MiB, GiB, kB, MB or GB)", text, "16MiB");
  if (*count > 9.2e18) return bad("a size below 8 EiB", text, "16MiB");
  return byte_size{static_cast<std::uint64_t>(std::llround(*count))};
}

result<rate> parse_rate(std::string_view text) {
  const std::optional<double> per_second = scale(text, rate_units);
  if (!per_second) return bad("a rate (a number with /s, /min or /h)", text, "100/s");
  return rate{*per_second};
}

result<range> parse_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto low = parse_whole<std::uint64_t>(text.substr(0, dots));
  const auto high =
      dots == std::string_view::npos ? low : parse_whole<std::uint64_t>(text.substr(dots + 2));
  if (!low || !high) return bad("a range (two whole numbers)", text, "1..4");
  if (*low > *high) return bad("a range whose first number is not above its second", text, "1..4");
  return range{*low, *high};
}

result<endpoint> parse_endpoint(std::string_view text) {
  constexpr std::string_view example = "127.0.0.1:7400, [::1]:7400 or unix:/run/mw.sock";
  if (text.starts_with("unix:")) {
    const std::string_view path = text.substr(5);
    if (path.empty() || path.size() > 107)
      return bad("a socket path of 1 to 107 bytes", text, example);
    return endpoint{.host = std::string(path), .port = 0, .local = true};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return bad("an endpoint (host:port)", text, example);
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!is_host(host, bracketed))
    return bad("an endpoint: a name or IPv4 address, or an IPv6 address in brackets, and a port",
               text, example);
  const auto port = parse_whole<std::uint16_t>(text.substr(colon + 1));
  if (!port) return bad("an endpoint with a port from 0 to 65535", text, example);
  return endpoint{.host = std::string(host), .port = *port};
}

std::string to_string(duration value) {
  if (value.count() < 0) return "-" + to_string(-value);
  if (value.count() == 0) return "0s";
  return with_best_unit(static_cast<double>(value.count()), duration_units, 0);
}

std::string to_string(byte_size value) {
  if (value.count == 0) return "0B";
  return with_best_unit(static_cast<double>(value.count), size_units, 0);
}

std::string to_string(const rate& value) {
  return short_number(value.per_second) + "/s";
}

std::string to_string(const range& value) {
  return std::to_string(value.low) + ".." + std::to_string(value.high);
}

std::string to_string(const endpoint& value) {
  if (value.local) return "unix:" + value.host;
  const bool six = value.host.find(':') != std::string::npos;
  return (six ? "[" + value.host + "]" : value.host) + ":" + std::to_string(value.port);
}

std::string to_string(wall_time value) {
  const std::int64_t ms = value.since_epoch.count() / 1'000'000;
  const std::int64_t seconds = ms >= 0 ? ms / 1000 : (ms - 999) / 1000;
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds(std::chrono::seconds(seconds)));
  const std::chrono::year_month_day date(day);
  const std::int64_t in_day = seconds - day.time_since_epoch().count() * 86400;
  char text[40];
  const int written =
      std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
                    unsigned(date.month()), unsigned(date.day()), int(in_day / 3600),
                    int(in_day / 60 % 60), int(in_day % 60), int(ms - seconds * 1000));
  return std::string(text, static_cast<std::size_t>(written));
}

}  // namespace mw
