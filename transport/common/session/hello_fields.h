// hello_fields: the one list of a hello's fields, from which writer and reader are made.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hello.h"

#include <array>
#include <string_view>
#include <variant>

namespace mw::wire {

// The first bytes of a hello: "MWlk". Whoever sends something else speaks another protocol.
inline constexpr std::uint32_t hello_magic = 0x4d576c6b;
inline constexpr std::size_t hello_fixed = 8;       // magic u32, low u16, high u16
inline constexpr std::size_t hello_field_head = 3;  // tag u8, size u16
inline constexpr unsigned critical_tag = 0x80;      // whoever does not know the tag must refuse

struct text_field {
  std::string hello::*member;
  std::size_t least;
  std::size_t most;
};
struct count_field {
  std::uint32_t hello::*member;
  std::uint32_t least;
  std::uint32_t most;
};
struct life_field {};
struct checksums_field {};
struct compressions_field {};
struct nonce_field {};

struct hello_field {
  unsigned tag;
  std::string_view name;
  bool required;
  std::variant<text_field, count_field, life_field, checksums_field, compressions_field,
               nonce_field>
      how;
};

inline constexpr std::uint32_t any_count = 0xffffffff;

// Tags are on the wire: never change one. Hellos are written in this order. (g++ 12 would put an
// array whose type is deduced among the writable data.)
inline constexpr std::array<hello_field, 15> hello_fields{
    hello_field{1, "node", true, text_field{&hello::node, 1, name_max}},
    hello_field{2, "cluster", true, text_field{&hello::cluster, 1, name_max}},
    hello_field{3, "zone", false, text_field{&hello::zone, 0, name_max}},
    hello_field{4, "datacenter", false, text_field{&hello::datacenter, 0, name_max}},
    hello_field{5, "listen", false, text_field{&hello::listen, 0, listen_max}},
    hello_field{6, "life", true, life_field{}},
    hello_field{7, "codec", true, text_field{&hello::codec, 1, name_max}},
    hello_field{8, "checksums", true, checksums_field{}},
    hello_field{9, "compressions", false, compressions_field{}},
    hello_field{10, "frame_max", true, count_field{&hello::frame_max, frame_max_least, any_count}},
    hello_field{11, "message_max", true,
                count_field{&hello::message_max, frame_max_least, any_count}},
    hello_field{12, "stream_window", true,
                count_field{&hello::stream_window, window_least, any_count}},
    hello_field{13, "link_window", true, count_field{&hello::link_window, window_least, any_count}},
    hello_field{14, "exchanges", true, count_field{&hello::exchanges, 1, any_count}},
    hello_field{15, "nonce", true, nonce_field{}}};

}  // namespace mw::wire
