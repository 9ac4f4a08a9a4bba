// uv_handle: owns one libuv handle; closed once, freed only in its close callback.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <memory>
#include <utility>

namespace mw::kernel {

// What uv_handle_t::data points at: who is called, and what is freed after closing.
struct uv_slot {
  virtual ~uv_slot() = default;
  void* owner = nullptr;  // null once closed: callbacks that are still queued find nobody
};

// The only place that closes a libuv handle. Safe to call twice.
inline void close_uv(uv_handle_t* handle) {
  if (uv_is_closing(handle) != 0) return;
  static_cast<uv_slot*>(handle->data)->owner = nullptr;
  uv_close(handle, [](uv_handle_t* closed) {
    std::unique_ptr<uv_slot> freed(static_cast<uv_slot*>(closed->data));
  });
}

// A handle of type T, for example uv_poll_t. libuv keeps pointers to a handle until its close
// callback, so the memory is on the heap and outlives this object.
template <class T>
class uv_handle {
 public:
  uv_handle() = default;
  uv_handle(const uv_handle&) = delete;
  uv_handle& operator=(const uv_handle&) = delete;
  ~uv_handle() { reset(); }

  // `initialise` is a uv_*_init; its libuv error code is returned and leaves this object empty.
  template <class Initialise>
  int open(void* owner, Initialise initialise) {
    reset();
    auto slot = std::make_unique<slot_of>();
    slot->owner = owner;
    slot->handle.data = static_cast<uv_slot*>(slot.get());
    const int code = initialise(&slot->handle);
    if (code == 0) slot_ = slot.release();  // from here on libuv's close callback owns it
    return code;
  }
  void reset() {
    if (slot_ == nullptr) return;
    close_uv(reinterpret_cast<uv_handle_t*>(&std::exchange(slot_, nullptr)->handle));
  }

  [[nodiscard]] explicit operator bool() const { return slot_ != nullptr; }
  [[nodiscard]] T* get() const { return &slot_->handle; }
  // The owner inside a callback; null when it is gone.
  template <class Owner>
  [[nodiscard]] static Owner* owner(const T* handle) {
    return static_cast<Owner*>(static_cast<uv_slot*>(handle->data)->owner);
  }

 private:
  struct slot_of final : uv_slot {
    T handle{};
  };
  slot_of* slot_ = nullptr;
};

}  // namespace mw::kernel
