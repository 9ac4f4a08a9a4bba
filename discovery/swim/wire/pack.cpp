// pack: forms are chosen by value, as the receivers expect them.
// SPDX-License-Identifier: Apache-2.0
#include "wire/pack.h"

#include "wire/bytes.h"

#include <bit>

namespace mw::swim {

packer& packer::map(std::size_t entries) {
  if (entries < 16) {
    put(out_, static_cast<std::uint8_t>(0x80 | entries));
  } else if (entries < 65'536) {
    put(out_, std::uint8_t{0xde});
    put(out_, static_cast<std::uint16_t>(entries));
  } else {
    put(out_, std::uint8_t{0xdf});
    put(out_, static_cast<std::uint32_t>(entries));
  }
  return *this;
}

packer& packer::array(std::size_t entries) {
  if (entries < 16) {
    put(out_, static_cast<std::uint8_t>(0x90 | entries));
  } else if (entries < 65'536) {
    put(out_, std::uint8_t{0xdc});
    put(out_, static_cast<std::uint16_t>(entries));
  } else {
    put(out_, std::uint8_t{0xdd});
    put(out_, static_cast<std::uint32_t>(entries));
  }
  return *this;
}

packer& packer::nil() {
  put(out_, std::uint8_t{0xc0});
  return *this;
}

packer& packer::boolean(bool value) {
  put(out_, static_cast<std::uint8_t>(value ? 0xc3 : 0xc2));
  return *this;
}

packer& packer::number(std::uint64_t value) {
  if (value < 128) {
    put(out_, static_cast<std::uint8_t>(value));
  } else if (value <= 0xff) {
    put(out_, std::uint8_t{0xcc});
    put(out_, static_cast<std::uint8_t>(value));
  } else if (value <= 0xffff) {
    put(out_, std::uint8_t{0xcd});
    put(out_, static_cast<std::uint16_t>(value));
  } else if (value <= 0xffffffff) {
    put(out_, std::uint8_t{0xce});
    put(out_, static_cast<std::uint32_t>(value));
  } else {
    put(out_, std::uint8_t{0xcf});
    put(out_, value);
  }
  return *this;
}

packer& packer::integer(std::int64_t value) {
  if (value >= 0) return number(static_cast<std::uint64_t>(value));
  put(out_, std::uint8_t{0xd3});
  put(out_, static_cast<std::uint64_t>(value));
  return *this;
}

packer& packer::real(double value) {
  put(out_, std::uint8_t{0xcb});
  put_real(out_, value);
  return *this;
}

packer& packer::raw(std::string_view bytes) {
  if (bytes.size() < 32) {
    put(out_, static_cast<std::uint8_t>(0xa0 | bytes.size()));
  } else if (bytes.size() < 65'536) {
    put(out_, std::uint8_t{0xda});
    put(out_, static_cast<std::uint16_t>(bytes.size()));
  } else {
    put(out_, std::uint8_t{0xdb});
    put(out_, static_cast<std::uint32_t>(bytes.size()));
  }
  out_.append(bytes);
  return *this;
}

std::uint8_t unpacker::peek() const {
  return rest_.empty() ? 0xc1 : static_cast<std::uint8_t>(rest_.front());  // c1 is never used
}

std::string_view unpacker::take(std::size_t size) {
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return out;
}

std::uint8_t unpacker::byte() {
  const std::string_view one = take(1);
  return one.empty() ? 0xc1 : static_cast<std::uint8_t>(one.front());
}

std::uint64_t unpacker::big_endian(std::size_t bytes) {
  std::uint64_t out = 0;
  for (const char c : take(bytes)) out = (out << 8) | static_cast<unsigned char>(c);
  return out;
}

std::size_t unpacker::container(std::uint8_t fix, std::uint8_t wide, std::size_t entry_size) {
  if (nil()) return 0;
  const std::uint8_t first = byte();
  std::uint64_t count = 0;
  if ((first & 0xf0) == fix)
    count = first & 0x0f;
  else if (first == wide)
    count = big_endian(2);
  else if (first == wide + 1)
    count = big_endian(4);
  else
    fail();
  if (count * entry_size > rest_.size()) fail();  // each entry takes a byte at least
  return failed_ ? 0 : static_cast<std::size_t>(count);
}

std::size_t unpacker::map() {
  return container(0x80, 0xde, 2);
}

std::size_t unpacker::array() {
  return container(0x90, 0xdc, 1);
}

std::string_view unpacker::raw() {
  if (nil()) return {};
  const std::uint8_t first = byte();
  if ((first & 0xe0) == 0xa0) return take(first & 0x1f);
  switch (first) {
    case 0xd9:
    case 0xc4:
      return take(static_cast<std::size_t>(big_endian(1)));
    case 0xda:
    case 0xc5:
      return take(static_cast<std::size_t>(big_endian(2)));
    case 0xdb:
    case 0xc6:
      return take(static_cast<std::size_t>(big_endian(4)));
    default:
      fail();
      return {};
  }
}

std::int64_t unpacker::integer() {
  const std::uint8_t first = byte();
  if (first < 0x80) return first;
  if (first >= 0xe0) return static_cast<std::int8_t>(first);
  switch (first) {
    case 0xcc:
      return static_cast<std::int64_t>(big_endian(1));
    case 0xcd:
      return static_cast<std::int64_t>(big_endian(2));
    case 0xce:
      return static_cast<std::int64_t>(big_endian(4));
    case 0xcf:
      return std::bit_cast<std::int64_t>(big_endian(8));
    case 0xd0:
      return static_cast<std::int8_t>(big_endian(1));
    case 0xd1:
      return static_cast<std::int16_t>(big_endian(2));
    case 0xd2:
      return static_cast<std::int32_t>(big_endian(4));
    case 0xd3:
      return std::bit_cast<std::int64_t>(big_endian(8));
    default:
      fail();
      return 0;
  }
}

std::uint64_t unpacker::number() {
  const bool wide = peek() == 0xcf;
  const std::int64_t value = integer();
  if (value < 0 && !wide) fail();
  return failed_ ? 0 : static_cast<std::uint64_t>(value);
}

double unpacker::real() {
  switch (peek()) {
    case 0xca:
      byte();
      return std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(4)));
    case 0xcb:
      byte();
      return std::bit_cast<double>(big_endian(8));
    default:
      return static_cast<double>(integer());
  }
}

