// assembler: see assembler.h.
// SPDX-License-Identifier: Apache-2.0
#include "mux/assembler.h"

#include <mw/planted.h>

#include <cstring>
#include <string>

namespace mw::pool {

namespace {

constexpr std::size_t prefix = 4;  // the size of the whole message, big-endian

failure broken(const std::string& what) {
  return {errc::invalid, "fragments: " + what};
}

std::size_t size_in(bytes_view payload) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < prefix; ++i)
    size = size << 8 | std::to_integer<std::uint32_t>(payload[i]);
  return size;
}

}  // namespace

std::unique_ptr<assembler::message>& assembler::slot(const wire::frame_head& head) {
  if (!slots_) slots_ = std::make_unique<slots>();
  return (*slots_)[static_cast<std::size_t>(head.priority) & 3];
}

std::size_t assembler::open() const {
  std::size_t count = 0;
  if (slots_)
    for (const auto& one : *slots_) count += one ? 1 : 0;
  return count;
}

status assembler::begin(const wire::frame_head& head, bytes_view payload, time_point now) {
  auto& place = slot(head);
  if (place) return broken("a message begins before the last one of its priority has ended");
  if (payload.size() <= prefix) return broken("the first one holds nothing");
  const std::size_t size = size_in(payload);
  const bytes_view bytes = payload.subspan(prefix);
  if (size <= bytes.size())
    return broken("a message of " + std::to_string(size) + " bytes needs no more than one");
  place = std::make_unique<message>(
      message{.head = head, .size = size, .filled = bytes.size(), .began = now, .last = now});
  place->skipped = size > limits_.message_max || reserved_ + size > limits_.total_max ||
                   (scope_ != nullptr && !scope_->reserve(size));
  if (place->skipped)
    return {errc::overloaded, "a message of " + std::to_string(size) + " bytes, where " +
                                  std::to_string(limits_.message_max) + " are allowed and " +
                                  std::to_string(limits_.total_max - reserved_) +
                                  " are left for the link, unless its peer has its share"};
  open(place);
  std::memcpy(place->to, bytes.data(), bytes.size());
  return {};
}

// The size that stands in front of a first fragment has room in front of the message.
void assembler::open(std::unique_ptr<message>& place) {
  buffer_block* const block = allocate_block(prefix + place->size);
  place->to = block->data() + prefix;
  place->whole = slice(block, prefix, place->size);
  reserved_ += place->size;
}

std::byte* assembler::place_first(const wire::frame_head& head, std::size_t size, bytes_view here,
                                  time_point now) {
  if (here.size() < prefix || size <= prefix) return nullptr;
  auto& place = slot(head);
  const std::size_t total = size_in(here);
  const bool fine = !place && total > size - prefix && total <= limits_.message_max &&
                    reserved_ + total <= limits_.total_max &&
                    (scope_ == nullptr || scope_->reserve(total));
  if (!fine) return nullptr;
  place =
      std::make_unique<message>(message{.head = head, .size = total, .began = now, .last = now});
  open(place);
  return place->to - prefix;
}

result<assembler::message*> assembler::continued(const wire::frame_head& head, std::size_t size) {
  message* const m = slots_ ? slot(head).get() : nullptr;
  if (m == nullptr) return broken("one that continues nothing");
  if (m->head.kind != head.kind || m->head.id != head.id)
    return broken("one of another message before the end of this one");
  if (size == 0 || size > m->size - m->filled)
    return broken("more than the " + std::to_string(m->size) + " bytes that were announced");
  return m;
}

result<bool> assembler::add(const wire::frame_head& head, bytes_view payload, time_point now) {
  MW_TRY(message* const m, continued(head, payload.size()));
  if (!m->skipped) std::memcpy(m->to + m->filled, payload.data(), payload.size());
  return filled(*m, head, payload.size(), now);
}

std::byte* assembler::place_for(const wire::frame_head& head, std::size_t size) {
  const auto m = continued(head, size);
  if (!m || (*m)->skipped) return nullptr;
  return (*m)->to + (*m)->filled - (MW_PLANTED(fragment_shifted) ? 1 : 0);
}

result<bool> assembler::placed(const wire::frame_head& head, std::size_t size, time_point now) {
  MW_TRY(message* const m, continued(head, size));
  return filled(*m, head, size, now);
}

result<bool> assembler::filled(message& m, const wire::frame_head& head, std::size_t size,
                               time_point now) {
  m.filled += size;
  m.last = now;
  const bool complete = m.filled == m.size;
  if (complete == head.more)
    return broken(complete ? "more than the message needs" : "the last one leaves a gap");
  if (!m.skipped) return true;
  if (complete) drop(head);
  return false;
}

void assembler::drop(const wire::frame_head& head) {
  if (!slot(head)->skipped) {
    reserved_ -= slot(head)->size;
    if (scope_ != nullptr) scope_->release(slot(head)->size);
  }
  slot(head).reset();
  if (open() == 0) slots_.reset();
}

slice assembler::take(const wire::frame_head& head) {
  slice whole = std::move(slot(head)->whole);
  drop(head);
  return whole;
}

bool assembler::late(time_point now) const {
  if (!slots_) return false;
  for (const auto& one : *slots_) {
    if (!one) continue;
    const duration age = now - one->began;
    if (now - one->last > limits_.deadline) return true;
    const auto due =
        static_cast<double>(limits_.rate_min) * std::chrono::duration<double>(age).count();
    if (age > limits_.deadline && static_cast<double>(one->filled) < due) return true;
  }
  return false;
}

}  // namespace mw::pool
