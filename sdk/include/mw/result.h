// result: values or failures, where a failure says what the caller can do about it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/detail/either.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mw {

// Kinds are chosen by remedy, not by origin. Code branches on the kind; the text is for people.
enum class errc : std::uint8_t {
  invalid = 1,       // The input is wrong: change it.
  not_found = 2,     // The thing named does not exist (yet).
  overloaded = 3,    // A bound was reached: back off, then retry.
  disconnected = 4,  // The other side is gone: reconnect, then retry if the work is idempotent.
  timed_out = 5,     // No answer in time: the outcome is unknown.
  denied = 6,        // Not allowed: do not retry without another identity or policy.
  unsupported = 7,   // The other side or this platform cannot do it.
  internal = 8,      // A promise was broken; a person should look.
};

// The stable name of a kind, for example "not_found". Unknown numbers read as "internal".
[[nodiscard]] std::string_view to_string(errc kind) noexcept;

// What went wrong: a kind for code, a sentence for people, and the number a newer peer sent when
// its kind is not known here (then `kind` is `internal`).
class failure {
 public:
  failure(errc kind, std::string text) : text_(std::move(text)), kind_(kind) {}

  // Decodes a kind from the wire; numbers of newer versions are kept in `code()`.
  [[nodiscard]] static failure from_wire(std::uint8_t code, std::string text);

  [[nodiscard]] errc kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::uint8_t code() const noexcept;

  // The same failure with "doing: " in front of the text, as in `return f.in("opening the log")`.
  [[nodiscard]] failure in(std::string_view doing) const&;
  [[nodiscard]] failure in(std::string_view doing) &&;

  friend bool operator==(const failure&, const failure&) = default;

 private:
  std::string text_;
  errc kind_;
  std::uint8_t unknown_code_ = 0;
};

namespace detail {
// Ends the process with the failure's text: value() was called on a failure.
[[noreturn]] void unwrapped_failure(const failure& cause) noexcept;
}  // namespace detail

// Either a T or a failure. Check with `if (r)`; `value()` on a failure ends the process.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  result(T value) : state_(detail::holds_value(), std::move(value)) {}        // NOLINT: implicit
  result(failure cause) : state_(detail::holds_error(), std::move(cause)) {}  // NOLINT: implicit
  result(errc kind, std::string text) : state_(detail::holds_error(), kind, std::move(text)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return state_.has_value(); }
  [[nodiscard]] bool ok() const noexcept { return state_.has_value(); }

  [[nodiscard]] T& value() & { return check(), state_.value(); }
  [[nodiscard]] const T& value() const& { return check(), state_.value(); }
  [[nodiscard]] T&& value() && { return check(), std::move(state_.value()); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  // Only when !ok().
  [[nodiscard]] failure& error() & { return state_.error(); }
  [[nodiscard]] const failure& error() const& { return state_.error(); }
  [[nodiscard]] failure&& error() && { return std::move(state_.error()); }

 private:
  void check() const {
    if (!ok()) [[unlikely]]
      detail::unwrapped_failure(error());
  }
  detail::either<T, failure> state_;
};

template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;

  result() : state_(detail::holds_value()) {}
  result(failure cause) : state_(detail::holds_error(), std::move(cause)) {}  // NOLINT: implicit
  result(errc kind, std::string text) : state_(detail::holds_error(), kind, std::move(text)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return state_.has_value(); }
  [[nodiscard]] bool ok() const noexcept { return state_.has_value(); }
  [[nodiscard]] failure& error() & { return state_.error(); }
  [[nodiscard]] const failure& error() const& { return state_.error(); }
  [[nodiscard]] failure&& error() && { return std::move(state_.error()); }

 private:
  detail::either<detail::nothing, failure> state_;
};

using status = result<void>;

}  // namespace mw

#define MW_CONCAT_(a, b) a##b
#define MW_CONCAT(a, b) MW_CONCAT_(a, b)

// MW_TRY(auto x, f()): x becomes the value of f(), or the failure is returned to the caller.
#define MW_TRY(target, expression) MW_TRY_(MW_CONCAT(mw_try_, __LINE__), target, expression)
#define MW_TRY_(outcome, target, expression)       \
  auto outcome = (expression);                     \
  if (!outcome) return std::move(outcome).error(); \
  target = std::move(outcome).value()

// MW_CHECK(f()): returns f()'s failure to the caller, goes on otherwise.
#define MW_CHECK(expression)                                                               \
  do {                                                                                     \
    if (auto mw_outcome = (expression); !mw_outcome) return std::move(mw_outcome).error(); \
  } while (false)