bool unpacker::boolean() {
  const std::uint8_t first = byte();
  if (first != 0xc2 && first != 0xc3) fail();
  return first == 0xc3;
}

bool unpacker::nil() {
  if (peek() != 0xc0 || rest_.empty()) return false;
  byte();
  return true;
}

void unpacker::skip(int depth) {
  if (depth > depth_max) return fail();
  const std::uint8_t first = peek();
  const bool is_map = (first & 0xf0) == 0x80 || first == 0xde || first == 0xdf;
  const bool is_array = (first & 0xf0) == 0x90 || first == 0xdc || first == 0xdd;
  if (is_map || is_array) {
    const std::size_t entries = is_map ? 2 * map() : array();
    for (std::size_t i = 0; i < entries && !failed_; ++i) skip(depth + 1);
  } else if (first == 0xc0 || first == 0xc2 || first == 0xc3) {
    byte();
  } else if (first == 0xca || first == 0xcb) {
    real();
  } else if ((first & 0xe0) == 0xa0 || (first >= 0xd9 && first <= 0xdb) ||
             (first >= 0xc4 && first <= 0xc6)) {
    raw();
  } else if (first >= 0xd4 && first <= 0xd8) {  // extensions of fixed size, with their type
    take(2 + (std::size_t{1} << (first - 0xd4)));
  } else if (first >= 0xc7 && first <= 0xc9) {
    byte();
    const auto size = static_cast<std::size_t>(big_endian(std::size_t{1} << (first - 0xc7)));
    take(1);
    take(size);
  } else {
    integer();
  }
}

}  // namespace mw::swim
