// kept_replies: answers of exactly_once calls, for callers that have to ask again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/flat_map.h"
#include "core/slots.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace mw::routing {

struct once_key {
  std::uint64_t peer = 0;
  std::uint64_t producer = 0;
  std::uint64_t sequence = 0;
  friend bool operator==(const once_key&, const once_key&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const {
    return mix(sequence, mix(producer, mix(peer, seed)));
  }
};

struct kept_reply {
  std::uint64_t id = 0;
  once_key key;
  std::uint64_t request = 0;   // hash of its bytes
  std::uint64_t exchange = 0;  // that is still open; zero: answered
  bool refusal = false;
  std::vector<std::byte> bytes;

  void clear() {
    const std::uint64_t same = id;
    *this = kept_reply();
    id = same;
  }
};

// Open requests are always found; of the answered ones the oldest are forgotten beyond the bounds.
class kept_replies {
 public:
  kept_replies(std::uint32_t open_max, std::uint32_t count_max, std::size_t bytes_max,
               std::uint64_t seed)
      : count_max_(count_max), bytes_max_(bytes_max), all_(open_max), by_key_(seed) {}

  [[nodiscard]] kept_reply* find(const once_key& key) {
    const auto index = by_key_.find(key);
    return index ? &all_.at(*index) : nullptr;
  }
  // Null: no room.
  kept_reply* open(const once_key& key, std::uint64_t request, std::uint64_t exchange) {
    kept_reply* const made = all_.open();
    if (made == nullptr) return nullptr;
    made->key = key;
    made->request = request;
    made->exchange = exchange;
    by_key_.set(key, slot_table<kept_reply>::index_of(made->id));
    return made;
  }
  // The answer: `bytes` of a reply or refusal.
  void answered(kept_reply& what, bool refusal, std::vector<std::byte> bytes) {
    what.exchange = 0;
    what.refusal = refusal;
    what.bytes = std::move(bytes);
    bytes_ += what.bytes.size();
    done_.push_back(what.id);
    while (done_.size() > count_max_ || bytes_ > bytes_max_) {
      kept_reply& oldest = *all_.find(done_.front());
      done_.pop_front();
      bytes_ -= oldest.bytes.size();
      forget(oldest);
    }
  }
  // An open one that will not be answered.
  void forget(kept_reply& what) {
    by_key_.erase(what.key);
    all_.close(what);
  }
  [[nodiscard]] kept_reply* find_id(std::uint64_t id) { return all_.find(id); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }

 private:
  std::size_t count_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  slot_table<kept_reply> all_;
  flat_map<once_key> by_key_;
  std::deque<std::uint64_t> done_;  // oldest first
};

}  // namespace mw::routing
