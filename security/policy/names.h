// names: the canonical form of subjects and resources, cut into segments that can be looked up.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/policy.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw::access_policy {

inline constexpr std::size_t depth_max = 16;           // segments of a pattern
inline constexpr std::size_t resource_size_max = 256;  // bytes; services have at most 128

// Each kind has one spelling for one thing, so that no second spelling slips past a rule:
//   service  orders.get              a-z 0-9 _ - between dots
//   page     /routing/dead           a-z 0-9 . _ - ~ between slashes, no . or .. alone
//   subject  spiffe://domain/path    as the SPIFFE-ID standard says,
//            admin                   or a plain name: a-z 0-9 . _ - @ :
enum class name_kind : std::uint8_t { service, page, subject };
[[nodiscard]] constexpr name_kind kind_of(access_verb verb) noexcept {
  return verb == access_verb::read || verb == access_verb::act ? name_kind::page
                                                               : name_kind::service;
}

struct segment {
  std::string_view text;
  std::uint64_t hash = 0;
};

// The first depth_max segments of a name; a pattern never looks at more.
struct segments {
  std::array<segment, depth_max> each;
  std::uint8_t count = 0;
  bool deeper = false;  // there are more
};

[[nodiscard]] std::uint64_t hash_of(std::string_view text) noexcept;

// False: not canonical, and so nobody's right. Linear; never allocates. The words `self` and
// `anonymous` are subjects under their marks only: self_subject and the empty text.
[[nodiscard]] bool split(name_kind kind, std::string_view name, segments& into) noexcept;

}  // namespace mw::access_policy
