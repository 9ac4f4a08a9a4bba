// log: one logger per plug-in; a line is a constant message with key-values, limited per site.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace mw {

// error: a person should act; warn: degraded; info: state changed; debug: per message.
enum class log_level : std::uint8_t { debug, info, warn, error };

// A constant message and the place it is logged at. Lines are rate-limited per place, so the
// message must be a literal: what varies goes into key-values.
struct log_message {
  std::string_view text;
  std::source_location where;

  template <std::size_t N>
  consteval log_message(const char (&literal)[N],  // NOLINT: implicit
                        std::source_location at = std::source_location::current())
      : text(literal, N - 1), where(at) {}
};

// One key-value of a line. Text is borrowed for the duration of the call.
struct log_value {
  enum class kind : std::uint8_t { text, integer, natural, real, boolean };
  std::string_view key;
  kind type = kind::text;
  std::string_view text;
  std::int64_t integer = 0;
  std::uint64_t natural = 0;
  double real = 0;

  log_value(std::string_view k, std::string_view v) : key(k), text(v) {}
  log_value(std::string_view k, const char* v) : key(k), text(v) {}
  log_value(std::string_view k, const std::string& v) : key(k), text(v) {}
  log_value(std::string_view k, const failure& v) : key(k), text(v.text()) {}
  log_value(std::string_view k, bool v) : key(k), type(kind::boolean), integer(v ? 1 : 0) {}
  log_value(std::string_view k, double v) : key(k), type(kind::real), real(v) {}
  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) log_value(std::string_view k, T v)
      : key(k) {
    if constexpr (std::is_signed_v<T>)
      type = kind::integer, integer = v;
    else
      type = kind::natural, natural = v;
  }
};

// Implemented by the kernel. The plug-in's name and level are known to it.
class log_service {
 public:
  [[nodiscard]] virtual bool enabled(log_level level) const = 0;
  virtual void write(log_level level, const log_message& message,
                     std::span<const log_value> values) = 0;

 protected:
  ~log_service() = default;
};

// log.info("peer is up", {{"peer", id}, {"attempt", 3}});
class logger {
 public:
  using values = std::initializer_list<log_value>;
  explicit logger(log_service& service) : service_(&service) {}

  void debug(log_message m, values v = {}) const { write(log_level::debug, m, v); }
  void info(log_message m, values v = {}) const { write(log_level::info, m, v); }
  void warn(log_message m, values v = {}) const { write(log_level::warn, m, v); }
  void error(log_message m, values v = {}) const { write(log_level::error, m, v); }
  [[nodiscard]] bool enabled(log_level level) const { return service_->enabled(level); }

 private:
  void write(log_level level, const log_message& m, values v) const {
    if (service_->enabled(level)) service_->write(level, m, {v.begin(), v.size()});
  }
  log_service* service_;
};

}  // namespace mw
