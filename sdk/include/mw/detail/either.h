// either: the storage of a result. Not included directly.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

namespace mw::detail {

struct nothing {};
struct holds_value {};
struct holds_error {};

// One of two objects in the same place. Written by hand instead of a variant because results cross
// every layer for each message: a good one costs a byte beside its value, and no call.
template <class Value, class Error>
class either {
 public:
  template <class... Args>
  explicit either(holds_value, Args&&... args)
      : value_(std::forward<Args>(args)...), has_value_(true) {}
  template <class... Args>
  explicit either(holds_error, Args&&... args)
      : error_(std::forward<Args>(args)...), has_value_(false) {}

  either(const either& other) : has_value_(other.has_value_) { take(other); }
  either(either&& other) noexcept : has_value_(other.has_value_) { take(std::move(other)); }
  either& operator=(either other) noexcept {
    destroy();
    has_value_ = other.has_value_;
    take(std::move(other));
    return *this;
  }
  ~either() { destroy(); }

  [[nodiscard]] bool has_value() const noexcept { return has_value_; }
  // Only the one that is there.
  [[nodiscard]] Value& value() noexcept { return value_; }
  [[nodiscard]] const Value& value() const noexcept { return value_; }
  [[nodiscard]] Error& error() noexcept { return error_; }
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  void take(const either& other) {
    if (has_value_)
      std::construct_at(&value_, other.value_);
    else
      std::construct_at(&error_, other.error_);
  }
  void take(either&& other) noexcept {
    if (has_value_) [[likely]]
      std::construct_at(&value_, std::move(other.value_));
    else
      std::construct_at(&error_, std::move(other.error_));
  }
  void destroy() noexcept {
    if (has_value_) [[likely]]
      std::destroy_at(&value_);
    else
      std::destroy_at(&error_);
  }

  union {
    Value value_;
    Error error_;
  };
  bool has_value_;
};

}  // namespace mw::detail
