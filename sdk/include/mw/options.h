// options: one fields() function gives parsing, checks, docs, schema and the effective dump.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/option_types.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mw {

// What is known about one option besides its type. Filled by the trailing arguments of field().
struct field_meta {
  std::string_view name;
  std::string_view doc;   // unit, why this default, what breaks if wrong
  std::string_view unit;  // for plain numbers only; typed quantities carry their unit
  std::optional<double>
      low;  // in the type's base unit: ns, bytes, per second, or the number itself
  std::optional<double> high;
  bool required = false;
  bool live = false;  // may change while the plug-in runs
};

// Trailing arguments of field():  v.field("size", size, "…", mw::between(1, 64), mw::unit("items"))
struct at_least {
  double low;
};
struct at_most {
  double high;
};
struct between {
  double low, high;
};  // durations count in nanoseconds: use the duration overloads
struct unit {
  std::string_view text;
};
struct required_t {};
struct live_t {};
inline constexpr required_t required{};
inline constexpr live_t live{};
inline at_least at_least_of(duration d) {
  return {static_cast<double>(d.count())};
}
inline between between_of(duration low, duration high) {
  return {static_cast<double>(low.count()), static_cast<double>(high.count())};
}
inline between between_of(byte_size low, byte_size high) {
  return {static_cast<double>(low.count), static_cast<double>(high.count)};
}

// Walks the options of a plug-in. The kernel implements it for reading YAML, for docs, for the JSON
// Schema and for the effective dump; plug-ins only call field() and check().
class field_visitor {
 public:
  // The value already in `value` is the default. Supported types: bool, integers, double,
  // std::string, duration, byte_size, rate, range, endpoint, file_path, secret, enums with
  // option_names(), structs with fields(), std::optional, std::vector and std::map<std::string, T>
  // of these.
  template <class T, class... Traits>
  void field(std::string_view name, T& value, std::string_view doc, Traits... traits) {
    field_meta meta;
    meta.name = name;
    meta.doc = doc;
    (apply(meta, traits), ...);
    visit(meta, option_ref{&option_type_of<T>(), &value});
  }

  // A rule over several fields, checked after they were read: reported at option `name`.
  //   v.check("high", low <= high, "must not be below low");
  void check(std::string_view name, bool holds, std::string_view rule) {
    if (!holds) rule_broken(name, rule);
  }

 protected:
  ~field_visitor() = default;
  virtual void visit(const field_meta& meta, option_ref value) = 0;
  virtual void rule_broken(std::string_view name, std::string_view rule) = 0;

 private:
  static void apply(field_meta& m, at_least t) { m.low = t.low; }
  static void apply(field_meta& m, at_most t) { m.high = t.high; }
  static void apply(field_meta& m, between t) { m.low = t.low, m.high = t.high; }
  static void apply(field_meta& m, unit t) { m.unit = t.text; }
  static void apply(field_meta& m, required_t) { m.required = true; }
  static void apply(field_meta& m, live_t) { m.live = true; }
};

}  // namespace mw
