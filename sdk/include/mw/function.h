// function: a move-only callable that holds small captures in place, without allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace mw {

template <class Signature>
class function;

// Captures up to `inline_bytes` live inside the object; larger ones cost one allocation. Unlike
// std::function it takes move-only captures. Calling an empty function ends the process.
template <class R, class... Args>
class function<R(Args...)> {
 public:
  static constexpr std::size_t inline_bytes = 6 * sizeof(void*);

  function() = default;
  function(std::nullptr_t) {}  // NOLINT: implicit, as in `function<void()> done = nullptr`

  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, function> &&
           std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
      function(F&& callable) {  // NOLINT: implicit, so that lambdas can be passed directly
    using stored = std::decay_t<F>;
    if constexpr (fits<stored>()) {
      ::new (static_cast<void*>(storage_)) stored(std::forward<F>(callable));
      operations_ = &in_place<stored>;
    } else {
      auto owned = std::make_unique<stored>(std::forward<F>(callable));
      ::new (static_cast<void*>(storage_))(stored*)(owned.release());
      operations_ = &on_heap<stored>;
    }
  }

  function(function&& other) noexcept { take(other); }
  function& operator=(function&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  function(const function&) = delete;
  function& operator=(const function&) = delete;
  ~function() { reset(); }

  [[nodiscard]] explicit operator bool() const noexcept { return operations_ != nullptr; }

  // Like std::function, the call is const although the callable may change its captures.
  R operator()(Args... args) const {
    return operations_->call(storage_, std::forward<Args>(args)...);
  }

 private:
  struct operations {
    R (*call)(std::byte* self, Args&&... args);
    void (*move)(std::byte* from, std::byte* to) noexcept;  // leaves `from` destroyed
    void (*destroy)(std::byte* self) noexcept;
  };

  template <class F>
  static constexpr bool fits() {
    return sizeof(F) <= inline_bytes && alignof(F) <= alignof(void*) &&
           std::is_nothrow_move_constructible_v<F>;
  }

  template <class F>
  static F& local(std::byte* self) {
    return *std::launder(reinterpret_cast<F*>(self));
  }

  template <class F>
  static constexpr operations in_place = {
      [](std::byte* self, Args&&... args) -> R {
        return static_cast<R>(local<F>(self)(std::forward<Args>(args)...));
      },
      [](std::byte* from, std::byte* to) noexcept {
        ::new (static_cast<void*>(to)) F(std::move(local<F>(from)));
        local<F>(from).~F();
      },
      [](std::byte* self) noexcept { local<F>(self).~F(); }};

  template <class F>
  static constexpr operations on_heap = {
      [](std::byte* self, Args&&... args) -> R {
        return static_cast<R>((*local<F*>(self))(std::forward<Args>(args)...));
      },
      [](std::byte* from, std::byte* to) noexcept {
        ::new (static_cast<void*>(to))(F*)(local<F*>(from));
      },
      [](std::byte* self) noexcept { std::unique_ptr<F> end(local<F*>(self)); }};

  void take(function& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ != nullptr) operations_->move(other.storage_, storage_);
  }
  void reset() noexcept {
    if (const operations* old = std::exchange(operations_, nullptr)) old->destroy(storage_);
  }

  alignas(void*) mutable std::byte storage_[inline_bytes];
  const operations* operations_ = nullptr;
};

}  // namespace mw
