// health_proto: just enough of protocol buffers; fields that are not ours are skipped.
// SPDX-License-Identifier: Apache-2.0
#include "health_proto.h"

#include <optional>

namespace mw::checks {

namespace {

constexpr std::size_t frame_bytes = 5;

failure broken(const char* what) {
  return {errc::invalid, std::string("health answer: ") + what};
}

std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= std::uint64_t{byte & 127U} << shift;
    if (byte < 128) return value;
  }
  return std::nullopt;
}

void put_varint(std::string& to, std::uint64_t value) {
  for (; value >= 128; value >>= 7U) to += static_cast<char>(128 | (value & 127));
  to += static_cast<char>(value);
}

// Of a field whose number does not matter. False: broken.
bool skip_value(std::string_view& in, std::uint64_t wire_type) {
  std::uint64_t size = 0;
  switch (wire_type) {
    case 0:
      return take_varint(in).has_value();
    case 1:
      size = 8;
      break;
    case 2: {
      const auto told = take_varint(in);
      if (!told) return false;
      size = *told;
      break;
    }
    case 5:
      size = 4;
      break;
    default:
      return false;
  }
  if (size > in.size()) return false;
  in.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

}  // namespace

std::string health_request(std::string_view service) {
  std::string message;
  if (!service.empty()) {
    message += static_cast<char>(1U << 3U | 2U);  // field 1, a text
    put_varint(message, service.size());
    message += service;
  }
  std::string out(frame_bytes, '\0');
  for (unsigned i = 0; i < 4; ++i)
    out[1 + i] = static_cast<char>(message.size() >> (24 - 8 * i) & 255U);
  return out + message;
}

result<std::string_view> unframed(std::string_view body) {
  if (body.size() < frame_bytes) return broken("shorter than its frame");
  if (body.front() != '\0') return broken("compressed, which was not offered");
  std::size_t size = 0;
  for (std::size_t i = 1; i < frame_bytes; ++i)
    size = size << 8U | static_cast<unsigned char>(body[i]);
  body.remove_prefix(frame_bytes);
  if (size != body.size()) return broken("not as long as its frame says");
  return body;
}

result<serving> parse_health(std::string_view message) {
  std::uint64_t value = 0;
  while (!message.empty()) {
    const auto tag = take_varint(message);
    if (!tag || *tag >> 3U == 0) return broken("a field without a number");
    if (*tag == (1U << 3U | 0U)) {
      const auto told = take_varint(message);
      if (!told) return broken("its status is cut");
      value = *told;  // the last one counts
    } else if (!skip_value(message, *tag & 7U)) {
      return broken("a field that is cut or of an unknown kind");
    }
  }
  constexpr auto last = static_cast<std::uint64_t>(serving::service_unknown);
  return value <= last ? static_cast<serving>(value) : serving::unknown;
}

}  // namespace mw::checks
