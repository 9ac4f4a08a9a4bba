// message_out: the bytes of an outgoing message: written once, with room in front for headers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/buffer.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace mw {

// Kept and reused, so that writing messages does not allocate. Large slices are held by reference
// and are part of the message at the place where they were appended. A message that outgrows the
// limit is cut and says so: check overflowed() once, at the end.
class message_out {
 public:
  // Bytes in front of the message that the layers below may fill with their headers.
  static constexpr std::size_t headroom = 96;
  // From this size on a slice is referred to, not copied.
  static constexpr std::size_t share_from = 4096;

  struct reference {
    std::size_t at;  // bytes of written() that come before it
    slice bytes;
  };

  explicit message_out(std::size_t limit = std::size_t{16} << 20) : limit_(limit) {}

  void clear() {
    used_ = headroom;
    front_ = headroom;
    shared_size_ = 0;
    if (!references_.empty()) references_.clear();
    overflowed_ = false;
    changed();
  }
  void set_limit(std::size_t limit) { limit_ = limit; }

  // Room for `count` more bytes; only valid until the next call. Follow with commit().
  [[nodiscard]] std::byte* reserve(std::size_t count) {
    if (capacity_ < used_ + count) grow(count);
    return bytes_.get() + used_;
  }
  // How much reserve() gives without growing.
  [[nodiscard]] std::size_t room() const { return capacity_ > used_ ? capacity_ - used_ : 0; }
  void commit(std::size_t count) {
    changed();
    used_ += count;
    if (size() > limit_) overflow();
  }
  void append(bytes_view bytes) {
    if (bytes.empty()) return;
    if (size() + bytes.size() > limit_) return overflow();
    changed();
    std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  void append(slice bytes) {
    if (bytes.size() < share_from) return append(bytes.view());
    if (size() + bytes.size() > limit_) return overflow();
    changed();
    shared_size_ += bytes.size();
    const std::size_t at = used_ - front_;
    references_.push_back({at, std::move(bytes)});
  }

  // Takes `count` bytes of the room in front, for a header that goes before all that is there. What
  // was taken last is first on the wire. Give it back with drop_front() before the next recipient.
  [[nodiscard]] std::byte* push_front(std::size_t count) {
    if (capacity_ == 0) grow(0);
    changed();
    for (reference& r : references_) r.at += count;
    front_ -= count;
    return bytes_.get() + front_;
  }
  void drop_front(std::size_t count) {
    changed();
    for (reference& r : references_) r.at -= count;
    front_ += count;
  }

  // The same behind all that is there, for a trailer; it counts to the size, never to the limit.
  [[nodiscard]] std::byte* push_back(std::size_t count) {
    std::byte* const room = reserve(count);
    changed();
    used_ += count;
    return room;
  }
  void drop_back(std::size_t count) {
    changed();
    used_ -= count;
  }

  // A number that whoever carries the message computed from all its bytes, for example a checksum:
  // kept until the message changes, so that it is computed once for many recipients. `how` is not
  // zero and says what it is.
  void remember(std::uint64_t how, std::uint64_t value) { memory_ = {how, value}; }
  [[nodiscard]] const std::uint64_t* remembered(std::uint64_t how) const {
    return memory_.how == how ? &memory_.value : nullptr;
  }

  // Everything but the references.
  [[nodiscard]] std::span<std::byte> written() const {
    if (capacity_ == 0) return {};
    return {bytes_.get() + front_, used_ - front_};
  }
  [[nodiscard]] std::span<const reference> references() const { return references_; }
  [[nodiscard]] std::size_t size() const { return used_ - front_ + shared_size_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::size_t limit() const { return limit_; }

 private:
  void grow(std::size_t count);  // in sdk/src/message_out.cpp
  void overflow() { overflowed_ = true; }
  void changed() { memory_.how = 0; }

  std::unique_ptr<std::byte[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t front_ = headroom;
  std::size_t used_ = headroom;
  std::size_t limit_;
  std::size_t shared_size_ = 0;
  std::vector<reference> references_;
  bool overflowed_ = false;
  struct {
    std::uint64_t how = 0;
    std::uint64_t value = 0;
  } memory_;
};

// The bytes of a message that has arrived, valid during the call that hands them out. `owner` is
// set when they are part of a shared block: then a slice of them may be kept without copying.
struct payload {
  bytes_view bytes;
  const slice* owner = nullptr;

  // The same bytes as a slice that may be kept.
  [[nodiscard]] slice keep() const;
  // `part` must lie inside `bytes`.
  [[nodiscard]] slice keep(bytes_view part) const;
};

}  // namespace mw
