// stream_cutter: a small machine: label, kind, items, sizes, tail.
// SPDX-License-Identifier: Apache-2.0
#include "serf/stream_cutter.h"

#include "serf/codec.h"
#include "wire/bytes.h"
#include "wire/pack.h"

namespace mw::swim::serf {

stream_cutter::state stream_cutter::feed(std::string_view bytes) {
  if (broken_ || bytes_.size() + bytes.size() > size_max) {
    broken_ = true;
    return state::broken;
  }
  bytes_.append(bytes);
  for (;;) {
    const phase before = phase_;
    const std::size_t place = at_;
    const state now = step();
    if (now == state::broken) broken_ = true;
    if (now != state::more) return now;
    if (phase_ == before && at_ == place) return state::more;
  }
}

stream_cutter::state stream_cutter::step() {
  switch (phase_) {
    case phase::label:
      return take_label();
    case phase::head:
      return take_head();
    case phase::items:
    case phase::header:
      return take_items();
    case phase::tail:
      if (bytes_.size() - at_ < tail_) return state::more;
      if (bytes_.size() - at_ > tail_) return state::broken;  // one message a stream
      phase_ = phase::done;
      return state::whole;
    case phase::done:
      return bytes_.size() == at_ + tail_ ? state::whole : state::broken;
  }
  return state::broken;
}

stream_cutter::state stream_cutter::take_label() {
  if (bytes_.empty()) return state::more;
  if (bytes_.front() == '\xf4') {
    if (!at_label_) return state::broken;
    if (bytes_.size() < 2) return state::more;
    const std::size_t size = static_cast<unsigned char>(bytes_[1]);
    if (size == 0) return state::broken;
    if (bytes_.size() < 2 + size) return state::more;
    bytes_.erase(0, 2);
    label_ = at_ = size;
  }
  phase_ = phase::head;
  return state::more;
}

stream_cutter::state stream_cutter::take_head() {
  if (bytes_.size() == at_) return state::more;
  switch (static_cast<kind>(bytes_[at_])) {
    case kind::encrypt: {
      if (bytes_.size() < at_ + 5) return state::more;
      byte_reader in(std::string_view(bytes_).substr(at_ + 1));
      tail_ = in.number<std::uint32_t>();
      if (tail_ > size_max) return state::broken;
      at_ += 5;
      phase_ = phase::tail;
      return state::more;
    }
    case kind::ping:
    case kind::ack:
    case kind::compress:
    case kind::error:
      items_ = 1;
      phase_ = phase::items;
      ++at_;
      return state::more;
    case kind::push_pull:
    case kind::user:
      items_ = 1;
      phase_ = phase::header;
      header_from_ = ++at_;
      return state::more;
    default:
      return state::broken;
  }
}

stream_cutter::state stream_cutter::take_items() {
  while (items_ > 0)
    if (!skip_item()) return broken_ ? state::broken : state::more;
  if (phase_ == phase::header) return take_body_size();
  phase_ = phase::tail;
  return state::more;
}

stream_cutter::state stream_cutter::take_body_size() {
  unpacker in(std::string_view(bytes_).substr(header_from_));
  const std::size_t entries = in.map();
  std::uint64_t members = 0;
  for (std::size_t i = 0; i < entries && !in.failed(); ++i) {
    const std::string_view name = in.raw();
    if (name == "Nodes")
      members = in.number();
    else if (name == "UserStateLen" || name == "UserMsgLen")
      tail_ = in.number();
    else
      in.skip();
  }
  if (in.failed() || members > members_max || tail_ > size_max) return state::broken;
  items_ = members;
  phase_ = phase::items;
  return state::more;
}

bool stream_cutter::skip_item() {
  byte_reader in(std::string_view(bytes_).substr(at_));
  const auto first = in.number<std::uint8_t>();
  std::uint64_t size = 0;  // of what follows the head
  std::uint64_t more = 0;  // items inside
  if (first < 0x80 || first >= 0xe0 || first == 0xc0 || first == 0xc2 || first == 0xc3) {
  } else if (first < 0x90) {
    more = 2u * (first & 0x0f);
  } else if (first < 0xa0) {
    more = first & 0x0f;
  } else if (first < 0xc0) {
    size = first & 0x1f;
  } else if (first == 0xc4 || first == 0xd9) {
    size = in.number<std::uint8_t>();
  } else if (first == 0xc5 || first == 0xda) {
    size = in.number<std::uint16_t>();
  } else if (first == 0xc6 || first == 0xdb) {
    size = in.number<std::uint32_t>();
  } else if (first == 0xca || first == 0xcb) {
    size = first == 0xca ? 4 : 8;
  } else if (first >= 0xcc && first <= 0xd3) {
    size = std::uint64_t{1} << (first & 3);
  } else if (first == 0xdc || first == 0xde) {
    more = (first == 0xde ? 2u : 1u) * in.number<std::uint16_t>();
  } else if (first == 0xdd || first == 0xdf) {
    more = (first == 0xdf ? 2u : 1u) * std::uint64_t{in.number<std::uint32_t>()};
  } else {
    broken_ = true;  // extensions do not occur
  }
  if (items_ - 1 + more > size_max || size > size_max) broken_ = true;  // each takes a byte
  if (broken_ || in.failed() || in.rest().size() < size) return false;
  at_ = bytes_.size() - in.rest().size() + static_cast<std::size_t>(size);
  items_ += more - 1;
  return true;
}

}  // namespace mw::swim::serf
